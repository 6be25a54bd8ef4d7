import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { makeCertificate } from '../support/certificate.ts'
import { directoryFor } from '../support/directory.ts'
import { TestServer } from '../support/server.ts'
import { answerOf, everything, type Fields, type WebAnswer, WebClient, withPage } from './web-client.ts'

t.setTimeout(280_000)

const password = "anna's password"

/** One way to the files: the chat's port or the page's, with TLS or without. */
interface Way {
  readonly name: string
  readonly port: number
  readonly isSecure: boolean
}

interface Scene {
  readonly server: TestServer
  readonly anna: WebClient
  /** All of them, and two that differ in everything. */
  readonly allWays: readonly Way[]
  readonly ways: readonly Way[]
}

async function start(t: Test): Promise<Scene> {
  const directory = directoryFor(t)
  const tls = makeCertificate(directory, 'localhost')
  const server = await TestServer.start({
    directory: join(directory, 'data'),
    config: { listeners: [{ host: '127.0.0.1', port: 0, tls }], ...withPage, 'files.uploadsPerAccount': 0 },
  })
  t.teardown(() => server.stop())
  const anna = await WebClient.connect(server)
  await anna.data('/signup anna', password, password)
  const { port, webPort } = server
  const allWays = [
    { name: 'chat', port, isSecure: false },
    { name: 'chat over TLS', port, isSecure: true },
    { name: 'page', port: webPort, isSecure: false },
    { name: 'page over TLS', port: webPort, isSecure: true },
  ]
  const ways = allWays.filter(({ isSecure }, number) => isSecure === number > 1)
  return { server, anna, allWays, ways }
}

/** Sends bytes, and by default nothing more: the peer half-closes. Answers all that comes until the server closes. */
async function speak({ isSecure, port }: Way, bytes: string | Buffer, ends = true): Promise<WebAnswer> {
  const options = { host: '127.0.0.1', port, allowHalfOpen: true }
  const socket: Socket = isSecure ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options)
  socket.on('error', () => undefined)
  await once(socket, isSecure ? 'secureConnect' : 'connect')
  if (ends) socket.end(bytes)
  else socket.write(bytes)
  socket.once('end', () => socket.end())
  const raw = await everything(socket)
  return answerOf(raw)
}

/** A request with Host; the body is sent as it is. */
function ask(way: Way, line: string, headers: readonly string[] = [], body = ''): Promise<WebAnswer> {
  return speak(way, `${[line, 'Host: 127.0.0.1', ...headers].join('\r\n')}\r\n\r\n${body}`)
}

async function ticket(anna: WebClient, name = 'x.bin'): Promise<string> {
  return String((await anna.data(`/filesend #lobby ${name}`))['token'])
}

/** Sends a file; answers what is announced of it. */
async function send({ anna, ways: [way] }: Scene, name: string, bytes: string): Promise<Fields> {
  if (!way) throw new Error('There is no way')
  const token = await ticket(anna, name)
  const { status } = await ask(
    way,
    `PUT /put/${token} HTTP/1.1`,
    [`Content-Length: ${Buffer.byteLength(bytes)}`],
    bytes,
  )
  if (status !== 201) throw new Error(`It was answered ${status}`)
  return anna.event('file')
}

function digest(bytes: string): string {
  return `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
}

/** All answers in what came: never more than one. */
function countOf({ raw }: WebAnswer): number {
  return raw.split('HTTP/1.1 ').length - 1
}

t.test('a peer that half-closes is answered, whole or cut off', async (t) => {
  const scene = await start(t)
  const { allWays, anna } = scene
  const { get } = await send(scene, 'tea.txt', 'green tea')
  const got: readonly string[] = [
    `GET /get/${get} HTTP/1.0\r\n\r\n`,
    `GET /get/${get} HTTP/1.0\n\n`,
    `GET /get/${get} HTTP/1.1\nHost: 127.0.0.1\n\n`,
    `GET http://127.0.0.1/get/${get} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    `GET HTTP://127.0.0.1:7/get/${get}?download=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
  ]
  const chunks = 'Transfer-Encoding: chunked\r\n\r\n5\r\ngreen\r\n4\r\n tea\r\n0\r\n\r\n'
  const put: readonly string[] = [
    'HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\ngreen tea',
    `HTTP/1.1\r\nHost: 127.0.0.1\r\n${chunks}`,
    // What comes behind a request is never looked at.
    `HTTP/1.1\r\nHost: 127.0.0.1\r\n${chunks}NONSENSE\r\n\r\n`,
    'HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 9\n\ngreen tea',
  ]
  for (const way of allWays) {
    for (const request of got) {
      const answer = await speak(way, request)
      t.match(answer, { status: 200, body: 'green tea' }, `${way.name}: ${request}`)
    }
    for (const rest of put) {
      const answer = await speak(way, `PUT /put/${await ticket(anna)} ${rest}`)
      t.match(answer, { status: 201, body: /9 bytes/ }, `${way.name}: ${rest}`)
      t.equal(countOf(answer), 1)
      await anna.event('file')
    }
    const unfinished = await speak(way, `GET /get/${get} HTTP/1.0\r\n`)
    t.match(unfinished, { status: 400, body: /an empty line/ }, way.name)
    const token = await ticket(anna)
    const cut = await ask(way, `PUT /put/${token} HTTP/1.1`, ['Content-Length: 9'], 'green')
    t.match(cut, { status: 400, body: /broke off at 5 of 9 bytes\. Go on at offset 5/ }, way.name)
    t.equal(cut.headers.get('upload-offset'), '5')
    const standing = await ask(way, `HEAD /put/${token} HTTP/1.1`)
    t.match(standing, { status: 204, body: '' })
    t.equal(standing.headers.get('upload-offset'), '5')
    t.equal(standing.headers.get('upload-length'), '9')
    t.equal(standing.headers.get('cache-control'), 'no-store')
    const anew = await ask(way, `PUT /put/${token} HTTP/1.1`, ['Content-Length: 9'], 'green tea')
    t.match(anew, { status: 409, body: /go on at offset 5/ })
    t.equal(anew.headers.get('upload-offset'), '5')
    const rest = ['Content-Range: bytes 5-8/9', 'Content-Length: 4', `Repr-Digest: ${digest('green tea')}`]
    t.match(await ask(way, `PUT /put/${token} HTTP/1.1`, rest, ' tea'), { status: 201, body: /9 bytes/ })
    await anna.event('file')
    t.equal((await ask(way, `HEAD /put/${token} HTTP/1.1`)).status, 404, 'it is no upload any more')
    const broken = await ticket(anna)
    for (const body of ['5\r\ngre', 'zz\r\ngreen\r\n', '5\r\ngreenX'])
      t.match(
        await speak(
          way,
          `PUT /put/${broken} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
          body.startsWith('5\r\ngre') && !body.endsWith('X'),
        ),
        { status: 400, body: /Begin anew with the same line/ },
        body,
      )
  }
})

t.test('a body whose end is not clear, or that is no file, is refused with words', async (t) => {
  const { anna, ways } = await start(t)
  const cases: readonly (readonly [string, number, RegExp, string?])[] = [
    ['X: y', 411, /curl -T FILE https?:\/\/127\.0\.0\.1\/put\/\w+\n/],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked', 400, /where that request ends/],
    ['Content-Length: 5\r\nContent-Length: 6', 400, /where that request ends/],
    ['Content-Length: 5, 6', 400, /where that request ends/],
    ['Content-Length: -5', 400, /where that request ends/],
    ['Content-Length: +5', 400, /where that request ends/],
    ['Content-Length: 0x10', 400, /where that request ends/],
    ['Content-Length: 5.0', 400, /where that request ends/],
    [`Content-Length: ${'9'.repeat(40)}`, 400, /where that request ends/],
    ['Content-Length: 9007199254740993', 413, /A file has at most/],
    ['Transfer-Encoding: gzip, chunked', 501, /chunked here/],
    ['Transfer-Encoding: gzip', 501, /chunked here/],
    ['Transfer-Encoding: chunked', 400, /HTTP\/1\.0 has no chunks/, '1.0'],
    ['Content-Length: 5\r\nContent-Encoding: gzip', 415, /without Content-Encoding/],
    [
      'Content-Length: 5\r\nContent-Type: multipart/form-data; boundary=x',
      415,
      /form with a file in it.* curl -T FILE/,
    ],
    ['Content-Length: 5\r\nContent-Type: Multipart/Mixed; boundary=x', 415, /curl -T FILE/],
    ['Transfer-Encoding: chunked\r\nContent-Range: bytes 0-2/3', 400, /More came/],
  ]
  for (const way of ways) {
    const expected = await ticket(anna)
    for (const [headers, status, words, version = '1.1'] of cases) {
      const line = `PUT /put/${expected} HTTP/${version}`
      const answer = await ask(way, line, [headers], '5\r\nhello\r\n0\r\n\r\n')
      t.match(answer, { status, body: words }, `${way.name}: ${headers}`)
      t.equal(countOf(answer), 1, 'one answer')
    }
    const rest = ['Content-Range: bytes 3-2/3', 'Content-Length: 0']
    t.equal((await ask(way, `PUT /put/${expected} HTTP/1.1`, rest)).status, 201)
    await anna.event('file')
  }
  const { uploads } = await anna.data('/files')
  t.same(uploads, [], 'and the ticket was good until it was used')
})

t.test('the name behind a token is for the client, and what cannot be one is refused', async (t) => {
  const scene = await start(t)
  const { anna, ways } = scene
  const { get } = await send(scene, 'a "b" ü\\%41.txt', 'green tea')
  for (const way of ways) {
    for (const name of [
      '',
      'tea.txt',
      encodeURIComponent('a "b" ü\\%41.txt'),
      'u%CC%88.txt',
      Buffer.from('ü.txt').toString('latin1'),
    ]) {
      const request = Buffer.from(`GET /get/${get}/${name} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, 'latin1')
      const answer = await speak(way, request)
      t.match(answer, { status: 200, body: 'green tea' }, `${way.name}: ${name}`)
      t.equal(
        answer.headers.get('content-disposition'),
        `attachment; filename="a 'b' ${Buffer.from('ü').toString('latin1')}__41.txt"; filename*=UTF-8''a%20%22b%22%20%C3%BC%5C%2541.txt`,
      )
    }
    const bad = [
      'a/b',
      '..',
      '%2e%2e',
      '..%2f..%2fx',
      'a%00b',
      'a%0d%0aX:%20y',
      '%ff',
      '%zz',
      '%',
      'x'.repeat(200),
    ]
    const token = await ticket(anna)
    for (const name of bad) {
      const answer = await ask(way, `GET /get/${get}/${name} HTTP/1.1`)
      t.match(answer, { status: 400, body: /cannot be the name of a file/ }, name)
      t.notOk(answer.headers.has('x'))
      const put = await ask(way, `PUT /put/${token}/${name} HTTP/1.1`, ['Content-Length: 1'], 'x')
      t.match(put, { status: 400, body: /cannot be the name of a file/ }, name)
    }
    const hidden = await ask(way, `GET /get/${get}/.bashrc HTTP/1.1`)
    t.match(hidden, { status: 400, body: /get it as file\.bashrc\./ })
    const put = await ask(way, `PUT /put/${token}/other%20name.pdf HTTP/1.1`, ['Content-Length: 1'], 'x')
    t.match(put, { status: 201, body: /^"x\.bin" is there/ }, 'its ticket says what it is called')
    await anna.event('file')
  }
})

t.test('what a client has is not sent again, and what it may do is told', async (t) => {
  const scene = await start(t)
  const { anna, ways } = scene
  const { get } = await send(scene, 'tea.txt', 'green tea')
  const tag = `"${createHash('sha256').update('green tea').digest('hex')}"`
  const token = await ticket(anna)
  for (const way of ways) {
    for (const method of ['GET', 'HEAD'])
      for (const known of [tag, `W/${tag}`, '*', `"x", ${tag}`]) {
        const answer = await ask(way, `${method} /get/${get} HTTP/1.1`, [`If-None-Match: ${known}`])
        t.match(answer, { status: 304, body: '' }, `${way.name}: ${known}`)
        t.equal(answer.headers.get('etag'), tag)
      }
    const conditions: readonly (readonly [string, number])[] = [
      ['If-None-Match: "x"', 200],
      [`If-Match: ${tag}`, 200],
      ['If-Match: *', 200],
      ['If-Match: "x"', 412],
      [`If-Match: W/${tag}`, 412],
      ['Range: bytes=0-3', 206],
      ['Range: Bytes=6-', 206],
      [`Range: bytes=0-${'9'.repeat(30)}`, 206],
      ['Range: bytes=9-', 416],
      ['Range: bytes=-0', 416],
      ['Range: bytes=0-3\r\nIf-Range: "x"', 200],
      [`Range: bytes=0-3\r\nIf-None-Match: ${tag}`, 304],
    ]
    for (const [header, status] of conditions)
      t.equal((await ask(way, `GET /get/${get} HTTP/1.1`, [header])).status, status, header)
    const part = await ask(way, `GET /get/${get} HTTP/1.1`, ['Range: bytes=6-'])
    t.match(part, { body: 'tea' })
    t.equal(part.headers.get('repr-digest'), digest('green tea'), 'of all of it')
    const head = await ask(way, `HEAD /get/${get} HTTP/1.1`, ['Range: bytes=6-'])
    t.match(head, { status: 200, body: '' }, 'ranges are for GET')
    t.equal(head.headers.get('content-length'), '9')
    t.equal(head.headers.get('repr-digest'), digest('green tea'))
    const allowed: readonly (readonly [string, string])[] = [
      [`GET /put/${token}`, 'PUT, HEAD'],
      [`POST /put/${token}/x`, 'PUT, HEAD'],
      [`constructor /put/${token}`, ''],
      [`PUT /get/${get}`, 'GET, HEAD'],
      [`DELETE /get/${get}/tea.txt`, 'GET, HEAD'],
      [`OPTIONS /get/${get}`, 'GET, HEAD'],
    ]
    for (const [line, methods] of allowed) {
      const answer = await ask(way, `${line} HTTP/1.1`, ['Content-Length: 1'], 'x')
      t.equal(answer.status, methods === '' ? 400 : 405, line)
      t.equal(answer.headers.get('allow') ?? '', methods, line)
      if (methods.startsWith('PUT')) t.match(answer.body, `curl -T FILE http`)
    }
    const unused = await ask(way, `HEAD /put/${token} HTTP/1.1`)
    t.equal(unused.headers.get('upload-offset'), '0')
    t.notOk(unused.headers.has('upload-length'))
  }
  for (const way of ways.filter(({ name }) => name.startsWith('page')))
    for (const line of ['POST /index.html', 'CONNECT 127.0.0.1:25', 'PUT /session']) {
      const origin = way.isSecure ? 'https://127.0.0.1' : 'http://127.0.0.1'
      const answer = await ask(way, `${line} HTTP/1.1`, [`Origin: ${origin}`])
      t.equal(answer.status, 405, line)
      t.ok(answer.headers.get('allow'), line)
    }
})

t.test('a checksum that the sender states is kept to, and both sides hear of it', async (t) => {
  const { anna, server, ways } = await start(t)
  const right = digest('green tea')
  const wrong = digest('black tea')
  const put = (way: Way, token: string, headers: readonly string[], body = 'green tea') =>
    ask(way, `PUT /put/${token} HTTP/1.1`, [`Content-Length: ${body.length}`, ...headers], body)
  for (const way of ways) {
    const token = await ticket(anna)
    for (const header of [
      `Repr-Digest: ${wrong}`,
      `Content-Digest: ${wrong}`,
      `Repr-Digest: ${right}\r\nContent-Digest: ${wrong}`,
      `Repr-Digest: md5=:AAAA:, ${wrong}`,
    ]) {
      t.match(await put(way, token, [header]), { status: 400, body: /Nothing of it is kept/ }, header)
      t.match(await anna.event('upload'), { state: 'broken', reason: 'wrong-checksum', received: 0, token })
    }
    for (const header of [
      'Repr-Digest: sha-256=abc',
      'Repr-Digest: sha-256=:abc:',
      `Repr-Digest: sha-256=:${'0'.repeat(64)}:`,
      'Repr-Digest: sha-256',
      'Content-Digest: ,sha-256=:',
      `Repr-Digest: ${right}, ${wrong}`,
    ])
      t.match(await put(way, token, [header]), { status: 400, body: /checksum is stated|states two/ }, header)
    const cut = await ask(way, `PUT /put/${token} HTTP/1.1`, ['Content-Length: 9'], 'green')
    t.equal(cut.headers.get('upload-offset'), '5')
    await anna.event('upload')
    const rest = 'Content-Range: bytes 5-8/9'
    const wrongRest = await put(way, token, [rest, `Content-Digest: ${wrong}`], ' tea')
    t.match(wrongRest, { status: 400, body: /Nothing of it is kept: go on at offset 5\./ }, 'of the rest')
    t.equal(wrongRest.headers.get('upload-offset'), '5', 'what was there before stays')
    t.match(await anna.event('upload'), { state: 'broken', reason: 'wrong-checksum', received: 5 })
    const wrongWhole = await put(way, token, [rest, `Repr-Digest: ${wrong}`], ' tea')
    t.match(wrongWhole, { status: 400, body: /from its beginning/ })
    t.equal(wrongWhole.headers.get('upload-offset'), '0')
    await anna.event('upload')
    t.match(await put(way, token, [`Repr-Digest: sha-512=:AAAA:, ${right}; q=1`]), { status: 201 })
    await anna.event('file')
    const other = await ticket(anna)
    await ask(way, `PUT /put/${other} HTTP/1.1`, ['Content-Length: 9'], 'green')
    await anna.event('upload')
    const both = [rest, `Content-Digest: ${digest(' tea')}`, `Repr-Digest: ${right}`]
    t.match(await put(way, other, both, ' tea'), { status: 201 }, 'each of its own bytes')
    await anna.event('file')
    const unknown = await put(way, await ticket(anna), ['Repr-Digest: sha-512=:AAAA:'])
    t.equal(unknown.status, 201)
    t.equal(unknown.headers.get('want-repr-digest'), 'sha-256=10', 'it was not compared')
    await anna.event('file')
    const chunked = (field: string) =>
      `Transfer-Encoding: chunked\r\nTrailer: Repr-Digest\r\n\r\n9\r\ngreen tea\r\n0\r\nRepr-Digest: ${field}\r\n\r\n`
    const behind = await ticket(anna)
    for (const [field, status] of [
      [wrong, 400],
      [right, 201],
    ] as const)
      t.equal(
        (await speak(way, `PUT /put/${behind} HTTP/1.1\r\nHost: 127.0.0.1\r\n${chunked(field)}`)).status,
        status,
      )
    await anna.event('upload')
    await anna.event('file')
  }

  const hex = createHash('sha256').update('green tea').digest('hex')
  const raw = async (line: string, body = 'green tea') => {
    const client = await server.connect()
    client.write(`/put ${line}\n${body}`)
    await client.closing()
    return client.raw
  }
  const token = await ticket(anna)
  const other = '0'.repeat(64)
  for (const line of [`${token} 9 ${other}`, `${token} 9 0 ${other}`, `${token} 9 ${other}  -`]) {
    t.match(await raw(line), /^! What came has the SHA-256 .*Nothing of it is kept.*\n\* {3}.*\/put /, line)
    t.match(await anna.event('upload'), { reason: 'wrong-checksum' })
  }
  for (const line of [`${token} 9 ${hex} 0`, `${token} 9 ${hex.slice(1)}`, `${token} 9 -`, `${token} 9 0 -`])
    t.match(await raw(line), /^! A transfer begins with \/put TOKEN SIZE \[OFFSET\] \[SHA256\]/, line)
  t.match(await raw(`${token} 9 0 ${hex.toUpperCase()}  -`), /^\* "x\.bin" is there/)
  await anna.event('file')
  t.match(await raw(`${await ticket(anna)} 9 ${hex}`), /^\* "x\.bin" is there/)
})
