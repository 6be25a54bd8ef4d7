import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../process/program.ts'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { type Overrides, TestServer } from '../support/server.ts'

/** How somebody goes who has sent all at once and reads nothing. */
const ways = {
  close: (socket: Socket) => socket.destroy(),
  reset: (socket: Socket) => socket.resetAndDestroy(),
} as const

const header = 'PROXY TCP4 192.0.2.7 203.0.113.5 54321 6697\r\n'
const iac = (...bytes: number[]) => String.fromCharCode(0xff, ...bytes)

async function start(t: Test, config: Overrides = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config })
  t.teardown(() => server.stop())
  return server
}

/** Sends bytes (a character each), as soon as the connection is there, and goes when they are with the system. */
async function sendAndGo(port: number, bytes: string, how: keyof typeof ways, tls = false): Promise<void> {
  const plain = connect({ port, host: '127.0.0.1' })
  const socket = tls ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain
  for (const one of new Set([plain, socket])) one.on('error', () => undefined)
  await once(socket, tls ? 'secureConnect' : 'connect')
  await new Promise<void>((resolve) => socket.write(Buffer.from(bytes, 'latin1'), () => resolve()))
  ways[how](plain)
}

/** A listener in the room: what it has read of who went. */
async function listenerTo(server: TestServer) {
  const bob = await server.connect()
  if (server.config.listeners[0]?.proxy !== 'none') bob.write(header)
  await bob.ask('/signup bob\npassword\npassword')
  const read: string[] = []
  return async (last: string) => {
    const found = await server.activity.until(() => bob.lines.some((line) => line.endsWith(last)))
    read.push(...bob.takeLines())
    return { found, said: read.splice(0).flatMap((line) => /> (line \S+)$/.exec(line)?.[1] ?? []) }
  }
}

const numbers = Array.from({ length: 5 }, (_, index) => `line ${index}`)
const dialects: Record<string, readonly string[]> = {
  'a guest': ['/nick sam', ...numbers],
  'a login by password': ['/login bot password', ...numbers],
  'a password at its question': ['/login bot', 'password', ...numbers],
  'commands that are answered': ['/nick sam', ...numbers.flatMap((line) => ['/who', `/msg #lobby ${line}`])],
  JSON: ['/format json', '/nick sam', ...numbers.map((line) => JSON.stringify({ say: line, to: '#lobby' }))],
  telnet: [`${iac(0xfb, 0x1f)}/nick sam\r`, ...numbers.map((line) => `${iac(0xf1)}${line}\r`)],
}

for (const [name, lines] of Object.entries(dialects))
  t.test(`what has come is done when its sender has gone: ${name}`, async (t) => {
    const server = await start(t)
    await (await server.connect()).ask('/signup bot\npassword\npassword')
    const readTo = await listenerTo(server)
    for (const how of ['close', 'reset'] as const) {
      await sendAndGo(server.port, lines.map((line) => `${line}\n`).join(''), how)
      t.same((await readTo('> line 4')).said, numbers, how)
    }
    t.ok(await server.activity.until(() => server.count('disconnected') === 2), 'and then it is over')
  })

for (const name of ['TLS', 'a proxy'] as const)
  t.test(`the same through ${name}`, async (t) => {
    const tls = makeCertificate(temporaryFolder(t), 'chat')
    const listener = name === 'TLS' ? { tls } : { proxy: 'tcp' }
    const server = await start(t, { listeners: [{ host: '127.0.0.1', port: 0, ...listener }] })
    const readTo = await listenerTo(server)
    const before = name === 'TLS' ? '' : header
    for (const how of ['close', 'reset'] as const) {
      const lines = ['/nick sam', ...numbers].map((line) => `${line}\n`).join('')
      await sendAndGo(server.port, before + lines, how, name === 'TLS')
      t.same((await readTo('> line 4')).said, numbers, how)
    }
    // Node.js takes a reset of TLS for an end: it is known when nothing can be sent.
    server.clock.advance(20_000)
    t.ok(await server.activity.until(() => server.count('disconnected') === 2), 'and then it is over')
  })

t.test('many lines, in one piece and in many', async (t) => {
  const server = await start(t)
  const readTo = await listenerTo(server)
  const many = Array.from({ length: 1500 }, (_, index) => `line ${index}`)
  const huge = Array.from({ length: 90 }, (_, index) => `line ${index}${'x'.repeat(1000)}`)
  for (const how of ['close', 'reset'] as const) {
    await sendAndGo(server.port, ['/nick sam', '/who', ...many].map((line) => `${line}\n`).join(''), how)
    t.same((await readTo('> line 1499')).said, many, how)
    await sendAndGo(server.port, ['/nick sam', '/who', ...huge].map((line) => `${line}\n`).join(''), how)
    t.same((await readTo(huge.at(-1) ?? '')).said, huge, `${how}, more than is read ahead`)
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    const some = many.slice(0, 300)
    for (const line of ['/nick sam', '/who', ...some]) {
      await new Promise<void>((resolve) => socket.write(`${line}\n`, () => resolve()))
      // As from another process: here one could write between two reads of the same turn.
      await nextTurn()
    }
    ways[how](socket)
    t.same((await readTo('> line 299')).said, some, `${how}, in pieces`)
  }
})

t.test('who was greeted, and has not read it', async (t) => {
  const server = await start(t)
  const readTo = await listenerTo(server)
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  socket.on('error', () => undefined).pause()
  await once(socket, 'connect')
  await server.activity.until(() => server.count('connected') === 2)
  server.clock.advance(1000)
  socket.write(['/nick sam', ...numbers].map((line) => `${line}\n`).join(''), () => socket.resetAndDestroy())
  t.same((await readTo('> line 4')).said, numbers)
})

t.test('a line that was cut off is no line; one that only lacks its end is', async (t) => {
  const server = await start(t)
  const readTo = await listenerTo(server)
  await sendAndGo(server.port, '/nick sam\nline whole\nline cut o', 'reset')
  await server.activity.until(() => server.count('disconnected') === 1)
  await sendAndGo(server.port, '/nick sam\nline last', 'close')
  t.same((await readTo('> line last')).said, ['line whole', 'line last'])
})

t.test('it has its place until that is over, and no longer than a while', async (t) => {
  const config = { 'limits.burst': 5, 'limits.addressBurst': 100, 'limits.messagesPerSecond': 1 }
  const server = await start(t, {
    ...config,
    'limits.connectionsPerAddress': 1,
    listeners: [{ host: '127.0.0.1', port: 0, proxy: 'tcp' }],
  })
  const watcher = await server.connect()
  watcher.write(header.replace('192.0.2.7', '192.0.2.8'))
  await watcher.ask('/nick watcher')
  const lines = ['/nick sam', ...Array.from({ length: 1000 }, (_, index) => `line ${index}`)]
  await sendAndGo(server.port, header + lines.map((line) => `${line}\n`).join(''), 'reset')
  await server.activity.until(() => watcher.lines.some((line) => line.endsWith('line 1')))
  const again = await server.connect()
  again.write(header)
  t.match(await again.closing(), [/^! /], 'nobody comes from there besides, so that they do not add up')
  for (let second = 0; second < 300; second++) {
    server.clock.advance(1000)
    await server.activity.quiet()
  }
  t.ok(await server.activity.until(() => server.count('disconnected') === 1))
  t.notOk(watcher.lines.some((line) => line.endsWith('line 999')))
  t.match(watcher.lines.at(-1), '~sam left #lobby (connection lost)')
})

t.test('what such a one is sent was read by nobody', async (t) => {
  const server = await start(t, { 'limits.burst': 5, 'limits.messagesPerSecond': 1 })
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      server.clock.advance(1000)
      await server.activity.quiet()
    }
  }
  const anna = await server.connect()
  await anna.ask('/nick anna')
  const bot = await server.connect()
  bot.send('/signup bot\npassword\npassword')
  await pass(20)
  bot.send(Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n'))
  await server.activity.until(() => anna.lines.some((line) => line.endsWith('line 3')))
  bot.reset()
  await server.activity.quiet()
  anna.send('to be read')
  await pass(20)
  t.ok(await server.activity.until(() => server.count('disconnected') === 1))
  t.ok(anna.lines.some((line) => line.endsWith('line 8')))
  const again = await server.connect()
  again.send('/login bot password')
  await pass(20)
  t.match(again.lines.join(' '), 'to be read')
})
