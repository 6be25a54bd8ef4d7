import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import t from 'tap'
import { announcedToken, get, put, sha256, someBytes, startFileServer, ticketFor, Wire } from './transfer.ts'

t.setTimeout(280_000)

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Asked {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  /** Sent in these pieces; without a length in the headers they are chunks. */
  readonly body?: readonly (string | Buffer)[]
}

function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body = [] }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { headers, statusCode = 0 } = response
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      })
    })
    request.on('error', reject)
    for (const piece of body) request.write(piece)
    request.end()
  })
}

t.test(
  'up with a length, in chunks and with 100-continue; down whole, in ranges and as a head',
  async (t) => {
    const { server, anna, bob } = await startFileServer(t)
    const { port } = server
    const bytes = someBytes(70_000)
    const ways: [string, Asked][] = [
      ['length', { headers: { 'content-length': bytes.length }, body: [bytes] }],
      ['chunks', { headers: {}, body: [bytes.subarray(0, 10), bytes.subarray(10)] }],
      ['empty', { headers: { 'content-length': 0 } }],
    ]
    for (const [name, asked] of ways) {
      const file = `${name}.bin`
      const sent = name === 'empty' ? Buffer.alloc(0) : bytes
      const token = await ticketFor(anna, `@bob ${file}`)
      const answer = await ask(port, `/put/${token}`, { method: 'PUT', ...asked })
      t.match(answer, { status: 201, headers: { connection: 'close' } }, name)
      t.match(answer.body.toString(), `"${file}" is there, for bob: `)
      t.match(answer.body.toString(), sha256(sent))
      const getToken = await announcedToken(bob, file)
      t.same(await get(t, port, getToken), sent, 'and by the raw way out')
      t.equal(
        (await ask(port, `/put/${token}`, { method: 'PUT', ...asked })).status,
        404,
        'a token is used once',
      )
    }

    const token = await ticketFor(anna, '@bob a "b" ü.txt')
    t.match(await put(t, port, `${token} ${bytes.length}`, bytes), 'is there')
    const path = `/get/${await announcedToken(bob, 'a "b" ü.txt')}`
    const whole = await ask(port, path)
    t.match(whole, {
      status: 200,
      headers: {
        'content-length': '70000',
        'content-type': 'application/octet-stream',
        'accept-ranges': 'bytes',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        etag: `"${sha256(bytes)}"`,
      },
    })
    t.equal(
      whole.headers['content-disposition'],
      `attachment; filename="a 'b' ${Buffer.from('ü').toString('latin1')}.txt"; filename*=UTF-8''a%20%22b%22%20%C3%BC.txt`,
    )
    t.same(whole.body, bytes)
    const head = await ask(port, path, { method: 'HEAD' })
    t.match(head, { status: 200, headers: { 'content-length': '70000' }, body: { length: 0 } })

    const etag = `"${sha256(bytes)}"`
    const ranges: [string, number, Buffer, OutgoingHttpHeaders?][] = [
      ['bytes=0-0', 206, bytes.subarray(0, 1)],
      ['bytes=69000-', 206, bytes.subarray(69_000)],
      ['bytes=-5', 206, bytes.subarray(-5)],
      ['bytes=-99999', 206, bytes],
      ['bytes=10-999999', 206, bytes.subarray(10)],
      ['bytes=5-4', 200, bytes],
      ['bytes=0-1,3-4', 200, bytes],
      ['lines=1-2', 200, bytes],
      ['bytes=1-2', 206, bytes.subarray(1, 3), { 'if-range': etag }],
      ['bytes=1-2', 200, bytes, { 'if-range': '"other"' }],
    ]
    for (const [range, status, expected, more = {}] of ranges) {
      const answer = await ask(port, path, { headers: { range, ...more } })
      t.equal(answer.status, status, range)
      t.same(answer.body, expected, range)
    }
    const beyond = await ask(port, path, { headers: { range: 'bytes=70000-' } })
    t.match(beyond, { status: 416, headers: { 'content-range': 'bytes */70000' } })
  },
)

t.test('an upload that breaks off goes on with Content-Range', async (t) => {
  const { server, anna } = await startFileServer(t)
  const { port } = server
  const bytes = someBytes(50_000)
  const token = await ticketFor(anna, 'x.bin')
  const wire = new Wire(t, port)
  await wire.send(`PUT /put/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n`)
  await wire.send(bytes.subarray(0, 20_000))
  wire.socket.destroy()
  await anna.expect('"x.bin" broke off at 40 % of 50.0 kB')
  const part = (range: string, from: number) =>
    ask(port, `/put/${token}`, {
      method: 'PUT',
      headers: { 'content-range': range, 'content-length': 50_000 - from },
      body: [bytes.subarray(from)],
    })
  const anew = await ask(port, `/put/${token}`, {
    method: 'PUT',
    headers: { 'content-length': 50_000 },
    body: [bytes],
  })
  t.match(anew, { status: 409 })
  t.match(anew.body.toString(), 'go on at offset 20000')
  t.equal((await part('bytes 10000-49999/50000', 10_000)).status, 409)
  t.equal((await part('bytes 20000-40000/50000', 20_000)).status, 400, 'not to the end')
  t.equal((await part('bytes 20000-59999/60000', 20_000)).status, 409, 'another size')
  const done = await part('bytes 20000-49999/50000', 20_000)
  t.equal(done.status, 201)
  t.match(done.body.toString(), sha256(bytes))
})

t.test('chunks that break off begin anew', async (t) => {
  const { server, anna } = await startFileServer(t)
  const token = await ticketFor(anna, 'x.bin')
  const wire = new Wire(t, server.port)
  await wire.send(`PUT /put/${token} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
  wire.socket.destroy()
  await anna.expect('Nothing of "x.bin" is here. If it is a file, run one of these')
  t.match(await put(t, server.port, `${token} 2`, Buffer.from('ok')), '2 bytes')
})

t.test('a file that is too large is refused before it is sent', async (t) => {
  const { server, anna } = await startFileServer(t, { settings: { FILES_MAX_BYTES: '1000' } })
  const token = await ticketFor(anna, 'x.bin')
  const wire = new Wire(t, server.port)
  await wire.send(
    `PUT /put/${token} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n`,
  )
  t.match(await wire.text, /^HTTP\/1\.1 413 .*\r\n/, 'and not told to continue')
  // The size of chunks shows only as they come.
  const chunked = await ask(server.port, `/put/${token}`, {
    method: 'PUT',
    body: [someBytes(600), someBytes(600)],
  })
  t.equal(chunked.status, 413)
  t.match(chunked.body.toString(), 'A file has at most 1.0 kB here.')
  t.equal(await put(t, server.port, `${token} 1001`), '! A file has at most 1.0 kB here.\n')
})

t.test('every other request gets a short answer, and none of it is chat', async (t) => {
  const { server, anna, bob } = await startFileServer(t)
  const { port } = server
  t.match(await ask(port, '/'), { status: 400 })
  t.match((await ask(port, '/index.html')).body.toString(), 'This is a chat server.')
  t.match(await ask(port, '/put/x', { method: 'POST', body: ['/nick mallory\nhi\n'] }), { status: 405 })
  t.match(await ask(port, '/get/x', { method: 'DELETE' }), { status: 405 })
  t.match(await ask(port, '/get/ABCDEF'), { status: 404 })
  t.match(await ask(port, '/get/../../etc/passwd'), { status: 400 })
  const odd = [
    'GET / HTTP/1.1\r\nbroken header\r\n\r\n',
    'CONNECT example.org:25 HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    // Longer than any first line of a transfer is looked at.
    `POST /${'a'.repeat(700)} HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n\r\n/nick mallory\nhello\n`,
    `POST /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: x\r\n\r\n/nick mallory\nhello\n`,
    // A request behind the first one is not looked at.
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n/nick mallory\nhello\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n\r\n/nick mallory\nhello\n',
  ]
  for (const bytes of odd) {
    const wire = new Wire(t, port)
    await wire.send(bytes)
    const answer = await wire.text
    t.match(answer, /^HTTP\/1\.1 4\d\d .*\r\n/, bytes.slice(0, 40))
    t.notMatch(answer, 'mallory')
  }
  await anna.settle()
  await bob.settle()
  t.notMatch(anna.output.text + bob.output.text, 'mallory')
})
