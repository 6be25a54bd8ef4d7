import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

/** The clock stands still: whatever comes through is what was allowed at once. */
const limits = { 'limits.burst': 20, 'limits.addressBurst': 60 }

async function scene(t: Test, config = {}) {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...limits, ...config } })
  t.teardown(() => server.stop())
  const bob = await server.connect('127.0.0.9')
  const connect = async (...lines: string[]) => {
    const client = await server.connect()
    client.write(`${lines.join('\n')}\n`)
    return client
  }
  /** How many of these lines bob has read when nothing goes on any more. */
  const heard = async (part: string) => {
    await server.activity.quiet()
    return bob.takeLines().filter((line) => line.includes(part)).length
  }
  /** Bob hears it all; and the accounts are old. */
  const member = async (name: string, client: LineClient) => {
    client.send(`/signup ${name}\npassword\npassword`)
    await server.activity.quiet()
    server.clock.advance(60_000)
    await server.activity.quiet()
    client.takeLines()
    return client
  }
  await member('bob', bob)
  return { bob, connect, heard, member, server }
}

t.test(
  'an account has one allowance, whatever its connections and however often it comes back',
  async (t) => {
    const { connect, heard, member, server } = await scene(t)
    const anna = await member('anna', await server.connect())
    const [, token = ''] = (await anna.ask('/token build all')).join('\n').match(/ (\S{20,})$/m) ?? []
    t.ok(token, 'she has a token for a bot')
    server.clock.advance(60_000)
    const say = Array(30).fill('spam')
    const connections = [
      anna,
      await connect('/login anna password'),
      await connect(`/login anna ${token}`),
      await connect('/format json', `/login anna ${token}`),
    ]
    for (const client of connections) client.write(`${say.join('\n')}\n`)
    const first = await heard('spam')
    t.ok(first > 0 && first <= 20, `${first} of 120 at once`)
    for (let round = 0; round < 10; round++) {
      const again = await connect('/login anna password', ...say)
      await server.activity.quiet()
      again.reset()
    }
    t.equal(await heard('spam'), 0, 'coming back brings no more')
    server.clock.advance(1000)
    t.ok((await heard('spam')) <= 5, 'the rate is as before')
  },
)

t.test('guests of one address have one together, and nobody of them takes it all', async (t) => {
  const { connect, heard, server } = await scene(t)
  for (let round = 0; round < 20; round++) {
    const guest = await connect(`/nick x${round}`, ...Array(17).fill('spam'))
    await server.activity.quiet()
    guest.reset()
  }
  const first = await heard('spam')
  t.ok(first > 17 && first <= 60, `${first} of 340`)
  const sixteen = []
  for (let index = 0; index < 16; index++)
    sixteen.push(await connect(`/nick y${index}`, ...Array(17).fill('spam')))
  t.equal(await heard('spam'), 0)
  for (let second = 0; second < 20; second++) server.clock.advance(1000)
  const later = await heard('spam')
  t.ok(later <= 20 * 20, `${later} in twenty seconds`)
  const elsewhere = await server.connect('127.0.0.30')
  elsewhere.send('/nick far\nspam')
  t.equal(await heard('<~far> spam'), 1, 'others are not concerned')
})

t.test('a class of thirty behind one router can come in and talk', async (t) => {
  const { bob, connect, server } = await scene(t, { 'limits.addressBurst': 200 })
  const pupils: LineClient[] = []
  for (let index = 0; index < 30; index++) pupils.push(await connect(`/nick pupil${index}`, 'hello!'))
  await server.activity.quiet()
  t.equal(bob.takeLines().filter((line) => line.endsWith('hello!')).length, 30, 'all of them at once')
  for (let minute = 0; minute < 10; minute++) {
    server.clock.advance(2000)
    for (const pupil of pupils) pupil.send('yes')
    await server.activity.quiet()
    t.equal(bob.takeLines().filter((line) => line.endsWith('yes')).length, 30, 'fifteen lines a second')
  }
})

t.test('members of a busy address log in at once', async (t) => {
  const { connect, member, server } = await scene(t, { 'limits.addressBurst': 10 })
  const names = Array.from({ length: 20 }, (_, index) => `member${index}`)
  for (const name of names) (await member(name, await server.connect())).reset()
  server.clock.advance(600_000)
  const people: LineClient[] = []
  for (const name of names) people.push(await connect(`/login ${name} password`))
  await server.activity.quiet()
  t.equal(people.filter(({ raw }) => raw.includes('Welcome back')).length, 20)
})

t.test('what /menu does costs what its commands cost', async (t) => {
  const { heard, member, server } = await scene(t)
  const anna = await member('anna', await server.connect())
  anna.write(`/menu\n${'8\n#lobby\nspam\n'.repeat(100)}`)
  const first = await heard('spam')
  t.ok(first > 0 && first <= 20, `${first} of 100 messages`)
  server.clock.advance(2000)
  const later = await heard('spam')
  t.ok(later <= 10, `${later} in two seconds`)
})

t.test('what begins a command and does not finish it costs as much', async (t) => {
  const { connect, server } = await scene(t)
  const asked = [
    '/signup\n/cancel\n',
    '/login\n/cancel\n',
    '/menu\nnonsense\n/cancel\n',
    '/token\n',
    '/nonsense\n',
  ]
  for (const lines of asked) {
    server.clock.advance(60_000)
    const eve = await connect('/nick eve', lines.repeat(100))
    await server.activity.quiet()
    const answers = eve.raw.split('\n').filter((line) => /^[?!]/.test(line)).length
    t.ok(answers < 100, `${JSON.stringify(lines)}: ${answers} answers`)
    eve.reset()
    await server.activity.quiet()
  }
})

t.test('a new account begins with no more than its address has', async (t) => {
  const { connect, heard, server } = await scene(t)
  for (let round = 0; round < 10; round++) {
    const lines = [`/signup x${round}`, 'password', 'password', ...Array(20).fill('spam'), '/quit']
    await connect(...lines)
    await server.activity.quiet()
  }
  t.equal(await heard('spam'), 0)
  server.clock.advance(1000)
  const later = await heard('spam')
  t.ok(later <= 50, `${later} in a second, by ten accounts`)
})

t.test('a nick that changes is paid for', async (t) => {
  const { connect, heard } = await scene(t)
  await connect('/nick eve', ...Array.from({ length: 100 }, (_, index) => `/nick eve${index}`))
  const heardOf = await heard('eve')
  t.ok(heardOf <= 7, `${heardOf} of 101`)
})

t.test('those whom nobody knows keep no member of their address waiting', async (t) => {
  const { connect, member, server } = await scene(t)
  await member('bert', await server.connect())
  const strangers = []
  for (let index = 0; index < 14; index++)
    strangers.push(await connect(...Array(30).fill('/login zz wrongpass')))
  await server.activity.quiet()
  const bert = await connect('/login bert password', 'I am in')
  await server.activity.quiet()
  t.match(bert.takeLines().join('\n'), 'Welcome back')
  const wrong = await connect('/login bert wrongpass')
  await server.activity.quiet()
  t.match(wrong.takeLines().join('\n'), 'Wrong name or password')
  const typing = await connect('/login bert')
  await server.activity.quiet()
  typing.write('password\n')
  await server.activity.quiet()
  t.match(typing.takeLines().join('\n'), 'Welcome back', 'the answer to the question does not wait either')
  const unknown = await connect('/login nobody password')
  await server.activity.quiet()
  t.notMatch(
    unknown.takeLines().join('\n'),
    'Wrong name or password',
    'names of nobody wait among the others',
  )
  for (let second = 0; second < 60; second++) {
    server.clock.advance(1000)
    await server.activity.quiet()
  }
  t.match(unknown.takeLines().join('\n'), /Wrong name or password|Try again/, 'and have their turn')
})

t.test('a login beside strangers pays for itself, and ends without a rest', async (t) => {
  const { connect, member, server } = await scene(t)
  await member('bert', await server.connect())
  for (let index = 0; index < 14; index++) await connect(...Array(30).fill('/login zz wrongpass'))
  await server.activity.quiet()
  let answers = 0
  const guessing = []
  for (let index = 0; index < 40; index++) guessing.push(await connect('/login bert guess'))
  await server.activity.quiet()
  for (const client of guessing) answers += client.takeLines().filter((line) => /^!/.test(line)).length
  t.ok(answers > 0 && answers <= 12, `${answers} of 40 guesses at once: a burst of 60, of which each takes 5`)
  for (const client of guessing) client.reset()
})

t.test('a long answer costs as much as its lines', async (t) => {
  const { member, server } = await scene(t)
  const anna = await member('anna', await server.connect())
  anna.write(`/create #long\n`)
  await server.activity.quiet()
  server.clock.advance(60_000)
  await server.activity.quiet()
  anna.takeLines()
  // Looking has an allowance of its own, twenty times that of talk: 400 at once, and 100 a second.
  anna.write('/history #long 500\n'.repeat(100))
  await server.activity.quiet()
  const answers = () => anna.takeLines().filter((line) => line.includes('Nothing was said')).length
  t.equal(answers(), 21, 'of a hundred at once')
  server.clock.advance(1000)
  await server.activity.quiet()
  t.equal(answers(), 5, 'and five a second')
  for (let second = 0; second < 4; second++) {
    server.clock.advance(1000)
    await server.activity.quiet()
  }
  t.equal(answers(), 21, 'in four seconds')
  server.clock.advance(60_000)
  await server.activity.quiet()
  anna.reset()
})
