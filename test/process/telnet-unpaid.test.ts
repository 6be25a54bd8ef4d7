import { connect } from 'node:net'
import t from 'tap'
import { connectGuest, connectPerson } from './person.ts'
import { startServer } from './server.ts'

t.setTimeout(280_000)

const willWindowSize = Buffer.from([255, 251, 31])
const piece = Buffer.alloc(500_000, 'x')
/** What the kernel takes in for a reader that has stopped, and the server for a burst. */
const most = 40 * piece.length

t.test('bytes of telnet that bring no line are paid for before more of them are read', async (t) => {
  const server = await startServer(t)
  const bob = await connectGuest(t, server.port, 'bob')
  const rude = Array.from({ length: 4 }, () => {
    const socket = connect({ port: server.port, host: '127.0.0.1' }).on('error', () => undefined)
    t.teardown(() => socket.destroy())
    const one = { socket, sent: 0 }
    const next = () => {
      one.sent += piece.length
      if (!socket.destroyed) socket.write(piece, next)
    }
    socket.write(willWindowSize, next)
    return one
  })
  for (const end = performance.now() + 2_000; performance.now() < end; ) await bob.settle()
  for (const { sent, socket } of rude) {
    t.ok(sent < most, `${sent} bytes are taken in`)
    socket.resetAndDestroy()
  }
  // Nor have they taken for a long time what others of their address may do.
  const before = performance.now()
  const newcomer = await connectPerson(t, server.port, { lines: ['/nick carl'] })
  await newcomer.expect('You are ~carl')
  t.ok(performance.now() - before < 15_000, 'somebody who comes then is answered')
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
})
