import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test(
  'the log tells who logs in and who fails, from where, and never a secret or what is said',
  async (t) => {
    const server = await TestServer.start({ directory: directoryFor(t) })
    t.teardown(() => server.stop())
    const anna = await server.connect()
    const welcome = (await anna.ask('/signup anna anna@example.org\nopen sesame\nopen sesame')).join('\n')
    const code = /code is (\S+)/.exec(welcome)?.[1] ?? ''
    t.match(code, /^[A-Z0-9-]{24}$/)
    await anna.ask('/passwd\nopen sesame\nnew sesame\nnew sesame')
    const made = (await anna.ask('/token build')).join('\n')
    const token = /build: (\S+)/.exec(made)?.[1] ?? ''
    t.match(token, /^[A-Z0-9]{32}$/)
    await anna.ask('what anna says')
    await anna.ask('/logout')
    await anna.ask('/login anna wrong sesame')
    await anna.ask(`/login anna ${token}`)
    await anna.ask('/logout')
    await anna.ask('/recover anna WRONG-CODE')
    await anna.ask(`/recover anna ${code}\nlast sesame\nlast sesame`)
    server.disk.full = true
    await anna.ask('/login anna last sesame')
    await anna.ask('said in vain')

    const log = JSON.stringify(server.logged)
    for (const secret of ['sesame', code, token, 'WRONG-CODE', 'anna says', 'in vain', 'example.org'])
      t.notMatch(log, secret, secret)
    const failed = server.logged.filter(({ message }) => message === 'login failed')
    t.same(
      failed.map(({ level, fields }) => ({ level, ...fields })),
      [
        { level: 'warn', address: '127.0.0.1', command: 'login' },
        { level: 'warn', address: '127.0.0.1', command: 'recover' },
      ],
    )
    t.match(
      server.logged.filter(({ message }) => message === 'signup' || message === 'login'),
      [
        { message: 'signup', fields: { address: '127.0.0.1', account: 1, user: 'anna' } },
        { message: 'login', fields: { account: 1 } },
        { message: 'login', fields: { account: 1 } },
      ],
    )
    t.equal(server.count('command failed'), 1)
  },
)
