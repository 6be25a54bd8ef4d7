import fc from 'fast-check'
import t from 'tap'
import { Base64Reader } from '../../server/lib/base64.ts'

/** What a reader makes of pieces: the bytes, or why there are none. */
function read(pieces: readonly string[]): Buffer | 'no base64' | 'cut off' {
  const reader = new Base64Reader()
  const bytes: Buffer[] = []
  for (const piece of pieces) {
    const part = reader.push(piece)
    if (part === undefined) return 'no base64'
    bytes.push(part)
  }
  return reader.complete ? Buffer.concat(bytes) : 'cut off'
}

/** A text cut at these places, in any order and as often as they say. */
function cut(text: string, places: readonly number[]): string[] {
  const ends = places.map((place) => place % (text.length + 1)).sort((a, b) => a - b)
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end))
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

t.test('what was encoded comes out, wherever the pieces are cut and with spaces anywhere', async (t) => {
  const space = fc.constantFrom('', '', ' ', '\t', '\r\n', ' \n ')
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 12 }), fc.array(space), (whole, places, spaces) => {
        const pieces = cut(whole.toString('base64'), places)
        const spaced = pieces.map(
          (piece, index) => `${spaces[index] ?? ''}${piece}${spaces.at(-index) ?? ''}`,
        )
        const found = read(spaced)
        return Buffer.isBuffer(found) && found.equals(whole)
      }),
    ),
  )
})

t.test('bytes are given as soon as they are sure, so that nothing big is kept', async (t) => {
  const reader = new Base64Reader()
  t.equal(reader.push('QUJ')?.toString(), '')
  t.equal(reader.complete, false)
  t.equal(reader.push('DREV')?.toString(), 'ABC')
  t.equal(reader.push('G')?.toString(), 'DEF')
  t.equal(reader.complete, true)
})

t.test('padding', async (t) => {
  const cases: readonly (readonly [string[], string])[] = [
    [[], ''],
    [['', ' ', '\n'], ''],
    [['QQ=='], 'A'],
    [['QQ', '=', '='], 'A'],
    [['QUI='], 'AB'],
    [['QUI', '='], 'AB'],
    [['QUJD'], 'ABC'],
    [['QUI=', '', '  '], 'AB'],
    [['+/+/'], Buffer.from('+/+/', 'base64').toString()],
  ]
  for (const [pieces, expected] of cases) t.equal(read(pieces).toString(), expected, pieces.join('|'))
})

t.test('what ends too early is not complete', async (t) => {
  for (const text of ['Q', 'QQ', 'QQ=', 'QUI', 'QUJDQ', 'QUJDQUI']) t.equal(read([text]), 'cut off', text)
})

t.test('what is no base64', async (t) => {
  const cases = [
    'Q!==',
    'QUJ-',
    'QUJ_',
    'QQ==QQ==',
    'QUI=QUI=',
    'Q===',
    '====',
    'QQ=A',
    'Grüße',
    '.',
    '/cancel',
  ]
  for (const text of cases) t.equal(Buffer.isBuffer(read([text])), false, text)
  t.equal(read(['QQ==', 'QQ==']), 'no base64', 'nothing comes behind the padding')
  t.equal(read(['QQ=', 'QQ=']), 'no base64')
})

t.test('junk is never taken for whole, however it is cut', async (t) => {
  const signs = fc.string({ unit: fc.constantFrom(...'Aa9+/=-_. \n'), maxLength: 40 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(signs, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
        const plain = text.replace(/\s/g, '')
        const valid = /^([\w+/]{4})*([\w+/]{2}==|[\w+/]{3}=)?$/.test(plain) && !plain.includes('_')
        const found = read(cut(text, places))
        if (!valid) return !Buffer.isBuffer(found)
        return Buffer.isBuffer(found) && found.equals(Buffer.from(plain, 'base64'))
      }),
      { numRuns: 1000 },
    ),
  )
})
