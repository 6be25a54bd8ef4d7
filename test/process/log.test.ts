import t from 'tap'
import { connectPerson } from './person.ts'
import { startPartyline, temporaryFolder } from './program.ts'
import { quickSettings, startServer } from './server.ts'

interface Entry {
  readonly level: number
  readonly time: number
  readonly msg: string
  readonly address?: string
  readonly account?: number
  readonly user?: string
}

function entriesOf(log: string): Entry[] {
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry)
}

t.test('the log tells who came and went, and never a secret or what was said', async (t) => {
  const { child, exit, port, stderr, stdout } = await startServer(t, {
    settings: { ...quickSettings, LOG_LEVEL: 'trace' },
  })
  const secrets: string[] = []
  /** A word that must not be in the log. */
  const secret = (word: string): string => {
    const text = `secret-${word}`
    secrets.push(text)
    return text
  }
  const anna = await connectPerson(t, port)
  anna.type('/signup anna', secret('password'), secret('password'))
  const [, code = ''] = await anna.expect(/recovery code is ([\w-]+)/)
  anna.type('/token ci')
  const [, token = ''] = await anna.expect(/Token ci: (\w+)/)
  secrets.push(code, token)

  anna.type(secret('said'), `/me ${secret('action')}`, `/topic ${secret('topic')}`, `/away ${secret('note')}`)
  anna.type('/create #tea', `/msg anna ${secret('message')}`, `/search ${secret('words')}`)
  anna.type(`/unknown ${secret('arguments')}`, `/whois ${secret('name')}`)
  anna.type('/passwd', 'secret-password', secret('new'), secret('new'))
  anna.type('x'.repeat(5000) + secret('long'))
  anna.socket.write(Buffer.from(`${secret('latin')} \xe9\n`, 'latin1'))
  anna.type('/format json', `{"line":"${secret('json')}","tag":"${secret('tag')}"}`, `{${secret('broken')}`)
  anna.type(
    '/format text',
    '/logout',
    `/login anna ${secret('wrong')}`,
    `/login ${secret('nobody')} 12345678`,
  )
  anna.type(`/recover anna ${secret('code')}`, `/recover anna ${code}`, secret('third'), secret('third'))
  anna.type(`/login anna ${token}`, `/quit ${secret('goodbye')}`)
  await anna.expect('Goodbye')
  await anna.closed
  const browser = await connectPerson(t, port)
  browser.type(`GET /${secret('path')} HTTP/1.1`, `Authorization: ${secret('header')}`, '')
  await browser.closed
  const last = await connectPerson(t, port, { lines: [`/login anna ${secret('third')}`] })
  await last.expect('Welcome back')
  child.kill('SIGTERM')
  await exit

  const log = stdout.text
  t.strictSame(
    [...new Set(secrets)].filter((word) => log.includes(word)),
    [],
  )
  t.notMatch(log, /secret|\$2[aby]\$/, 'nor a part of one, nor a hash')
  t.equal(stderr.text, '')

  const entries = entriesOf(log)
  for (const { level, time, msg } of entries)
    if (typeof level !== 'number' || typeof time !== 'number' || msg === '') t.fail('an entry without basics')
  const have = (msg: string) =>
    entries
      .filter((entry) => entry.msg === msg)
      .map(({ address, account, user }) => (account ? { address, account, user } : { address }))
  const address = '127.0.0.1'
  const login = { address, account: 1, user: 'anna' }
  t.strictSame(have('connected'), [{ address }, { address }, { address }])
  t.strictSame(have('disconnected'), [{ address }, { address }, { address }])
  t.strictSame(have('signup'), [login])
  // The recovery has ended the token.
  t.strictSame(have('login'), [login])
  t.strictSame(have('login failed'), Array(4).fill({ address }), 'two logins, a recovery and the token')
  t.strictSame(
    entries.filter(({ level }) => level > 40),
    [],
    'and nothing went wrong',
  )
})

t.test('log.pretty is for people', async (t) => {
  const env = { PARTYLINE_LOG_PRETTY: 'true', PARTYLINE_ACCOUNTS_BCRYPT_COST: '4' }
  const args = ['--host', '127.0.0.1', '--port', '0', '--data', temporaryFolder(t)]
  const { child, exit, stdout } = startPartyline(t, args, { env })
  const [, port] = await stdout.expect(/port: (\d+)/)
  const person = await connectPerson(t, Number(port), { lines: ['/login nobody 12345678'] })
  await person.expect('Wrong name or password')
  child.kill('SIGTERM')
  t.strictSame(await exit, { code: 0, signal: null })
  t.match(stdout.text, /^\[[\d:. +]+\] INFO: listening\n/m)
  t.match(stdout.text, /^\[[\d:. +]+\] WARN: login failed\n +address: "127\.0\.0\.1"\n/m)
  t.notMatch(stdout.text, /\u001b/, 'no colours where there is no terminal')
  t.notMatch(stdout.text, /^\{/m)
})
