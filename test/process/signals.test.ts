import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { lockOf } from '../../server/data/places.ts'
import { lockFile } from '../../server/lib/file-lock.ts'
import { controlPath } from '../../server/operator/control/control.ts'
import { connectGuest, connectPerson, Person } from './person.ts'
import { startPartyline, temporaryFolder } from './program.ts'
import { quickSettings, type Server, startServer } from './server.ts'

t.setTimeout(280_000)

const closing = /^\* This connection is closed: the server is shutting down\.\n$/m

/** Ends the server and checks that it ends well, within 5 seconds. Answers how long it took, in ms. */
async function stop(t: Test, { child, exit, stderr, stdout }: Server, signal: NodeJS.Signals): Promise<void> {
  const begin = performance.now()
  child.kill(signal)
  t.strictSame(await exit, { code: 0, signal: null }, signal)
  const ms = Math.round(performance.now() - begin)
  t.comment(`stopped after ${ms} ms`)
  t.ok(ms < 5000, 'within 5 seconds')
  t.equal(stderr.text, '')
  t.match(stdout.text, /"msg":"stopped"\}\n$/)
  const bad = stdout.text.split('\n').filter((line) => /"level":[56]0/.test(line))
  t.strictSame(bad, [], 'nothing went wrong on the way')
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal}: everybody is told, and it ends`, async (t) => {
    const server = await startServer(t)
    const people = [
      await connectPerson(t, server.port),
      await connectGuest(t, server.port, 'anna'),
      await connectPerson(t, server.port, { lines: ['/signup ben'] }),
    ]
    await people[2]?.expect('Password: ')
    await stop(t, server, signal)
    for (const person of people) {
      await person.closed
      t.match(person.output.text, closing)
    }
  })
}

t.test('while somebody does not read', async (t) => {
  const server = await startServer(t, {
    settings: { LIMITS_BURST: '0', LIMITS_SEND_QUEUE_BYTES: String(1 << 30) },
  })
  const anna = await connectGuest(t, server.port, 'anna')
  const stuck = await connectGuest(t, server.port, 'stuck')
  stuck.socket.pause()
  // More than the kernel takes for it, so that the server has to keep the rest.
  stuck.type(...Array<string>(10_000).fill('/help'), '/msg ~anna they are all answered')
  await anna.expect('they are all answered')
  await stop(t, server, 'SIGTERM')
  await anna.closed
  t.match(anna.output.text, closing, 'the others are told')
})

t.test('while somebody who was turned away goes on sending', async (t) => {
  const server = await startServer(t, { settings: { LIMITS_CONNECTIONS: '1' } })
  const anna = await connectGuest(t, server.port, 'anna')
  const stubborn = new Person(connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }))
  t.teardown(() => stubborn.socket.destroy())
  await stubborn.expect(/^! The server is full.*\n/)
  const sending = setInterval(() => stubborn.type('let me in'), 10)
  t.teardown(() => clearInterval(sending))
  await stop(t, server, 'SIGTERM')
  await anna.closed
  t.match(anna.output.text, closing)
})

t.test('while passwords are hashed', async (t) => {
  // A quarter of a second and more each, for one or a few threads.
  const server = await startServer(t, { settings: { ACCOUNTS_BCRYPT_COST: '12' } })
  const first = await connectPerson(t, server.port, { lines: ['/login nobody some password'] })
  await first.expect('Wrong name or password')
  const people = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      connectPerson(t, server.port, { lines: ['/ping', `/login nobody${index} some password`] }),
    ),
  )
  for (const person of people) await person.expect('* pong\n')
  const anna = await connectGuest(t, server.port, 'anna')
  await stop(t, server, 'SIGTERM')
  for (const person of [...people, anna]) {
    await person.closed
    t.match(person.output.text, closing)
  }
})

t.test('twice is once', async (t) => {
  const server = await startServer(t, { settings: quickSettings })
  const anna = await connectGuest(t, server.port, 'anna')
  server.child.kill('SIGTERM')
  server.child.kill('SIGINT')
  await stop(t, server, 'SIGTERM')
  await anna.closed
  t.match(anna.output.text, closing)
  t.equal(anna.output.text.split('is closed').length, 2, 'told once')
})

t.test('while it starts', async (t) => {
  const data = temporaryFolder(t)
  // Somebody has the data directory: the server has begun, and waits until it is given free.
  const lock = await lockFile(lockOf(data))
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(controlPath(data), resolve))
  const command = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const server = startPartyline(t, command)
  const [waiting] = (await once(holder, 'connection')) as [Socket]
  server.child.kill('SIGTERM')
  holder.close()
  await lock?.release()
  waiting.end()
  t.strictSame(await server.exit, { code: 0, signal: null })
  t.match(server.stdout.text, /"msg":"stopped"\}\n$/)
  t.equal(server.stderr.text, '')
})
