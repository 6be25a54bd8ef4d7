import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

t.setTimeout(280_000)

async function start(t: Test, config: Overrides = {}): Promise<{ server: TestServer; anna: LineClient }> {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  const anna = await server.connect()
  await anna.ask('/signup anna\npassword\npassword')
  return { server, anna }
}

async function ticket(anna: LineClient): Promise<string> {
  const lines = await anna.ask('/filesend x.bin')
  return /To send [^\n]*\n[^\n]*echo \/put (\w+)/.exec(lines.join('\n'))?.[1] ?? ''
}

t.test('who sends a byte each 50 seconds is broken off, whichever way', async (t) => {
  const { server, anna } = await start(t)
  for (const begin of [
    (token: string) => `/put ${token} 1000000\n`,
    (token: string) => `PUT /put/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n`,
  ]) {
    const client = await server.connect()
    client.write(begin(await ticket(anna)))
    let sent = 0
    for (; sent < 10 && !client.ended; sent++) {
      client.write('x')
      await server.activity.quiet()
      server.clock.advance(50_000)
    }
    await client.closing()
    t.ok(sent > 1, 'not at once')
    t.match(client.raw, /The upload broke off at \d of 1000000 bytes\./)
  }
})

t.test('a head that comes byte by byte ends with its time', async (t) => {
  const { server } = await start(t)
  for (const head of ['GET /get/ABC HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'GET /', 'PUT /put/ABC HTTP/1.1\r\n']) {
    const client = await server.connect()
    client.write(head)
    for (let count = 0; count < 2; count++) {
      await server.activity.quiet()
      t.notOk(client.ended, 'not at once')
      server.clock.advance(9_000)
      client.write('y')
    }
    await server.activity.quiet()
    server.clock.advance(2_000)
    await client.closing()
    t.match(client.raw, /^HTTP\/1\.1 408 /)
  }
})

t.test('an account that is deleted while it uploads is no error of the server', async (t) => {
  const { server, anna } = await start(t)
  const root = await server.connect()
  await server.makeOperator('root', 'password')
  await root.ask('/login root password')
  const last = [
    (token: string) => [`/put ${token} 10\nhello`, 'world'],
    (token: string) => [`/put ${token} 10\nhelloworld`.slice(0, -1), 'd'],
    (token: string) => [`PUT /put/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello`, 'world'],
    (token: string) => [
      `PUT /put/${token} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
      '0\r\n\r\n',
    ],
  ]
  const wires = []
  for (const pieces of last) {
    const [first = '', rest = ''] = pieces(await ticket(anna))
    const socket = connect(server.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
    })
    await once(socket, 'connect')
    const ended = once(socket, 'end')
    socket.write(first)
    wires.push({ socket, rest, ended, heard: () => heard })
  }
  await server.activity.until(() => server.count('connected') === 2 + last.length)
  await server.activity.quiet()
  await anna.ask('/deleteaccount\npassword\nyes')
  await server.activity.quiet()
  for (const { ended, heard, rest, socket } of wires) {
    socket.write(rest)
    await ended
    socket.destroy()
    t.match(heard(), 'That token is wrong, used or expired.')
  }
  t.same(
    server.logged.filter(({ level }) => level === 'error'),
    [],
  )
})
