import fc from 'fast-check'
import t from 'tap'
import { type FirstLine, readFirstLine } from '../../server/net/first-line.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')
const lineOf = (text: string) => readFirstLine(bytesOf(text)).line

/** What a connection is taken for when its bytes come in pieces that end at these places. */
function inPieces(bytes: Buffer, places: readonly number[]): FirstLine {
  for (const place of places) {
    const { line } = readFirstLine(bytes.subarray(0, place))
    if (line.kind !== 'unknown') return line
  }
  return readFirstLine(bytes).line
}

const put = (token: string, size: number, offset = 0) => ({ kind: 'put', token, size, offset })
const get = (token: string, offset = 0) => ({ kind: 'get', token, offset })
const chat = { kind: 'chat' }
const bad = { kind: 'bad-transfer', verb: 'put' }
const badGet = { kind: 'bad-transfer', verb: 'get' }
const http = { kind: 'http' }
const unknown = { kind: 'unknown' }

const samples: readonly (readonly [string, object])[] = [
  ['/put TOKEN 5\n', put('TOKEN', 5)],
  ['/put TOKEN 5\r\n', put('TOKEN', 5)],
  ['/put TOKEN 0\n', put('TOKEN', 0)],
  ['/put TOKEN 500 20\n', put('TOKEN', 500, 20)],
  // wc -c on BSD and macOS.
  ['/put  TOKEN      500   20 \r\n', put('TOKEN', 500, 20)],
  ['/put TOKEN 999999999999999\n', put('TOKEN', 999_999_999_999_999)],
  [`/put ${'T'.repeat(100)} 1\n`, put('T'.repeat(100), 1)],
  ['/get TOKEN\n', get('TOKEN')],
  ['/get token_7\r\n', get('token_7')],
  ['/get TOKEN 12\n', get('TOKEN', 12)],
  ['/put\n', bad],
  ['/put\r\n', bad],
  ['/put \n', bad],
  ['/put TOKEN\n', { ...bad, sizeMissing: true }],
  ['/put TOKEN \r\n', { ...bad, sizeMissing: true }],
  ['/put TOKEN -1\n', bad],
  ['/put TOKEN 1.5\n', bad],
  ['/put TOKEN 0x10\n', bad],
  ['/put TOKEN 1 2 3\n', bad],
  ['/put TOKEN 1 \xff\n', bad],
  ['/put TOKEN 1000000000000000\n', bad],
  ['/put ../../etc/passwd 5\n', bad],
  [`/put ${'T'.repeat(101)} 1\n`, bad],
  ['/get\r\n', badGet],
  ['/get ../x\n', badGet],
  ['/get TOKEN 1 2\n', badGet],
  ['/get TOKEN x\n', badGet],
  ['GET / HTTP/1.1\r\n', http],
  ['GET /get/TOKEN HTTP/1.1\n', http],
  ['HEAD /get/TOKEN HTTP/1.0\r\n', http],
  ['PUT /put/TOKEN HTTP/1.1\r\n', http],
  ['POST http://example.org:80/a?b=c HTTP/1.1\r\n', http],
  ['CONNECT example.org:443 HTTP/1.1\r\n', http],
  ['OPTIONS * HTTP/1.1\r\n', http],
  ['PRI * HTTP/2.0\r\n', http],
  ['PROPFIND /x HTTP/2\r\n', http],
  ['MKCALENDAR /x HTTP/1.1\r\n', http],
  ['VERSION-CONTROL /x HTTP/1.1\r\n', http],
  ['M-SEARCH * HTTP/1.1\r\n', http],
  ['get / HTTP/1.1\n', http],
  ['Post / http/1.1\r\n', http],
  ['GET / HTTP/1.1 \n', http],
  ['GET  \t/  HTTP/1.1\t\r\n', http],
  ['GET / HTTP/1.1 and more\n', http],
  ['GET /x HTTP\n', http],
  ['GET /\n', http],
  ['POST /a path with blanks HTTP/1.1\n', http],
  ['GET HTTP://example.org/ HTTP/1.1\n', http],
  ['connect example.org:443 HTTP/1.1\n', http],
  ['BREW x HTTP/1.1\n', http],
  ['\xef\xbb\xbfGET / HTTP/1.1\r\n', http],
  ['\xef\xbb\xbfpost / HTTP/1.1\r\n', http],
  ['\n', chat],
  ['\r\n', chat],
  ['\xef\xbb\xbf\n', chat],
  ['\xef\xbb\xbfhello\n', chat],
  ['\xef\xbb\xbf/put TOKEN 5\n', chat],
  ['get /x\n', chat],
  ['get me a /book\n', chat],
  ['hello there \r', chat],
  ['hello\r', chat],
  ['GET ready\n', chat],
  ['hello\r\n', chat],
  ['/login anna secret\n', chat],
  ['/p\n', chat],
  ['/pu\r\n', chat],
  ['/puts TOKEN 5\n', chat],
  ['/getting TOKEN\n', chat],
  ['/PUT TOKEN 5\n', chat],
  ['/put\tTOKEN 5\n', chat],
  [' /put TOKEN 5\n', chat],
  ['\t/get TOKEN\n', chat],
  ['PUTTING /x\n', chat],
  ['HELLO there\n', chat],
  ['HELLO there HTTP\n', chat],
  ['A\n', chat],
  ['A / HTTP/1.1\n', chat],
  [`${'A'.repeat(21)} / HTTP/1.1\n`, chat],
  ['\xff\xfb\x1f/put TOKEN 5\n', chat],
  ['{"cmd":"login"}\n', chat],
]

for (const [text, expected] of samples) {
  t.test(JSON.stringify(text), async (t) => {
    const bytes = bytesOf(text)
    t.same(readFirstLine(bytes).line, expected)
    const places = [...bytes.keys()]
    const wrong = places.filter((place) => !same(inPieces(bytes, [place]), expected))
    t.same(wrong, [], 'wherever it is cut in two')
    t.same(inPieces(bytes, places), expected, 'byte by byte')
  })
}

function same(line: FirstLine, expected: object): boolean {
  return JSON.stringify(Object.entries(line).sort()) === JSON.stringify(Object.entries(expected).sort())
}

t.test('the bytes of the file begin right behind the line', async (t) => {
  for (const [text, rest] of [
    ['/put TOKEN 5\n', 'hello'],
    ['/put TOKEN 5\r\n', '\n\n\n\n\n'],
    ['/get TOKEN\n', ''],
    ['/put TOKEN 700\n', '\x00\xff'.repeat(350)],
  ] as const) {
    const bytes = bytesOf(text + rest)
    const { length, line } = readFirstLine(bytes)
    t.not(line.kind, 'chat')
    t.equal(bytes.toString('latin1', length), rest)
  }
})

t.test('it is chat as soon as it can be nothing else', async (t) => {
  // The last byte is the one that tells.
  const told = [
    'hi ',
    'h1',
    '{',
    ' ',
    '\xff',
    '\x01',
    '/l',
    '/pi',
    '/puts',
    '/put\t',
    '/gett',
    '/P',
    'A ',
    'AB ',
    'PUTT1',
    'HELLO there ,',
    'hello there HE',
    'hello there HTTP/x',
    'hello there\r',
    '\xef\xbc',
    `${'A'.repeat(21)}`,
  ]
  for (const text of told) {
    t.same(lineOf(text), chat, text)
    t.same(lineOf(text.slice(0, -1)), unknown, `${text} without its last byte`)
  }
})

t.test('what may still be for a file waits for more', async (t) => {
  for (const text of [
    '',
    '/',
    '/put',
    '/get ',
    '/put \xff',
    'P',
    'PUTTING',
    'GET ',
    'GET\t',
    'HELLO there',
    'hello there HT',
    '\xef\xbb\xbf',
  ])
    t.same(lineOf(text), unknown, JSON.stringify(text))
})

t.test(
  'a verb and a path are a request before the line ends, so that nobody waits for the rest',
  async (t) => {
    for (const text of ['GET /', 'PRI *', 'POST http:', '\xef\xbb\xbfPUT /']) t.same(lineOf(text), http, text)
  },
)

t.test('a line without an end is chat once it is too long for anything else', async (t) => {
  const long = `/put ${'x'.repeat(600)}`
  t.same(lineOf(long.slice(0, 511)), unknown)
  t.same(lineOf(long.slice(0, 512)), chat)
  t.same(lineOf(`${long}\n`), chat)
  t.same(lineOf(`GET /${'x'.repeat(600)} HTTP/1.1\n`), http, 'none of a page’s lines is ever chat')
  t.same(lineOf(`POST /${'x'.repeat(60_000)}`), http)
  t.same(lineOf(`post /${'x'.repeat(60_000)} HTTP/1.1\n`), http)
  t.same(lineOf(`BREW ${'x'.repeat(60_000)} HTTP/1.1\n`), http)
  t.same(lineOf(`look ${'x'.repeat(600)}\n`), chat)
  t.same(lineOf(`OH ${'x'.repeat(600)}\n`), chat)
  t.same(lineOf(`THE ${'x y '.repeat(200)}\n`), chat)
  t.same(lineOf(`/put TOKEN 1${' '.repeat(499)}\n`), put('TOKEN', 1), 'the longest one')
  t.same(lineOf(`/put TOKEN 1${' '.repeat(500)}\n`), chat)
})

const alike = fc.oneof(
  fc.constantFrom('/put', '/get', 'GET', 'PUT', 'HTTP/1.1', 'HTTP/1', '/', 'TOKEN', '5', ' ', ' ', ' '),
  fc.constantFrom('\r', '\t', '\xa0', 'A', 'x', '.', '-', '\xff'),
)
const lines = fc.array(alike, { maxLength: 10 }).map((parts) => bytesOf(`${parts.join('')}\n`))
const noise = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array))

t.test('any bytes are something, and the same in pieces', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.oneof(lines, noise), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)
        const { length, line } = readFirstLine(bytes)
        if (length < 0 || length > bytes.length) return false
        return same(inPieces(bytes, places), line)
      }),
      { numRuns: 5000 },
    ),
  )
})
