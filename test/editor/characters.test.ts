import fc from 'fast-check'
import t from 'tap'
import { cellOf, columnsOf, shownOf, sureColumnsOf } from '../../server/editor/cells.ts'
import {
  boundaryAfter,
  boundaryAt,
  boundaryBefore,
  boundaryFrom,
  charactersBefore,
  charactersOf,
} from '../../server/lib/graphemes.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

const parts = fc.constantFrom(
  ...[
    'a',
    ' ',
    'é',
    'e\u0301',
    '\u0301',
    '漢',
    '한',
    '\u1112',
    '\u1161',
    '\u11ab',
    'я',
    'か',
    '\u3099',
    '\t',
  ],
  ...[
    '👍',
    '\u{1f3fd}',
    '\u200d',
    '\ufe0f',
    '🇩',
    '🇪',
    '\u{e0067}',
    '\u200b',
    '\u0600',
    'क',
    '\u094d',
    'ष',
    '\u093f',
  ],
  ...['\udc80', '\udcff', '\u00ad', '©', '\ufeff'],
)
const texts = fc.array(parts, { maxLength: 40 }).map((all) => all.join(''))

t.test('the boundaries are those of Unicode, though only the text around them is looked at', async (t) => {
  fc.assert(
    fc.property(texts, (text) => {
      const segments = [...segmenter.segment(text)]
      t.strictSame(
        [...charactersOf(text)],
        segments.map(({ segment }) => segment),
      )
      t.strictSame([...charactersBefore(text, text.length)], segments.map(({ segment }) => segment).reverse())
      const places = [...segments.map(({ index }) => index), text.length]
      for (let at = 0; at <= text.length; at++) {
        const before = places.findLast((place) => place <= at) ?? 0
        const from = places.find((place) => place >= at) ?? text.length
        if (boundaryAt(text, at) !== before || boundaryFrom(text, at) !== from)
          throw new Error(`${at} of ${JSON.stringify(text)}`)
      }
      for (const [count, place] of places.entries()) {
        if (boundaryBefore(text, place) !== (places[count - 1] ?? 0)) throw new Error(`before ${place}`)
        if (boundaryAfter(text, place) !== (places[count + 1] ?? text.length))
          throw new Error(`after ${place}`)
      }
    }),
    { numRuns: 500 },
  )
})

/** A name for a test that no character of it can break. */
function inAscii(text: string): string {
  return text.replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

t.test('a character may be longer than what is looked at first', async (t) => {
  const long = `e${'\u0301'.repeat(200)}`
  t.equal(boundaryAfter(`${long}a`, 0), long.length)
  t.equal(boundaryBefore(`a${long}`, long.length + 1), 1)
  const flags = '🇩🇪'.repeat(100)
  t.equal(boundaryBefore(flags, flags.length), flags.length - 4)
})

t.test(
  'the columns of a character are the most that a terminal takes, and it is known where all agree',
  async (t) => {
    const cells: readonly (readonly [string, number, boolean])[] = [
      ['a', 1, true],
      ['é', 1, true],
      ['я', 1, true],
      ['漢', 2, true],
      ['한', 2, true],
      ['ｗ', 2, true],
      ['\t', 1, true],
      ['\u3000', 2, true],
      ['e\u0301', 1, false],
      // Ambiguous: one column.
      ['…', 1, false],
      ['★', 1, false],
      ['👍', 2, false],
      // Some show the parts one beside the other.
      ['👍🏽', 4, false],
      ['👨‍👩‍👧‍👦', 8, false],
      ['🏳️‍🌈', 4, false],
      ['❤', 2, false],
      ['❤️', 2, false],
      ['1️⃣', 2, false],
      ['🇩🇪', 4, false],
      ['🇩', 2, false],
      ['क्षि', 3, false],
      ['\u00ad', 1, false],
      ['\udc80', 1, false],
      ['\u001b', 1, false],
      ['\u0085', 1, false],
      ['\u2028', 1, false],
      // A mark without a letter stands on a dotted circle.
      ['\u0301', 1, false],
      ['\u{1f3fd}', 3, false],
      ['\u200c\u{1f3fd}', 3, false],
      ['\uff9e', 2, false],
      // Also one behind what shows nothing.
      ['\u3164\u093f', 2, false],
      ['\u11ab\u093f', 2, false],
      ['\u1161\uff9e', 2, false],
      // No width: nothing is written for them, or they would join what stands before them.
      ['\u200b', 0, true],
      ['\u200d', 0, true],
      ['\ufeff', 0, true],
    ]
    for (const [character, columns, sure] of cells) {
      const cell = cellOf(character)
      t.same([cell.columns, cell.sure], [columns, sure], inAscii(character))
      t.equal(cell.shown === '', columns === 0)
    }
  },
)

t.test('texts', async (t) => {
  t.equal(columnsOf('a漢e\u0301\u200b'), 4)
  t.equal(sureColumnsOf('a漢é'), 4)
  t.equal(sureColumnsOf('a漢e\u0301'), undefined)
  t.equal(shownOf('\u0301'), '\u25cc\u0301')
  t.equal(shownOf('\u3164\u093f'), '\u25cc\u093f')
  t.equal(shownOf('\u115f\uac00'), '\uac00')
  // What is not shown keeps apart what would become one flag, one family, one syllable.
  for (const [one, other] of [
    ['🇩', '🇩🇪'],
    ['👍\u200d', '👍'],
    ['\u1112', '한'],
  ] as const) {
    t.equal(shownOf(`${one}\u200b${other}`), `${one}\u25cc${other}`)
    t.equal(columnsOf(`${one}\u200b${other}`), columnsOf(one) + 1 + columnsOf(other))
  }
  t.equal(shownOf('a\u200bb'), 'ab')
  t.equal(shownOf('a\tb\u200b\udcfc'), 'a b\ufffd')
})
