import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { Origins } from '../../server/web/origins.ts'
import { PageFiles } from '../../server/web/page-files.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { answerOf, everything, open, originOf, rawly, request, WebClient, withPage } from './web-client.ts'

async function start(t: Test, config: Readonly<Record<string, unknown>> = {}): Promise<TestServer> {
  const server = await TestServer.start({ directory: directoryFor(t), config: { ...withPage, ...config } })
  t.teardown(() => server.stop())
  return server
}

const upgrade = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}

t.test('the files of the page, by their exact names', async (t) => {
  const folder = directoryFor(t, { 'secret.txt': 'not of the page' })
  const page = join(folder, 'page')
  mkdirSync(page)
  writeFileSync(join(page, 'index.html'), '<!doctype html>')
  writeFileSync(join(page, 'main-ABCDEF12.js'), 'x')
  writeFileSync(join(page, 'main-ABCDEF12.js.gz'), gzipSync('x'))
  writeFileSync(join(page, 'emoji.json'), '{}')
  writeFileSync(join(page, 'notes.exe'), '')
  const files = new PageFiles(page)
  t.match(files.find('/'), { type: 'text/html; charset=utf-8', isHashed: false })
  t.match(files.find('/main-ABCDEF12.js'), { isHashed: true, gzipped: gzipSync('x') })
  t.match(files.find('/emoji.json'), { isHashed: false, gzipped: undefined })
  for (const path of [
    ...[
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '//etc/passwd',
      '/.',
      '/..',
      '/notes.exe',
      '/main-ABCDEF12.js.gz',
    ],
    ...['/main-ABCDEF12.js/', '/constructor', '/__proto__', '/index.html%00', '/INDEX.HTML', ''],
  ])
    t.equal(files.find(path), undefined, path)
  t.equal(new PageFiles(join(folder, 'nowhere')).find('/'), undefined)
})

t.test('every answer is safe by its headers', async (t) => {
  const server = await start(t)
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/nothing'],
    ['POST', '/'],
    ['GET', '/socket'],
    ['GET', '/get/NOTHING'],
    ['GET', '/picture/NOTHING'],
    ['DELETE', '/session'],
  ] as const) {
    const { headers } = await request(server, method, path)
    const what = `${method} ${path}`
    t.equal(headers.get('x-content-type-options'), 'nosniff', what)
    t.equal(headers.get('referrer-policy'), 'no-referrer', what)
    t.equal(headers.get('connection'), 'close', what)
    t.match(headers.get('content-security-policy'), /default-src 'none'/, what)
    t.match(headers.get('content-security-policy'), /frame-ancestors 'none'/, what)
  }
})

t.test('the log says what a connection was for', async (t) => {
  const server = await start(t)
  await request(server, 'GET', '/')
  const silent = await open(server)
  silent.end()
  await everything(silent)
  await server.stop()
  const gone = server.logged.filter(({ message }) => message === 'disconnected')
  t.match(
    gone.map(({ fields }) => fields),
    [{ why: 'its request was answered' }, { why: 'it asked for nothing' }],
  )
})

t.test('what this server is not called by gets nothing', async (t) => {
  const server = await start(t, { 'server.publicHost': 'chat.example.org' })
  const port = server.webPort
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, `chat.example.org:${port}`])
    t.not((await request(server, 'GET', '/', { Host: host })).status, 403, host)
  for (const host of [
    'evil.example.org',
    `evil.example.org:${port}`,
    'localhost.evil.example.org',
    '127.0.0.1.evil',
    '',
  ])
    t.match((await request(server, 'GET', '/', { Host: host })).status, /^40[03]$/, `${host} (rebinding)`)
  t.equal((await rawly(server, 'GET / HTTP/1.1\r\n\r\n')).status, 400, 'no Host')
  t.equal((await rawly(server, 'GET / HTTP/1.0\r\n\r\n')).status, 403, 'no Host, long ago')
  const two = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nHost: evil.example.org\r\n\r\n`
  t.match((await rawly(server, two)).status, /^40[03]$/, 'two')
  for (const origin of [
    'http://evil.example.org',
    'null',
    `https://evil.example.org:${port}`,
    'file://',
    'x',
  ])
    for (const path of ['/socket', '/', '/put/X', '/get/X'])
      t.equal(
        (await request(server, 'GET', path, { ...(path === '/socket' ? upgrade : {}), Origin: origin }))
          .status,
        403,
        `${origin} ${path}`,
      )
  const own = await request(server, 'GET', '/socket', {
    ...upgrade,
    Host: 'evil.example.org',
    Origin: 'http://evil.example.org',
  })
  t.equal(own.status, 403, 'a name that was pointed here')
  for (const host of [
    '[1.2.3.4]',
    'localhost:65536',
    'localhost:99999',
    '[]',
    '[::1]:99999',
    '[:]',
    '[1.2.3.4]:80',
  ])
    for (const [method, path, more] of [
      ['DELETE', '/session', {}],
      ['GET', '/socket', upgrade],
    ] as const) {
      const headers = { ...more, Host: host, Origin: `http://${host}`, Cookie: 'partyline-80=A' }
      t.equal((await request(server, method, path, headers)).status, 403, `${host} ${path}`)
    }
  t.equal(server.logged.filter(({ level }) => level === 'error').length, 0, 'and no defect')
})

t.test('named origins are the only ones', async (t) => {
  const origins = new Origins(
    { origins: ['https://chat.example.org'], listen: [{ host: '::' }] },
    { publicHost: '' },
  )
  t.ok(origins.knows('chat.example.org'))
  t.notOk(origins.knows('localhost:8667'))
  t.notOk(origins.knows('chat.example.org:8667'))
  t.ok(origins.isOwn('https://chat.example.org', 'chat.example.org'))
  t.notOk(origins.isOwn('http://chat.example.org', 'chat.example.org'))
  t.notOk(origins.isOwn('https://chat.example.org.evil', 'chat.example.org'))
})

t.test('methods, paths and bodies that nobody asks for', async (t) => {
  const server = await start(t)
  const host = `Host: 127.0.0.1:${server.webPort}\r\n`
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND'])
    t.equal((await request(server, method, '/')).status, 405, method)
  t.equal((await request(server, 'POST', '/put/X')).status, 405)
  t.equal((await request(server, 'GET', '/session', { Origin: originOf(server) })).status, 405)
  t.equal((await rawly(server, `CONNECT evil:80 HTTP/1.1\r\n${host}\r\n`)).status, 405)
  t.match((await rawly(server, `GET http://evil.example.org/ HTTP/1.1\r\n${host}\r\n`)).status, /^40[034]$/)
  t.equal((await rawly(server, `* / HTTP/1.1\r\n${host}\r\n`)).status, 400)
  t.equal((await rawly(server, 'hello there\r\n')).status, 400, 'no HTTP at all')
  t.equal((await rawly(server, '/nick anna\r\nhello\r\n')).status, 400, 'no chat is spoken here')
  for (const path of [
    '/../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/%00',
    '/.git/config',
    '/page/index.html',
  ])
    t.equal((await request(server, 'GET', path)).status, 404, path)
  t.equal((await rawly(server, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`)).status, 431)
  t.equal(
    (await rawly(server, `GET / HTTP/1.1\r\n${host}${'a: bcdefghij\r\n'.repeat(5000)}\r\n`)).status,
    431,
  )
})

t.test('a request that hides another one brings that to nobody', async (t) => {
  const server = await start(t)
  const host = `Host: 127.0.0.1:${server.webPort}\r\n`
  const hidden = `GET /second HTTP/1.1\r\n${host}\r\n`
  const chunks = `PUT /put/AAAA HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
  const asked = Object.entries(upgrade).map(([name, value]) => `${name}: ${value}\r\n`)
  const handshake = `GET /socket HTTP/1.1\r\n${host}${asked.join('')}\r\n`
  for (const [what, bytes] of [
    ['two in a row', `GET /nothing HTTP/1.1\r\n${host}\r\n${hidden}`],
    ['a body of a GET', `GET /nothing HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`],
    [
      'length and chunks',
      `POST /session HTTP/1.1\r\n${host}Origin: ${originOf(server)}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'two lengths',
      `POST /session HTTP/1.1\r\n${host}Origin: ${originOf(server)}\r\nContent-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    [
      'behind an upgrade that fails',
      `GET /nothing HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n${hidden}`,
    ],
    [
      'in the body of an upgrade',
      `GET /socket HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    ],
    ['a bare line feed', `GET /nothing HTTP/1.1\n${host}\n${hidden}`],
    ['a WebSocket behind chunks', `${chunks}${handshake}`],
    ['a WebSocket on another path behind chunks', `${chunks}${handshake.replace('/socket', '/x')}`],
    ['another protocol behind chunks', `${chunks}${handshake.replace('websocket', 'h2c')}`],
    ['a tunnel behind chunks', `${chunks}CONNECT a:1 HTTP/1.1\r\n${host}\r\n`],
  ] as const) {
    const { raw } = await rawly(server, bytes)
    t.equal(raw.match(/HTTP\/1\.1 \d/g)?.length, 1, what)
    t.notMatch(raw, /101 Switching/, what)
  }
})

t.test('handshakes that are none', async (t) => {
  const server = await start(t)
  const cases: readonly (readonly [string, Record<string, string>, number])[] = [
    ['no key', { ...upgrade, 'Sec-WebSocket-Key': '' }, 400],
    ['another version', { ...upgrade, 'Sec-WebSocket-Version': '7' }, 400],
    ['another protocol', { ...upgrade, Upgrade: 'h2c' }, 400],
    ['no upgrade', {}, 426],
  ]
  for (const [what, headers, status] of cases)
    t.equal((await request(server, 'GET', '/socket', headers)).status, status, what)
  t.equal((await request(server, 'POST', '/socket', upgrade)).status, 405, 'POST')
  t.equal((await request(server, 'GET', '/elsewhere', upgrade)).status, 404, 'elsewhere')
})

t.test('slow heads and silence end after a while', async (t) => {
  const server = await start(t)
  const silent = await open(server)
  const slow = await open(server)
  const answers = [everything(silent), everything(slow)]
  slow.write('GET / HTTP/1.1\r\n')
  for (let second = 0; second < 22; second++) {
    slow.write(`x${second}: y\r\n`)
    await server.activity.quiet()
    server.clock.advance(1_000)
  }
  for (const answer of await Promise.all(answers)) t.match(answerOf(answer).status, /^(0|408)$/)
  const posting = await open(server)
  const answer = everything(posting)
  posting.write(
    `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${server.webPort}\r\nOrigin: ${originOf(server)}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  )
  await server.activity.quiet()
  server.clock.advance(11_000)
  t.match(answerOf(await answer), { status: 408, body: /did not come/ })
})

t.test('a thousand handshakes that never end keep nobody out', async (t) => {
  const server = await start(t, { 'limits.connections': 1_100 })
  const half = await Promise.all(Array.from({ length: 1_000 }, () => open(server)))
  for (const socket of half) socket.write('GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n')
  const anna = await WebClient.connect(server)
  t.match(await anna.data('/nick anna'), { name: '~anna' })
  await server.activity.quiet()
  const closed = Promise.all(half.map((socket) => everything(socket)))
  server.clock.advance(21_000)
  await closed
  t.match(await anna.data('/ping there'), { text: 'there' })
  await server.activity.quiet()
  t.ok(server.logged.filter(({ message }) => message === 'disconnected').length >= 1_000)
})

t.test('bans and limits hold as over nc', async (t) => {
  const server = await start(t, { 'limits.connections': 2 })
  await server.makeOperator('boss', 'boss password')
  const boss = await server.connect()
  await boss.ask('/login boss boss password')
  const anna = await WebClient.connect(server)
  await anna.data('/nick anna')
  const full = await request(server, 'GET', '/')
  t.equal(full.status, 503)
  t.match(full.body, /full/)
  await anna.end()
  await boss.ask('/banaddress 127.0.0.2')
  const socket = await open(server)
  socket.destroy()
  await once(socket, 'close')
  t.equal(server.count('server full') > 0, true)
})
