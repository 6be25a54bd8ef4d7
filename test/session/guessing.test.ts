import t from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

t.test('guessing passwords, with a new connection for each guess', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'good-enough')
  const ask = async (...lines: string[]) => {
    const client: LineClient = await server.connect()
    client.send(`${lines.join('\n')}\n/quit`)
    return client.closing()
  }
  await ask('/signup anna', 'good-enough', 'good-enough')
  const answers: (string | undefined)[] = []
  const guesses = async (name: string, count: number) => {
    for (let guess = 1; guess <= count; guess++) answers.push((await ask(`/login ${name} guess-${guess}`))[0])
    return answers.splice(0)
  }
  const wait = (seconds: string) =>
    `! Too many wrong passwords. Try again in ${seconds}; until then no password is checked.`
  const wrong = '! Wrong name or password. Forgotten it? /recover NAME CODE'
  const wrongCode = '! Wrong name or recovery code. An operator can set a new password.'

  const known = await guesses('anna', 8)
  t.same(known, [...Array(5).fill(wrong), ...Array(3).fill(wait('1 second'))])
  t.same(await guesses('nobody', 8), known, 'a name that nobody has is answered alike')
  t.equal(
    (await ask('/login anna good-enough'))[0],
    wait('1 second'),
    'the right one is not told from a wrong one',
  )
  t.equal((await ask('/recover #2 XXXX'))[0], wrongCode, 'a recovery code is not guessed, and does not wait')
  t.equal((await ask('/recover nobody XXXX'))[0], wrongCode, 'nor is it told for whom there is one')
  for (const seconds of ['2 seconds', '4 seconds', '8 seconds']) {
    server.clock.advance(1000 * 2 ** 10)
    t.same(await guesses('anna', 2), [wrong, wait(seconds)], 'each further failure doubles the wait')
  }

  const lines = await ask('/login root good-enough', '/logins', '/logins clear anna', '/logins clear anna')
  t.match(lines.join('\n'), /- anna {4}8 failures {2}waits until [^\n]*\n- nobody {2}5 failures/)
  t.match(lines.join('\n'), '* anna can try again.\n! There is nobody called anna.')
  t.match((await ask('/login anna good-enough'))[0], '* Welcome back, anna')

  t.match(server.logged.filter(({ message }) => message === 'login failed')[0]?.fields, {
    address: '127.0.0.1',
    command: 'login',
  })
  t.ok(server.count('login has to wait') > 0)
  t.notMatch(JSON.stringify(server.logged), /guess-|good-enough/, 'no password is in the log')
})

t.test('what strangers guess keeps no member out', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const anna = await server.connect('127.0.0.2')
  const signedUp = (await anna.ask('/signup anna\ngood-enough\ngood-enough')).join('\n')
  const code = /recovery code is (\S+)/.exec(signedUp)?.[1] ?? ''
  const token = / (\S{20,})$/m.exec((await anna.ask('/token bot')).join('\n'))?.[1] ?? ''
  const ask = async (from: string, ...lines: string[]) => {
    const client = await server.connect(from)
    client.send(`${lines.join('\n')}\n/quit`)
    return (await client.closing()).join('\n')
  }
  const wait = /Too many wrong passwords/
  const strangers = ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14', '127.0.0.15', '127.0.0.16']
  for (const from of strangers)
    for (let guess = 1; guess <= 5; guess++)
      await ask(from, `/login ${guess % 2 ? 'anna' : '#1'} guess-${guess}`)
  for (const from of ['127.0.0.11', '127.0.0.12'])
    await ask(from, '/format json', JSON.stringify({ do: 'login', text: 'anna guess' }))
  t.match(await ask('127.0.0.20', '/login anna good-enough'), wait, 'somewhere new one waits with them')
  t.match(
    await ask('127.0.0.2', '/login anna good-enough'),
    /Welcome back/,
    'where she was before she does not',
  )
  t.match(await ask('127.0.0.11', `/login anna ${token}`), /Welcome back/, 'and by a token nowhere')
  t.match(await ask('127.0.0.11', `/login 1 ${token}`), /Welcome back/)
  const changed = await anna.ask('/passwd\ngood-enough\nbetter-still\nbetter-still')
  t.match(changed.join('\n'), /password is changed/i, 'a connection that is logged in does not wait')
  for (let round = 1; round <= 3; round++)
    await anna.ask(`/passwd\nguess-1${round}\nguess-2${round}\n/cancel`)
  t.match(
    (await anna.ask('/passwd\nbetter-still\n/cancel')).join('\n'),
    wait,
    'but does not guess without end',
  )
  const recovered = await ask(
    '127.0.0.11',
    `/recover anna ${code}`,
    'third-one',
    'third-one',
    '/login anna third-one',
  )
  t.match(recovered, /Welcome back/, 'the recovery code lets her in anywhere')
})
