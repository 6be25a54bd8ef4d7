import fc from 'fast-check'
import t from 'tap'
import { FirstBytes, type Opening } from '../../server/net/first-bytes.ts'

/** What becomes of bytes that come in these pieces, up to where that is decided; `end` if nothing comes behind them. */
function openings(chunks: readonly (string | Buffer)[], { end = false, mayTransfer = true } = {}): Opening[] {
  const first = new FirstBytes(mayTransfer)
  const found: Opening[] = []
  for (const chunk of chunks) {
    for (let bytes = Buffer.from(chunk); bytes.length > 0; ) {
      const opening = first.push(bytes)
      found.push(opening)
      bytes = opening.kind === 'blank' ? Buffer.from(opening.rest) : Buffer.alloc(0)
    }
  }
  if (end) found.push(first.end())
  return found
}

function kinds(...args: Parameters<typeof openings>): string[] {
  return openings(...args).map(({ kind }) => kind)
}

const mark = '\ufeff'

t.test('what a connection is, by its first bytes', async (t) => {
  t.same(kinds(['hello\n']), ['chat'])
  t.same(kinds(['/put abc', ' 10\n12345']), ['more', 'not-chat'])
  t.same(kinds(['GET /x HTTP/1.1\r\n\r\n']), ['not-chat'])
  t.same(kinds([Buffer.from([0x16, 3, 1])]), ['tls'])
  t.same(kinds(['\r\n\nhello\n']), ['blank', 'chat'])
  t.same(kinds(['/pu'], { end: true }), ['more', 'chat'], 'a line without an end is one')
  t.same(kinds(['/get abc'], { end: true }), ['more', 'not-chat'])
  t.same(kinds([], { end: true }), ['more'], 'nothing is nothing')
})

t.test('a transfer is given what came behind its line, and HTTP all of it', async (t) => {
  t.match(openings(['/put abc 5\nhello']), [{ line: { kind: 'put', size: 5 }, back: Buffer.from('hello') }])
  t.match(openings(['GET /x HTTP/1.1\r\nA: b']), [
    { allowed: true, back: Buffer.from('GET /x HTTP/1.1\r\nA: b') },
  ])
})

t.test('where no files come and go, a transfer is chat, and HTTP is refused', async (t) => {
  const not = { mayTransfer: false }
  t.same(kinds(['/put abc 5\n'], not), ['chat'])
  t.match(openings(['GET /x HTTP/1.1\r\n'], not), [{ kind: 'not-chat', allowed: false }])
  t.same(kinds(['\n/put abc 5\n']), ['blank', 'chat'], 'behind an empty line neither')
})

t.test('a mark in front is no part of anything, however it is cut', async (t) => {
  for (const line of ['hello\n', '/put abc 5\n', 'GET /x HTTP/1.1\r\n']) {
    const whole = openings([line]).at(-1)
    t.same(openings([mark + line]).at(-1), whole)
    t.same(openings([mark + mark + line]).at(-1), whole, 'two of them')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 + line.length - 1 }), (at) => {
        const bytes = Buffer.from(mark + line)
        const cut = openings([bytes.subarray(0, at), bytes.subarray(at)]).filter(
          ({ kind }) => kind !== 'more',
        )
        // What chats may be known before its line has ended.
        return cut[0]?.kind === whole?.kind
      }),
      { numRuns: 30 },
    )
  }
})
