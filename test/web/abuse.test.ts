import { once } from 'node:events'
import t, { type Test } from 'tap'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { answerOf, everything, open, request, WebClient, withPage } from './web-client.ts'

const password = "anna's password"
const tooSlow = 'reader too slow, connection closed'

async function start(t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

t.test('who talks faster than may be is read more slowly, and loses nothing', async (t) => {
  const server = await start(t, { 'limits.burst': 5, 'limits.messagesPerSecond': 5 })
  const anna = await WebClient.connect(server)
  const bob = await server.connect()
  await bob.ask('/nick bob')
  await anna.data('/nick anna')
  await server.activity.quiet()
  server.clock.advance(60_000)
  await bob.settled()
  for (let count = 0; count < 30; count++) anna.send(`line ${count}`)
  await server.activity.quiet()
  const first = await bob.settled()
  t.ok(first.length >= 4 && first.length < 10, `${first.length} at once`)
  let heard = first.length
  for (let second = 0; second < 10 && heard < 30; second++) {
    server.clock.advance(1_000)
    await server.activity.quiet()
    heard += (await bob.settled()).length
  }
  t.equal(heard, 30)
})

t.test('opening fifty rooms costs nothing of what one may say', async (t) => {
  const server = await start(t, {
    'limits.burst': 20,
    'limits.messagesPerSecond': 5,
    'ceilings.channelsOwned': 0,
    'ceilings.channelsJoined': 0,
  })
  const anna = await WebClient.connect(server)
  await anna.data('/signup anna', password, password)
  for (let room = 0; room < 50; room++) {
    server.clock.advance(2_000)
    await anna.data(`/create #room${room}`)
  }
  server.clock.advance(60_000)
  await anna.data('/overview')
  for (let room = 0; room < 50; room++) t.match(await anna.data(`/history #room${room} 30`), { messages: [] })
  for (let line = 0; line < 19; line++) t.match(await anna.ask(`line ${line}`), { ok: true })
})

t.test('a reader that does not read is given up, and nobody else', async (t) => {
  const server = await start(t, { 'limits.sendQueueBytes': 65_536 })
  const anna = await WebClient.connect(server)
  const bob = await WebClient.connect(server)
  const carl = await WebClient.connect(server)
  for (const [name, client] of Object.entries({ anna, bob, carl })) await client.data(`/nick ${name}`)
  bob.ws.pause()
  // As much as the system takes for somebody who does not read, and then some.
  const text = 'x'.repeat(3_900)
  for (let round = 0; round < 400 && server.count(tooSlow) === 0; round++) {
    for (let line = 0; line < 10; line++) anna.send(text)
    await anna.settled()
    carl.takeLines()
  }
  t.equal(server.count(tooSlow), 1)
  bob.ws.resume()
  t.equal(await bob.closed(), 1006)
  t.match(await carl.data('/ping there'), { text: 'there' })
})

t.test('pings, empty frames and pieces of frames cost something', async (t) => {
  const server = await start(t, { 'limits.burst': 5, 'limits.messagesPerSecond': 5 })
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  for (let count = 0; count < 400; count++) anna.send('')
  for (let count = 0; count < 40; count++) anna.ws.ping()
  for (let count = 0; count < 200; count++) anna.ws.send('', { fin: false })
  anna.ws.send('{"line":"/ping at last","tag":"p"}', { fin: true })
  await server.activity.quiet()
  t.same(
    anna.lines.filter((line) => line.includes('at last')),
    [],
    'not yet',
  )
  for (let second = 0; second < 10; second++) {
    server.clock.advance(1_000)
    await server.activity.quiet()
  }
  t.match(await anna.event('result'), { tag: 'p', data: { text: 'at last' } })
})

t.test('frames that break the rules end their own connection alone', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  const head = [
    'GET /socket HTTP/1.1',
    `Host: 127.0.0.1:${server.webPort}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '',
    '',
  ].join('\r\n')
  const frames: Readonly<Record<string, string>> = {
    'not masked': '8103616263',
    'a reserved bit': 'c18000000000',
    'a reserved kind': '838000000000',
    'a ping in pieces': '098000000000',
    'a long ping': '89fe007e00000000',
    'a piece of nothing': '808000000000',
    'two beginnings': '01800000000001800000000',
    'longer than anything': '81ffffffffffffffffff00000000',
    'a close of one byte': '8881000000000',
  }
  for (const [what, hex] of Object.entries(frames)) {
    const socket = await open(server)
    const came = everything(socket)
    socket.write(head)
    socket.write(Buffer.from(hex, 'hex'))
    await server.activity.quiet()
    socket.end()
    const raw = await came
    t.equal(answerOf(raw).status, 101, what)
  }
  t.match(await anna.data('/ping there'), { text: 'there' })
  t.equal(server.count('something was thrown'), 0)
})

t.test('a hundred thousand bytes of nonsense behind a handshake', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  for (let seed = 1; seed <= 5; seed++) {
    const socket = await open(server)
    const came = everything(socket)
    socket.write(
      `GET /socket HTTP/1.1\r\nHost: 127.0.0.1:${server.webPort}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    socket.write(Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * at * seed + at) % 251)))
    socket.end()
    await came
  }
  t.match(await anna.data('/ping there'), { text: 'there' })
  t.equal(server.count('something was thrown'), 0)
})

t.test(
  'what stands behind a believed proxy is known by its own address, and nobody else is believed',
  async (t) => {
    const server = await start(t, { 'web.proxy': ['127.0.0.1'], 'limits.connectionsPerAddress': 2 })
    const via = (address: string) => ({ 'X-Forwarded-For': address })
    t.equal((await request(server, 'GET', '/nothing')).status, 403, 'who is it?')
    t.equal((await request(server, 'GET', '/nothing', via('192.0.2.7'))).status, 404)
    t.equal((await request(server, 'GET', '/nothing', via('nobody'))).status, 403)
    const clients: WebClient[] = []
    for (let count = 0; count < 2; count++)
      clients.push(await WebClient.connect(server, { headers: via('6.6.6.6, 192.0.2.7') }))
    const more = await request(server, 'GET', '/nothing', via('192.0.2.7'))
    t.equal(more.status, 503, 'those of one address')
    t.equal((await request(server, 'GET', '/nothing', via('192.0.2.8'))).status, 404, 'another')
    t.equal(
      (await request(server, 'GET', '/nothing', via('192.0.2.7, 192.0.2.9'))).status,
      404,
      'the last counts',
    )
    await server.makeOperator('boss', 'boss password')
    const boss = await server.connect()
    await boss.ask('/login boss boss password')
    await boss.ask('/banaddress 192.0.2.7')
    for (const client of clients) t.type(await client.closed(), 'number', 'a ban ends them')
    t.equal((await request(server, 'GET', '/nothing', via('192.0.2.7'))).status, 403)
    t.equal((await request(server, 'GET', '/nothing', via('192.0.2.8'))).status, 404)
    const socket = await open(server)
    const came = everything(socket)
    socket.write('PROXY TCP4 192.0.2.8 192.0.2.1 50000 8667\r\n')
    socket.write(`GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:${server.webPort}\r\n\r\n`)
    t.equal(answerOf(await came).status, 404, 'by a header of PROXY')
  },
)

t.test('nobody is believed who is no proxy', async (t) => {
  const server = await start(t, { 'limits.connectionsPerAddress': 1 })
  const anna = await WebClient.connect(server, { headers: { 'X-Forwarded-For': '192.0.2.7' } })
  await anna.data('/nick anna')
  t.same(
    server.logged.filter(({ fields }) => JSON.stringify(fields).includes('192.0.2.7')),
    [],
  )
  const socket = await open(server)
  socket.write('PROXY TCP4 192.0.2.8 192.0.2.1 50000 8667\r\n\r\n')
  t.equal(answerOf(await everything(socket)).status, 400)
})

t.test('a page that vanishes without a word is noticed', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  const bob = await server.connect()
  await bob.ask('/nick bob')
  await anna.settled()
  anna.ws.pause()
  for (let half = 0; half < 6; half++) {
    await server.activity.quiet()
    server.clock.advance(30_000)
  }
  await server.activity.quiet()
  t.match(await bob.settled(), [/^\* ~anna left #lobby/])
  anna.ws.resume()
  await once(anna.ws, 'close').catch(() => undefined)
})
