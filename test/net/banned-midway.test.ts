import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { makeCertificate } from '../support/certificate.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'

const host = '127.0.0.1'
const from = '127.0.0.2'

/** A server with somebody who can ban, one listener for TLS and one behind a proxy. */
async function start(
  t: Test,
): Promise<{ server: TestServer; root: LineClient; tls: number; proxied: number }> {
  const directory = directoryFor(t)
  const listeners = [
    { host, port: 0, tls: makeCertificate(directory, 'chat') },
    { host, port: 0, proxy: 'tcp' },
  ]
  const server = await TestServer.start({ directory: `${directory}/data`, config: { listeners } })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  const [tls = 0, proxied = 0] = server.running.ports
  return { server, root, tls, proxied }
}

async function come(t: Test, port: number): Promise<Socket> {
  const socket = connect({ port, host, localAddress: from })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function gone(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

t.test('who was banned while TLS began does not go on to chat', async (t) => {
  const { server, root, tls } = await start(t)
  const silent = await come(t, tls)
  const begun = await come(t, tls)
  // The record of a ClientHello that is to come.
  begun.write(Buffer.from([0x16, 3, 1]))
  const plain = await come(t, tls)
  plain.write('/nick mal')
  const other = await come(t, tls)
  const secured = connectTls({ socket: other, rejectUnauthorized: false })
  secured.on('error', () => undefined)
  await once(secured, 'secureConnect')
  await server.activity.quiet()
  t.equal(server.count('connected'), 5)
  await root.ask(`/banaddress ${from}`)
  await Promise.all([silent, begun, plain, secured].map(gone))
  t.equal(server.count('disconnected'), 4)
  t.equal((await root.ask('/who')).at(-1), '* 1 person online.')
})

t.test('a header of a proxy that is under way when its address is banned brings nobody in', async (t) => {
  const { root, proxied } = await start(t)
  const half = await come(t, proxied)
  half.write('PROXY TCP4 192.0.2.7 203.')
  await root.ask('/banaddress 192.0.2.7')
  await root.ask(`/banaddress ${from}`)
  let heard = ''
  half.on('data', (chunk: Buffer) => {
    heard += chunk.toString()
  })
  half.write('0.113.5 54321 6697\r\n/nick mallory\n')
  await once(half, 'end')
  t.equal(heard, '! Nobody may connect from your address.\n')
})

t.test('a transfer ends with the ban', async (t) => {
  const { server, root, tls } = await start(t)
  const anna = await server.connect('127.0.0.3')
  await anna.ask('/signup anna\npassword\npassword')
  const ticket = async (name: string) =>
    /echo \/put (\w+)/.exec((await anna.ask(`/filesend ${name}`)).join('\n'))?.[1] ?? ''
  const raw = await come(t, tls)
  raw.write(`/put ${await ticket('raw')} 1000\nhello`)
  const http = await come(t, tls)
  http.write(`PUT /put/${await ticket('http')} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhello`)
  const head = await come(t, tls)
  head.write('GET /get/x HTTP/1.1\r\nHost: x\r\n')
  await server.activity.until(() => server.count('connected') === 5)
  await server.activity.quiet()
  await root.ask(`/banaddress ${from}`)
  await Promise.all([raw, http, head].map(gone))
  await server.activity.quiet()
  t.match((await anna.ask('/files')).join('\n'), /raw[\s\S]*http/)
})

t.test('who is banned, and gone before their address can be asked for, says nothing either', async (t) => {
  const server = await TestServer.start({ directory: directoryFor(t) })
  t.teardown(() => server.stop())
  await server.makeOperator('root', 'password')
  const root = await server.connect()
  await root.ask('/login root password')
  for (const [isBanned, nick] of [
    [false, 'sam'],
    [true, 'tim'],
  ] as const) {
    if (isBanned) await root.ask(`/banaddress ${from}`)
    // This process waits until it is over, and then the system no longer knows the address.
    const text = JSON.stringify(`/nick ${nick}\nhello from ${nick}\n`)
    const address = JSON.stringify({ port: server.port, host, localAddress: from })
    const script = `const s = require('net').connect(${address}, () => s.write(${text}, () => s.resetAndDestroy()))`
    execFileSync(process.execPath, ['-e', script])
    await server.activity.quiet()
    const heard = (await root.ask('/ping')).some((line) => line.endsWith(`hello from ${nick}`))
    t.equal(heard, !isBanned, nick)
  }
})
