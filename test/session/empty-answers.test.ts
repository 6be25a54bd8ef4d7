import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

async function start(t: Test): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  return server
}

/** Sends each piece when all before it is handled, as two packets of one Enter come. */
async function send(server: TestServer, client: LineClient, ...pieces: string[]): Promise<void> {
  for (const piece of pieces) {
    client.write(piece)
    // Longer than a CR waits for its LF, and a client for the answer to a wish to hide.
    await server.activity.quiet()
    server.clock.advance(500)
    await server.activity.quiet()
  }
}

/** Ends of a line of all kinds, whole and in two packets that lie apart. */
const ends: readonly (readonly string[])[] = [
  ['\r\r\n'],
  ['\r\0\n'],
  ['\n\r'],
  ['\r', '\r\n'],
  ['\r\n', '\r\n'],
  ['\n', '\n'],
  ['\r\0', '\n'],
  ['\n', '\r'],
]

t.test('an end of a line too many answers no question, and no password is said', async (t) => {
  const server = await start(t)
  const watcher = await server.connect()
  await watcher.ask('/signup filer\nsecret123\nsecret123')
  for (const [first, ...rest] of ends) {
    const client = await server.connect()
    await send(server, client, `/nick sam${first}`, ...rest)
    await send(server, client, `/login filer${first}`, ...rest, `secret123${first}`, ...rest)
    t.match(client.raw, 'Welcome back, filer', JSON.stringify([first, ...rest]))
    client.write('/quit\n')
    await client.closing()
  }
  t.notMatch(watcher.raw, 'secret123')
  t.equal(server.count('login failed'), 0, 'nor is that a failed login')
})

t.test('empty answers do nothing, however many', async (t) => {
  const server = await start(t)
  const watcher = await server.connect()
  await watcher.ask('/signup filer\nsecret123\nsecret123')
  const anna = await server.connect()
  await send(
    server,
    anna,
    '/signup\n',
    '\n',
    '\n',
    '\n',
    '\n',
    'anna\n',
    '\n',
    '\n\n\n',
    'password\n',
    '\n\n\n',
  )
  await send(server, anna, 'password\n', '\n\n')
  t.match(anna.raw, 'Welcome, anna')
  t.notMatch(anna.raw, '!')
  for (const command of ['/passwd', '/deleteaccount']) {
    anna.takeTail()
    await send(server, anna, `${command}\n`, '\n', ' \n', '\n', '\n', '/cancel\n')
    t.match(anna.takeLines().at(-1), /! Cancelled/, command)
  }
  t.equal(server.count('login failed'), 0)

  const program = await server.connect()
  await program.ask('/format json')
  await send(server, program, '/login filer\n', '\n\n\n', 'secret123\n')
  t.match(program.takeLines(), [/"prompt"/, /"command":"login","ok":true/], 'nor is a program asked again')
})

t.test('inside a paste they are one end, too', async (t) => {
  const server = await start(t)
  const watcher = await server.connect()
  await watcher.ask('/nick watcher')
  const anna = await server.connect()
  await anna.ask('/nick anna')
  for (const end of ['\n', '\r\n', '\r\r\n', '\r\0\n', '\n\r']) {
    await watcher.settled()
    anna.write(['/paste', 'a', 'b', '.', ''].join(end))
    await anna.settled()
    t.same((await watcher.settled()).slice(-2), ['[18:00] #lobby <~anna> a', '| b'], JSON.stringify(end))
  }
  await anna.ask('/format json')
  await anna.ask(JSON.stringify({ say: 'a\n\rb\r\r\nc\r\0\nd' }))
  t.same((await watcher.settled()).length, 4)
})
