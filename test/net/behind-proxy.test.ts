import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../process/program.ts'
import type { LineClient } from '../support/client.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

const header = (from: string) => `PROXY TCP4 ${from} 203.0.113.5 54321 6697\r\n`

async function start(t: Test, listener: object = {}, config: Overrides = {}): Promise<TestServer> {
  const listeners = [{ host: '127.0.0.1', port: 0, proxy: 'tls', ...listener }]
  const server = await TestServer.start({ directory: directoryFor(t), config: { listeners, ...config } })
  t.teardown(() => server.stop())
  return server
}

/** Somebody from an address, by way of the proxy. */
async function come(server: TestServer, from: string): Promise<LineClient> {
  const client = await server.connect()
  client.write(header(from))
  return client
}

function addresses(server: TestServer, message: string): unknown[] {
  return server.logged
    .filter((line) => line.message === message)
    .map(({ fields }) => (fields as { address?: unknown }).address)
}

t.test('the address is that of whoever the proxy passes on', async (t) => {
  const server = await start(t, {}, { 'limits.connectionsPerAddress': 1 })
  const anna = await come(server, '192.0.2.7')
  t.match(await anna.ask('/nick anna'), ['* You are ~anna, a guest. /signup makes an account of it.'])
  t.match(await (await come(server, '192.0.2.7')).closing(), [/^! /], 'it may have one connection')
  const bob = await come(server, '192.0.2.8')
  await bob.ask('/nick bob')
  t.same(addresses(server, 'connected'), ['192.0.2.7', '192.0.2.8'])
  t.same(addresses(server, 'too many connections from address'), ['192.0.2.7'])
})

t.test('what is sent in one piece with the header is read, and who is silent is greeted', async (t) => {
  const server = await start(t)
  const script = await server.connect()
  script.write(`${header('192.0.2.7')}/nick bot\n/quit\n`)
  t.match((await script.closing())[0], '* You are ~bot')
  const person = await come(server, '192.0.2.8')
  await server.activity.until(() => server.count('connected') === 2)
  t.equal(person.raw, '', 'not yet')
  server.clock.advance(200)
  t.match(await person.settled(), [/^\* Welcome/])
})

t.test('a banned address stays out', async (t) => {
  const server = await start(t)
  await server.makeOperator('root', 'password')
  const root = await come(server, '192.0.2.1')
  await root.ask('/login root password')
  t.match(await root.ask('/banaddress 192.0.2.7'), [/192\.0\.2\.7/])
  t.same(await (await come(server, '192.0.2.7')).closing(), ['! Nobody may connect from your address.'])
  await (await come(server, '192.0.2.8')).settled()
  t.same(addresses(server, 'banned address'), ['192.0.2.7'])
})

t.test('who comes without the header is sent away', async (t) => {
  const server = await start(t)
  const sorry = ['! Only the proxy in front of this server may connect here.']
  const anna = await server.connect()
  anna.send('/nick anna')
  t.same(await anna.closing(), sorry)
  const silent = await server.connect()
  await server.activity.quiet()
  t.equal(server.count('connected'), 0)
  server.clock.advance(5_000)
  t.same(await silent.closing(), sorry)
  const half = await server.connect()
  half.write('PROXY TCP4')
  half.end()
  t.same(await half.closing(), sorry)
  const next = await come(server, '192.0.2.7')
  await next.settled()
  t.equal(server.count('no proxy header'), 3)
})

t.test('a proxy that looks whether the server is there is somebody from its own address', async (t) => {
  const server = await start(t)
  const check = await server.connect()
  check.write(Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'))
  await check.settled()
  t.same(addresses(server, 'connected'), ['127.0.0.1'])
})

t.test('who waits for the header counts', async (t) => {
  const server = await start(t, {}, { 'limits.connections': 2 })
  const [first] = [await server.connect(), await server.connect()]
  await server.activity.quiet()
  t.match(await (await server.connect()).closing(), [/^! The server is full/])
  first.write(header('192.0.2.7'))
  await first.settled()
})

t.test('secrets may be told where the proxy speaks TLS, and are refused where it does not', async (t) => {
  for (const [proxy, answer] of [
    ['tls', '? Password: '],
    ['tcp', undefined],
  ] as const) {
    const server = await start(t, { proxy }, { 'accounts.requireTls': true })
    const anna = await come(server, '192.0.2.7')
    anna.send('/signup anna')
    await server.activity.quiet()
    if (answer) t.equal(anna.tail, answer)
    else t.match(await anna.settled(), [/^! .*TLS/])
  }
})

t.test('who is gone behind a proxy may not have read the last lines, and finds them again', async (t) => {
  const server = await start(t)
  const anna = await come(server, '192.0.2.7')
  await anna.ask('/nick anna')
  const bob = await come(server, '192.0.2.8')
  await bob.ask('/signup bob\npassword\npassword')
  const missed = async () => {
    const again = await come(server, '192.0.2.8')
    const welcome = await again.ask('/login bob password')
    return { again, lines: welcome.filter((line) => line.startsWith('[')).map((line) => line.slice(-3)) }
  }
  await anna.ask('one')
  await bob.settled()
  await anna.ask('two')
  await server.activity.quiet()
  t.match(bob.raw, 'two', 'it was sent')
  bob.end()
  await bob.closing()
  const { again, lines } = await missed()
  t.same(lines, ['two'])
  await anna.ask('six')
  again.send('/quit')
  await again.closing()
  t.same((await missed()).lines, [], 'who says that they go has')
})

t.test('the line to paste for a file leads to where nc can go', async (t) => {
  const own = { 'server.publicHost': '', 'server.publicPort': 0 }
  const ticket = async (server: TestServer, port: number) => {
    const anna = await server.connect(undefined, port)
    anna.write(header('192.0.2.7'))
    await anna.ask('/signup anna\npassword\npassword')
    return (await anna.ask('/filesend notes.txt')).join('\n')
  }
  const plain = { host: '127.0.0.1', port: 0 }
  const both = await start(t, {}, { ...own, listeners: [plain, { ...plain, proxy: 'tls' }] })
  const [open = 0, proxied = 0] = both.running.ports
  t.match(await ticket(both, proxied), ` | nc 203.0.113.5 ${open}`, 'a listener without a proxy')
  const passed = await start(t, { proxy: 'tcp' }, own)
  t.match(
    await ticket(passed, passed.port),
    ' | nc 203.0.113.5 6697',
    'the proxy, which passes on what it gets',
  )
})

t.test('a transfer by HTTP is logged with the address of the person', async (t) => {
  const server = await start(t)
  const anna = await come(server, '192.0.2.7')
  anna.write('GET /get/NONE HTTP/1.1\r\nHost: x\r\n\r\n')
  await anna.closing()
  t.match(anna.raw, /^HTTP\/1\.1 404 /)
  t.same(addresses(server, 'transfer refused'), ['192.0.2.7'])
})

t.test('TLS that is passed on begins behind the header', async (t) => {
  const folder = temporaryFolder(t)
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const request = 'req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout'
  execFileSync('openssl', [...request.split(' '), key, '-out', cert], { stdio: 'ignore' })
  const server = await start(t, { proxy: 'tcp', tls: { cert, key } }, { 'accounts.requireTls': true })
  const raw = connect(server.port, '127.0.0.1')
  await once(raw, 'connect')
  raw.write(header('192.0.2.7'))
  const secured = connectTls({ socket: raw, rejectUnauthorized: false })
  t.teardown(() => secured.destroy())
  secured.write('/signup anna\n')
  let text = ''
  secured.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    server.activity.note()
  })
  await server.activity.until(() => text.includes('? Password: '))
  t.equal(text, '? Password: ')
  t.same(addresses(server, 'connected'), ['192.0.2.7'])
})
