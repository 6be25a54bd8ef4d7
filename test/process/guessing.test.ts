import t from 'tap'
import { runCommand } from '../operator/cli.ts'
import { connectMember, connectPerson } from './person.ts'
import { quickPasswords, startServer } from './server.ts'

const password = 'good-enough'

t.test('guessing passwords, with a new connection for each guess', async (t) => {
  const server = await startServer(t, { settings: quickPasswords })
  await connectMember(t, server.port, 'anna', password)
  /** The answer to a login on a connection of its own. */
  const logIn = async (name: string, secret: string) => {
    const person = await connectPerson(t, server.port, { lines: [`/login ${name} ${secret}`, '/quit'] })
    await person.closed
    return person.output.text
  }
  const answers: string[] = []
  for (let guess = 1; guess <= 8; guess++) answers.push(await logIn('anna', `guess ${guess}`))
  t.same(
    answers.slice(0, 5).map((text) => text.split('\n')[0]),
    Array(5).fill('! That name and secret do not go together.'),
  )
  for (const text of answers.slice(5))
    t.match(text, /^! Too many wrong passwords\. Try again in \d+ seconds?;/)
  t.match(
    await logIn('anna', password),
    /^! Too many wrong passwords/,
    'the right one is not told from a wrong one',
  )
  const unknown: string[] = []
  for (let guess = 1; guess <= 6; guess++) unknown.push(await logIn('nobody', `guess ${guess}`))
  t.same(
    unknown.map((text) => text.replace(/\d+ seconds?/, 'N')),
    answers.slice(0, 6).map((text) => text.replace(/\d+ seconds?/, 'N')),
    'a name that nobody has is answered alike',
  )
  t.match(server.stdout.text, /"address":"127\.0\.0\.1","command":"login","msg":"login failed"/)
  t.match(server.stdout.text, '"msg":"login has to wait"')
  t.notMatch(server.stdout.text, /guess \d|good-enough/, 'no password is in the log')

  await runCommand(t, server.data, ['createsuperuser', 'root'], password)
  const root = await connectPerson(t, server.port, {
    lines: [`/login root ${password}`, '/logins'],
  })
  await root.expect(/- anna {4}5 failures {2}waits until [^\n]*\n/)
  root.type('/logins clear anna', '/logins clear anna')
  await root.expect('* anna can try again.')
  await root.expect('! There is nobody called anna.')
  t.match(await logIn('anna', password), '* Welcome back, anna')
})

t.test('known and unknown names take the same time', async (t) => {
  // The usual cost, so that a hash that is left out would show: it takes 50 ms and more.
  const server = await startServer(t, { settings: { ACCOUNTS_BCRYPT_COST: '10' } })
  const people = ['anna', 'bob', 'carol']
  for (const name of people) await connectMember(t, server.port, name, password)
  const timed = async (name: string) => {
    const person = await connectPerson(t, server.port)
    await person.expect('/quit')
    const begin = performance.now()
    person.type(`/login ${name} wrong`)
    await person.expect('do not go together')
    return performance.now() - begin
  }
  const known: number[] = []
  const unknown: number[] = []
  // Fewer than make anybody wait, and by turns, so that the machine's moods meet both.
  for (let round = 0; round < 4; round++) {
    for (const name of people) {
      known.push(await timed(name))
      unknown.push(await timed(`no${name}`))
    }
  }
  const spread = (times: number[]) => {
    const sorted = times.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0))
    return `least ${sorted[0]}, median ${sorted[6]}, most ${sorted[11]} ms`
  }
  t.comment(`known: ${spread(known)}; unknown: ${spread(unknown)}`)
  // The least of each: whatever else the machine does only adds to it. Without its hash one would be done at once.
  const [first, second] = [Math.min(...known), Math.min(...unknown)]
  t.ok(Math.max(first, second) / Math.min(first, second) < 3, 'no hash is left out for either')
})
