import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/*
 * The machine's time is set, by hand or by NTP. What is measured (waits, allowances, deadlines) must not notice; what
 * was told as a time of day (the end of a mute, of a file) holds until the clock says so.
 */

const dayMs = 86_400_000
const minuteMs = 60_000

async function start(t: Test, config: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  return server
}

async function member(server: TestServer, name: string): Promise<LineClient> {
  const client = await server.connect()
  await client.ask(`/signup ${name}\npassword\npassword`)
  return client
}

interface Said {
  id: number
  at: string
  text: string
}

async function historyOf(client: LineClient): Promise<Said[]> {
  const lines = await client.ask('/format json\n/history #lobby 10')
  const result = lines.find((line) => line.includes('"command":"history"')) ?? '{}'
  await client.ask('/format text')
  return (JSON.parse(result) as { data: { messages: Said[] } }).data.messages
}

t.test('the order of what is said is that of its numbers, whatever its time', async (t) => {
  const server = await start(t)
  const [anna, bob] = [await member(server, 'anna'), await member(server, 'bob')]
  bob.send('/quit')
  await bob.closing()
  await anna.settled()
  await anna.ask('before')
  server.clock.shift(-dayMs)
  await anna.ask('after')
  server.clock.shift(-dayMs)
  await anna.ask('and again')
  const messages = await historyOf(anna)
  t.same(
    messages.map(({ text }) => text),
    ['before', 'after', 'and again'],
  )
  t.same(
    messages.map(({ at }) => at.slice(0, 10)),
    ['2026-11-20', '2026-11-20', '2026-11-20'],
    'and no time is before the one of an earlier number',
  )
  const ids = messages.map(({ id }) => id)
  t.same(
    ids,
    ids.toSorted((a, b) => a - b),
  )
  t.equal(new Set(ids).size, 3)
  const again = await server.connect()
  const welcome = await again.ask('/login bob password')
  t.match(welcome.join('\n'), 'You missed 3 lines', 'nothing is taken for seen because it looks older')
  const texts = welcome.filter((line) => line.includes('<anna>')).map((line) => line.replace(/^.*> /, ''))
  t.same(texts, ['before', 'after', 'and again'])

  await server.stop()
  await server.start()
  const later = await server.connect()
  await later.ask('/login anna password')
  await later.ask('after a restart')
  t.ok(((await historyOf(later)).at(-1)?.id ?? 0) > (ids.at(-1) ?? 0), 'numbers grow on')
})

t.test('who has sent too much waits no longer', async (t) => {
  const server = await start(t, { 'limits.burst': 3, 'limits.messagesPerSecond': 1 })
  const [anna, bob] = [await server.connect(), await server.connect()]
  await anna.ask('/nick anna')
  await bob.ask('/nick bob')
  // What the nick cost comes back first.
  server.clock.advance(minuteMs)
  const reads = async (text: string) =>
    t.ok(
      await server.activity.until(() => bob.lines.some((line) => line.endsWith(text))),
      `bob reads ${text}`,
    )
  anna.write('one\ntwo\nthree\nfour\n')
  await reads('three')
  // What is done each minute has set its timers by now, and the next line its own.
  await server.activity.quiet()
  server.clock.shift(-dayMs)
  server.clock.advance(1000)
  await reads('four')
  t.equal((await bob.settled()).filter((line) => line.includes('<~anna>')).length, 4)
  anna.send('five')
  await server.activity.quiet()
  server.clock.advance(1000)
  await reads('five')
  t.equal((await bob.settled()).filter((line) => line.includes('<~anna>')).length, 1)
})

t.test('who guessed passwords waits as long as was said', async (t) => {
  const server = await start(t)
  await member(server, 'anna')
  const guesser = await server.connect()
  for (let guess = 0; guess < 5; guess++) await guesser.ask('/login anna wrong')
  const tryLater = /^! .*1 second/
  t.match(await guesser.ask('/login anna password'), [tryLater])
  server.clock.shift(-dayMs)
  t.match(await guesser.ask('/login anna password'), [tryLater], 'a second, and not a day')
  server.clock.shift(2 * dayMs)
  t.match(await guesser.ask('/login anna password'), [tryLater], 'and it is not over either')
  server.clock.advance(1000)
  t.match(await guesser.ask('/login anna password'), [/Welcome back, anna/])
})

t.test('a mute lasts as long as was said, whatever the clock does', async (t) => {
  const server = await start(t)
  const [anna, bob] = [await member(server, 'anna'), await member(server, 'bob')]
  await anna.ask('/join #tea')
  await bob.ask('/join #tea')
  await anna.ask('/mute #tea bob 10m')
  await bob.settled()
  server.clock.shift(-30 * minuteMs)
  t.match(await bob.ask('hello'), [/^! .*#tea/], 'set back')
  server.clock.shift(45 * dayMs)
  t.match(await bob.ask('hello'), [/^! .*#tea/], 'set ahead')
  t.match(
    await anna.ask('/mute #tea'),
    [/bob +until 2027-01-04 17:40/, /./],
    'the time of day is that of now',
  )
  server.clock.advance(9 * minuteMs)
  t.match(await bob.ask('hello'), [/^! .*#tea/])
  server.clock.advance(minuteMs)
  t.same(await bob.settled(), ['* You may speak in #tea again'], 'ten minutes after it was made')
  t.same(await bob.ask('hello'), [])
  await anna.ask('/mute #tea bob 10m')
  await bob.settled()
  server.clock.shift(-dayMs)
  await anna.ask('/unmute #tea bob')
  await bob.settled()
  t.same(await bob.ask('hello'), [], 'and it can be taken back')
})

t.test('what was set while the clock was wrong does not outlive its time at the next start', async (t) => {
  const server = await start(t)
  server.clock.shift(400 * dayMs)
  await server.stop()
  await server.start()
  await server.makeOperator('root', 'password')
  const [root, anna] = [await server.connect(), await member(server, 'anna')]
  await root.ask('/login root password')
  const bob = await member(server, 'bob')
  await anna.ask('/join #tea')
  await bob.ask('/join #tea')
  await anna.ask('/mute #tea bob 10m')
  await root.ask('/banaddress 192.0.2.0/24 10m')
  await bob.settled()
  // Somebody sets it right, or NTP does; a minute later it is noticed.
  server.clock.shift(-400 * dayMs)
  server.clock.advance(minuteMs)
  await root.ask('/ping')
  t.match(await bob.ask('hello'), [/^! .*#tea/])
  t.match(await anna.ask('/mute #tea'), [/bob +until 2026-11-20 18:10/, /./])
  await server.stop()
  await server.start()
  server.clock.advance(10 * minuteMs)
  const again = await server.connect()
  await again.ask('/login bob password')
  t.same(await again.ask('/msg #tea hello'), [], 'over')
  const operator = await server.connect()
  await operator.ask('/login root password')
  t.match(await operator.ask('/banaddress'), ['* 0 addresses are banned.'], 'and so is the ban')
})

t.test('operators are told that the clock has jumped, and that it is believed again', async (t) => {
  const server = await start(t)
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  const { waiting } = server.clock
  server.clock.shift(45 * dayMs)
  server.clock.advance(minuteMs)
  // It looks again when all of this is done.
  await server.activity.until(() => server.clock.waiting >= waiting)
  t.match(await root.settled(), [
    /^\* The server's clock seems to be 45 days 0 hours fast, so nothing is removed/,
  ])
  server.clock.shift(-45 * dayMs)
  server.clock.advance(minuteMs)
  t.match(await root.settled(), [/^\* The clock is right again/])
})

t.test('who does not log in is sent away after the time for that', async (t) => {
  const server = await start(t, { 'limits.loginSeconds': 120 })
  const visitor = await server.connect()
  await visitor.settled()
  server.clock.shift(-dayMs)
  server.clock.advance(119_999)
  t.same(await visitor.settled(), [], 'and each line begins it anew')
  server.clock.advance(120_000)
  t.match(await visitor.closing(), [/you did not log in, and typed nothing for 120 seconds/])
})
