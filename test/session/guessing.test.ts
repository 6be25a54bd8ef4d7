import t from 'tap'
import type { LineClient } from '../support/client.ts'
import { TestServer } from '../support/server.ts'

t.test('guessing passwords, with a new connection for each guess', async (t) => {
  const server = await TestServer.start({ directory: t.testdir() })
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
    `! Too many wrong passwords. Try again in ${seconds}; nothing is looked at before.`
  const wrong = '! That name and secret do not go together.'

  const known = await guesses('anna', 8)
  t.same(known, [...Array(5).fill(wrong), ...Array(3).fill(wait('1 second'))])
  t.same(await guesses('nobody', 8), known, 'a name that nobody has is answered alike')
  t.equal(
    (await ask('/login anna good-enough'))[0],
    wait('1 second'),
    'the right one is not told from a wrong one',
  )
  t.equal((await ask('/recover #2 XXXX'))[0], wait('1 second'), 'nor is the recovery code another way in')
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
