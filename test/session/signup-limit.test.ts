import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test('accounts are not made without end from one address', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'limits.signupsPerHour': 6, 'accounts.signup': 'open' },
  })
  t.teardown(() => server.stop())
  let count = 0
  const signUp = async (from = '127.0.0.5', ...before: string[]) => {
    const client = await server.connect(from)
    client.send([...before, `/signup new${++count}`, 'password', 'password', '/quit'].join('\n'))
    return (await client.closing()).join('\n')
  }
  for (let number = 1; number <= 6; number++) t.match(await signUp(), /Your number is/)
  const refused =
    /Many accounts were made from your address lately. Try again in 10 minutes, or talk as a guest: \/nick/
  const answer = await signUp()
  t.match(answer, refused)
  t.notMatch(answer, /Password/, 'nobody is asked in vain')
  t.match(await signUp('127.0.0.5', '/nick x'), refused, 'a guest neither')
  t.match(await signUp('127.0.0.5', '/format json'), /"code":"try-later"/)
  t.match(await signUp('127.0.0.6'), /Your number is/, 'others are not concerned')
  t.match(server.logged.filter(({ message }) => message === 'sign-up has to wait')[0]?.fields, {
    address: '127.0.0.5',
  })
  t.equal(server.count('login has to wait'), 0, 'nobody is banned for it')
  await server.makeOperator('root', 'good-enough')
  const root = await server.connect('127.0.0.5')
  await root.ask('/login root good-enough')
  t.match(
    (await root.ask('/adduser zoe\npassword\npassword')).join('\n'),
    /zoe/,
    'operators make as many as they like',
  )
  server.clock.advance(600_000)
  t.match(await signUp(), /Your number is/, 'then one each ten minutes')
  t.match(await signUp(), refused)
})

t.test('an invitation code does not help, and is not used up', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'limits.signupsPerHour': 1, 'accounts.signup': 'invite' },
  })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'good-enough')
  const root = await server.connect()
  await root.ask('/login root good-enough')
  const code = async () => / (\S{24,})/.exec((await root.ask('/invitecode')).join('\n'))?.[1] ?? ''
  const signUp = async (name: string, invite: string) => {
    const client = await server.connect('127.0.0.5')
    client.send([`/signup ${name}`, invite, 'password', 'password', '/quit'].join('\n'))
    return (await client.closing()).join('\n')
  }
  const [first, second] = [await code(), await code()]
  t.match(await signUp('anna', first), /Your number is/)
  t.match(await signUp('bob', second), /Many accounts were made/)
  server.clock.advance(3_600_000)
  t.match(await signUp('bob', second), /Your number is/)
})
