import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { type Fields, WebClient, withPage } from './web-client.ts'

async function start(t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

t.test('a WebSocket begins with what one has to know, and speaks the JSON dialect', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  t.match(await anna.hello(), {
    type: 'hello',
    server: { name: 'Partyline', welcome: '' },
    signup: 'open',
    guests: true,
    online: 0,
    channel: '#lobby',
    limits: { loginSeconds: 0, lineBytes: 4000, passwordMinLength: 8, files: true },
  })
  const made = await anna.data('/signup anna', "anna's password", "anna's password")
  t.match(made, { name: 'anna', id: 1, target: '#lobby' })
  const bob = await server.connect()
  await bob.ask('/nick bob')
  anna.takeLines()
  bob.send('hello anna')
  t.match(await anna.event('message'), { from: '~bob', text: 'hello anna', channel: '#lobby' })
  t.match(await anna.ask('hello bob'), { command: 'say', ok: true })
  t.same(await bob.settled(), ['[18:00] #lobby <anna> hello bob'])
  t.match(await anna.ask('/quit'), { command: 'quit', ok: true })
  t.equal(await anna.closed(), 1000)
  t.match(await bob.settled(), ['* anna went offline'])
})

t.test('a frame is a line: what is no JSON is said, and what cannot be read is an error', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  const refusals: (string | Buffer)[] = [
    '{"line":',
    '[1]',
    '"x"',
    Buffer.from([0xc3, 0x28]),
    'x'.repeat(5000),
  ]
  const codes = ['bad-arguments', 'bad-arguments', 'bad-arguments', 'bad-encoding', 'line-too-long']
  for (const [index, one] of refusals.entries()) {
    anna.takeLines()
    // Text, also where it is no UTF-8.
    anna.ws.send(one, { binary: false })
    t.match(await anna.event('result'), { command: 'line', ok: false, error: { code: codes[index] } })
  }
  anna.ws.send(Buffer.from('hello'), { binary: true })
  t.match(await anna.event('result'), { command: 'line', error: { code: 'bad-encoding' } })
  anna.send('42')
  t.match(await anna.event('result'), { command: 'say', ok: true })
  anna.send('')
  anna.send('two\r\nlines\r\n')
  t.match(await anna.event('result'), { command: 'say', ok: true })
  t.match((await anna.data('/history'))['messages'], [{ text: '42' }, { text: 'two lines' }])
  t.equal(anna.code, undefined, 'and it stays')
})

t.test('a message that is too long is told, and what follows is read', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.hello()
  const tooLong = { command: 'line', ok: false, error: { code: 'line-too-long', message: /4000 bytes/ } }
  for (const size of [4001, 70_000, 300_000, 1024 * 1024]) {
    anna.send('x'.repeat(size))
    t.match(await anna.event('result'), tooLong, `${size} bytes of a visitor`)
  }
  for (let piece = 0; piece < 6; piece++) {
    anna.ws.send('y'.repeat(1500), { fin: piece === 5 })
    anna.ws.ping()
  }
  t.match(await anna.event('result'), tooLong, 'in pieces')
  anna.ws.send(Buffer.alloc(25_000), { binary: true })
  t.match(await anna.event('result'), tooLong, 'and binary')
  const text = 'x'.repeat(3999)
  t.match(await anna.ask(`/ping ${text.slice(100)}`), { ok: true }, 'the longest')
  await anna.data('/nick anna')
  anna.send('x'.repeat(400_000))
  t.match(await anna.event('result'), {
    ...tooLong,
    error: { code: 'line-too-long', message: /393216 bytes/ },
  })
  t.match((await anna.data('/history'))['messages'], [], 'nothing of it is said')
  t.equal(anna.code, undefined)
})

t.test('a message of more than a mebibyte is told, and ends it', async (t) => {
  const server = await start(t)
  for (const inPieces of [false, true]) {
    const anna = await WebClient.connect(server)
    await anna.hello()
    if (inPieces)
      for (let piece = 0; piece < 11; piece++) anna.ws.send('x'.repeat(100_000), { fin: piece === 10 })
    else anna.send('x'.repeat(1024 * 1024 + 1))
    t.match(await anna.event('result'), { command: 'line', ok: false, error: { code: 'line-too-long' } })
    t.equal(await anna.closed(), 1009)
  }
})

t.test('a whole message may come in pieces, and control frames between them', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  anna.ws.send('{"line":"/ping', { fin: false })
  anna.ws.ping()
  anna.ws.send(' pieces","tag":9}', { fin: true })
  t.match(await anna.event('result'), { tag: 9, data: { text: 'pieces' } })
})

t.test('two that say the same read the same bytes', async (t) => {
  const server = await start(t)
  const clients: WebClient[] = []
  for (const name of ['anna', 'bob', 'carl']) {
    const client = await WebClient.connect(server)
    await client.data(`/nick ${name}`)
    clients.push(client)
  }
  for (const client of clients) await client.settled()
  const [anna, bob, carl] = clients as [WebClient, WebClient, WebClient]
  for (let count = 0; count < 20; count++) anna.send(`line ${count} ${'ä'.repeat(count * 10)}`)
  await anna.settled()
  const read = async (one: WebClient): Promise<Fields[]> =>
    (await one.settled()).filter(({ type }) => type === 'message')
  const lines = await read(bob)
  t.equal(lines.length, 20)
  t.same(await read(carl), lines)
})

t.test('the server stops: pages are told, and closed', async (t) => {
  const server = await start(t)
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  const stopped = server.stop('it is late')
  t.match(await anna.event('closing'), { reason: 'it is late' })
  t.equal(await anna.closed(), 1000)
  await stopped
  t.equal(anna.ws.readyState, WebSocket.CLOSED)
})

t.test('whoever opens a form shows life, and is not thrown out', async (t) => {
  const server = await start(t, { 'limits.loginSeconds': 60 })
  const anna = await WebClient.connect(server)
  const bob = await WebClient.connect(server)
  await anna.hello()
  await bob.hello()
  for (let minute = 0; minute < 4; minute++) {
    server.clock.advance(45_000)
    anna.send('')
    await anna.settled()
  }
  t.ok(bob.code !== undefined || bob.lines.length > 0, 'who is silent is')
  t.equal(anna.code, undefined)
  server.clock.advance(45_000)
  await anna.settled()
  server.clock.advance(90_000)
  t.match(await anna.event('closing'), { reason: /log in/ }, 'and nobody stays for ever')
})
