import t from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

async function threeLinesTo(server: TestServer) {
  const anna = await server.connect()
  await anna.ask('/nick anna')
  const bob = await server.connect()
  await bob.ask('/signup bob\npassword\npassword')
  for (const line of ['one', 'two', 'three']) await anna.ask(line)
  await server.activity.quiet()
  return bob
}

async function missed(server: TestServer): Promise<string[]> {
  const bob = await server.connect()
  const welcome = await bob.ask('/login bob password')
  return welcome.filter((line) => line.startsWith('[')).map((line) => line.replace(/^.*> /, ''))
}

t.test('lines that came after the last sign of life are shown again', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await threeLinesTo(server)
  t.ok(bob.raw.includes('three'), 'they were sent')
  bob.reset()
  await server.activity.until(() => server.count('disconnected') === 1)
  t.same(await missed(server), ['one', 'two', 'three'])
})

t.test('a line typed is a sign of life', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await threeLinesTo(server)
  await bob.ask('/who')
  bob.reset()
  await server.activity.until(() => server.count('disconnected') === 1)
  t.same(await missed(server), [])
})

t.test('who hangs up has read everything', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await threeLinesTo(server)
  bob.end()
  await server.activity.until(() => server.count('disconnected') === 1)
  t.same(await missed(server), [])
})

t.test('what was missed is shown again if the line is lost right after the login', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await threeLinesTo(server)
  bob.reset()
  await server.activity.until(() => server.count('disconnected') === 1)
  const again = await server.connect()
  again.send('/login bob password')
  await server.activity.until(() => again.raw.includes('three'))
  again.reset()
  await server.activity.until(() => server.count('disconnected') === 2)
  t.same(await missed(server), ['one', 'two', 'three'])
})

t.test('who hangs up while lines are held is shown them first', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const anna = await server.connect()
  await anna.ask('/nick anna')
  const bob = await server.connect()
  await bob.ask('/nick bob')
  await bob.ask('/hold on')
  await bob.ask('/ping')
  await anna.ask('kept')
  await server.activity.quiet()
  t.notMatch(bob.raw, /<~anna>/, 'until Enter')
  bob.end()
  t.match((await bob.closing()).at(-1), /<~anna> kept$/)
})

t.test('what is held does not grow without a limit', async (t) => {
  const server = await TestServer.start({
    directory: directoryFor(t),
    config: { 'limits.sendQueueBytes': 4096 },
  })
  t.teardown(() => server.stop())
  const [anna, bob] = [await server.connect(), await server.connect()]
  await anna.ask('/nick anna')
  await bob.ask('/nick bob')
  await bob.ask('/hold on')
  const before = bob.raw.length
  for (let count = 0; count < 10; count++) await anna.ask('x'.repeat(400))
  await server.activity.quiet()
  t.ok(bob.raw.length > before + 2000, 'rather shown in the middle of a line')
  t.equal(bob.ended, false)
})

t.test('who logs in elsewhere is shown what a silent connection has got', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  const bob = await threeLinesTo(server)
  const anna = await server.connect()
  await anna.ask('/nick ann')
  await anna.ask('/msg bob for you alone')
  await server.activity.until(() => bob.raw.includes('alone'))
  const elsewhere = await server.connect()
  const welcome = await elsewhere.ask('/login bob password')
  for (const text of ['one', 'two', 'three', 'for you alone'])
    t.ok(
      welcome.some((line) => line.endsWith(text)),
      text,
    )
  await elsewhere.ask('/who')
  t.same(await missed(server), [], 'and not once more when somebody has shown life there')
})

for (const [what, lines] of [
  ['/hold', ['/hold on', '/ping']],
  ['a menu', ['/menu']],
  ['a question', ['/passwd']],
] as const)
  t.test(`what ${what} held was read by nobody, whoever hangs up`, async (t) => {
    const server = await TestServer.start({ directory: directoryFor(t) })
    t.teardown(() => server.stop())
    const anna = await server.connect()
    await anna.ask('/nick anna')
    const bob = await server.connect()
    await bob.ask('/signup bob\npassword\npassword')
    for (const line of lines) bob.send(line)
    await server.activity.quiet()
    for (const line of ['one', 'two', 'three']) await anna.ask(line)
    await server.activity.quiet()
    t.notMatch(bob.raw, /<~anna>/)
    bob.end()
    await server.activity.until(() => server.count('disconnected') === 1)
    t.same(await missed(server), ['one', 'two', 'three'])
  })
