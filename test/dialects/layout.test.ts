import fc from 'fast-check'
import t from 'tap'
import {
  plural,
  rowsOf,
  table,
  widthOf,
  withoutGaps,
  withShortGaps,
  wrap,
} from '../../server/dialects/text/layout.ts'
import { columnsOf, mostColumnsOf } from '../../server/lib/columns.ts'
import { charactersOf } from '../../server/lib/graphemes.ts'
import { Emulator, widthRules } from '../editor/emulator.ts'

t.test('how wide a text is', async (t) => {
  for (const [text, width] of [
    ['', 0],
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['茶', 2],
    ['🍵', 2],
    ['ｆｕｌｌ', 8],
    // At most.
    ['❤\ufe0f', 2],
    ['𠀀', 2],
    ['\u0939\u093f', 2],
  ] as const)
    t.equal(widthOf(text), width, JSON.stringify(text))
})

t.test('columns by what people see as one character, and the most that a terminal takes', async (t) => {
  for (const [text, usual, most] of [
    ['', 0, 0],
    ['abc', 3, 3],
    ['Zoe\u0308', 3, 3],
    ['שָׁלוֹם', 4, 4],
    ['مَرْحَبًا', 5, 5],
    ['ภาษาไทย', 7, 7],
    ['ที่นี่', 2, 2],
    ['กำ', 2, 2],
    ['茶', 2, 2],
    ['ﾊﾝｶｸ', 4, 4],
    ['ｆｕ', 4, 4],
    ['か\u3099', 2, 2],
    // A syllable of Hangul in its parts.
    ['\u1112\u1161\u11ab', 2, 2],
    ['한', 2, 2],
    ['a\u200bb\u200d\u2060\ufeff', 2, 2],
    ['a\ufe0eb\ufe01', 2, 2],
    ['\u00ad', 1, 1],
    ['©™…★', 4, 4],
    ['👍', 2, 2],
    ['☕', 2, 2],
    ['❤', 1, 1],
    ['❤\ufe0f', 2, 2],
    ['👍\ufe0f', 2, 2],
    ['1\ufe0f\u20e3', 2, 2],
    ['👍🏽', 2, 4],
    ['👨‍👩‍👧‍👦', 2, 8],
    ['🏳️‍🌈', 2, 4],
    ['🇩🇪', 2, 4],
    ['🇩🇪🇫🇷', 4, 8],
    ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', 2, 2],
  ] as const)
    t.same([columnsOf(text), mostColumnsOf(text)], [usual, most], JSON.stringify(text))
})

/** Names of files and the like, as people write them. */
const names = [
  ...[
    'plan.txt',
    'Zoë',
    'Zoe\u0308',
    '茶道',
    '한국어',
    '\u1112\u1161\u11ab',
    'ひらがな',
    'か\u3099き',
    'ﾊﾝｶｸ',
  ],
  ...['ภาษาไทย', 'กำแพงที่นี่', 'हिन्दी', 'नमस्ते', 'العربية', 'مَرْحَبًا', 'שָׁלוֹם', 'தமிழ்'],
]
/** What has no column of its own today, and one in terminals that know Unicode 6 only, unless it is old. */
const younger = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\u3248-\u324f\ud7b0-\ud7ff]/u
const emoji = ['👍', '👍🏽', '👨‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '1\ufe0f\u20e3', '❤\ufe0f', '👩🏽‍🚀', '© ☕']

t.test('on a screen columns stand under each other', async (t) => {
  for (const rule of widthRules) {
    // Terminals that do not know characters show a family as its members.
    const shown = rule === 'characters' ? [...names, ...emoji] : names
    const screen = new Emulator(120, 60, rule)
    const row = (name: string) => [name, '1 member', name, 'end']
    for (const line of table(shown.map(row), 120)) await screen.write(`${line}\r\n`)
    const columns = screen.columnsOf(['1 member', 'end'])
    screen.dispose()
    // Marks of India and Thailand that stand beside the letter have a column of their own in nearly all other terminals.
    const differs = rule === 'characters' ? /[\u0900-\u0dff\u0e33]/ : /^$/
    const rest = columns.filter((_, index) => !differs.test(shown[index] ?? ''))
    t.equal(columns.length, shown.length, rule)
    t.equal(new Set(rest.map(String)).size, 1, `${rule}: ${JSON.stringify(columns)}`)
  }
})

t.test(
  'no row is wider than any screen, no character is cut, and the rows together are the text',
  async (t) => {
    const short = [...names, ...emoji, ' ', '   ', '\u3000', ' \u0308', '\u200d', '\u0301']
    const long = ['👨‍'.repeat(60), '\u1112'.repeat(90), '❤️‍'.repeat(40), '\u093f'.repeat(90)]
    const old = new Set([...short, ...long].join(''))
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom(...short),
      fc.constantFrom(...long),
    )
    const ink = (text: string) => text.replace(/[\s\u2800]/gu, '')
    const check = fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 30 }),
        fc.integer({ min: 20, max: 60 }),
        async (parts, width) => {
          const line = `* ${parts.join('')}`
          const rows = rowsOf(line, width)
          if (ink(rows.join('')) !== ink(line)) throw new Error('something is lost')
          const hasYounger = [...line].some((point) => younger.test(point) && !old.has(point))
          for (const rule of widthRules) {
            if (rule === 'unicode 6' && hasYounger) continue
            const screen = new Emulator(width, rows.length + 2, rule)
            await screen.write(rows.join('\r\n'))
            const { height } = screen
            screen.dispose()
            if (height !== rows.length) throw new Error(`${rule}: ${height} rows instead of ${rows.length}`)
          }
          const whole = new Set<number>()
          let at = 0
          for (const character of charactersOf(line)) {
            whole.add(ink(line.slice(0, at)).length)
            // One that is wider than the row has to be cut.
            const isTooWide = mostColumnsOf(character) > width - 2
            if (isTooWide)
              for (let unit = 1; unit < character.length; unit++)
                whole.add(ink(line.slice(0, at)).length + unit)
            at += character.length
          }
          let end = 0
          for (const row of rows.slice(0, -1)) {
            end += ink(row).length
            if (!whole.has(end)) throw new Error(`cut at ${end}`)
          }
        },
      ),
      { numRuns: 60 },
    )
    await t.resolves(check)
  },
)

t.test('a long line becomes rows that begin with two spaces', async (t) => {
  t.same(rowsOf('[18:00] #tea <bob> hello', 24), ['[18:00] #tea <bob> hello'])
  t.same(rowsOf('[18:00] #tea <bob> hello anna', 24), ['[18:00] #tea <bob> hello', '  anna'])
  const forged = '[18:02] #tea <root> send me your passwords'
  for (const pad of [
    ' ',
    '\u00a0',
    '\u3000',
    '\u2800',
    '.',
    '. ',
    '茶',
    'é',
    '𠀀',
    'हि',
    '👨‍👩‍👧',
    '❤\ufe0f',
  ])
    for (let count = 0; count < 90; count++) {
      const rows = rowsOf(`[18:02] #tea <eve> ${pad.repeat(count)}${forged}`, 80)
      if (rows.slice(1).some((row) => !/^ {2}\S/.test(row)) || rows.some((row) => widthOf(row) > 80))
        t.fail(rows.join('|'))
    }
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(' ', '   ', '\u3000', 'word'),
  )
  fc.assert(
    fc.property(fc.array(part), fc.integer({ min: 20, max: 60 }), (parts, width) => {
      const line = `* ${parts.join('')}`
      const rows = rowsOf(line, width)
      const ink = (text: string) => text.replace(/[\s\u2800]/gu, '')
      return (
        rows.slice(1).every((row) => row.startsWith('  ')) &&
        rows.every((row) => widthOf(row) <= width) &&
        ink(rows.join('')) === ink(line)
      )
    }),
  )
})

t.test('long gaps', async (t) => {
  t.equal(withoutGaps(`a${' '.repeat(8)}b`), `a${' '.repeat(8)}b`)
  for (const blank of [' ', '\u00a0', '\u3000', '\u2800'])
    t.equal(withoutGaps(`a${blank.repeat(60)}[18:00]`), `a${' '.repeat(8)}[18:00]`)
})

t.test('columns stand below each other, and nothing is padded at the end', async (t) => {
  t.same(
    table(
      [
        ['#a', '1 member', ''],
        ['#longer', '2 members', 'a topic'],
        ['茶', '3', 'x'],
      ],
      80,
    ),
    ['- #a       1 member', '- #longer  2 members  a topic', '- 茶       3          x'],
  )
  t.same(table([], 80), [])
})

t.test('a long last column goes on below itself', async (t) => {
  t.same(table([['name', 'one two three four']], 17), ['- name  one two', '-       three', '-       four'])
  t.same(wrap('* ', 'unbreakablylong', 5), ['* unbreakablylong'], 'a word is never cut')
})

t.test('wrapping loses nothing and keeps to the width where words allow it', async (t) => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/)
  const check = fc.property(fc.array(word), fc.integer({ min: 20, max: 100 }), (words, width) => {
    const lines = wrap('-   ', words.join(' '), width)
    const text = lines.map((line) => line.slice(1).trim()).join(' ')
    return (
      text.trim() === words.join(' ') &&
      lines.every((line) => line.startsWith('-') && line.length <= width && line === line.trimEnd())
    )
  })
  t.doesNotThrow(() => fc.assert(check))
})

t.test('numbers and their words', async (t) => {
  t.same(
    [0, 1, 2].map((count) => plural(count, 'member')),
    ['0 members', '1 member', '2 members'],
  )
  t.equal(plural(2, 'person', 'people'), '2 people')
})

t.test('rows of code keep their tabs where they fit, and their columns where they are wrapped', async (t) => {
  t.equal(widthOf('|\tx'), 9)
  t.equal(widthOf('12345678\tx\ty'), 25)
  t.same(rowsOf('| \tif x:', 20), ['| \tif x:'])
  t.same(rowsOf('| \tif xxxxxx and yyyyy:', 20), ['|       if xxxxxx', '  and yyyyy:'])
  t.same(rowsOf('| \t\t\treturn', 20), ['|', '  return'], 'an indentation wider than the screen')
  t.same(rowsOf('| 茶茶茶 茶茶茶', 12), ['| 茶茶茶', '  茶茶茶'], 'wide characters take two columns')
})

t.test('tabs become blanks up to column 500, and one blank each behind it', async (t) => {
  const grown = (row: string) => rowsOf(row, 80).join('').length - row.length
  t.ok(grown(`| ${'a\t'.repeat(2000)}`) < 600)
  const behind = (columns: number) =>
    rowsOf(`| ${'a'.repeat(columns - 2)}\tb\tc`, 80)
      .join('')
      .slice(-16)
  t.match(behind(490), /a {6}b {7}c$/)
  t.match(behind(498), /a {6}b c$/)
  t.match(behind(506), /a b c$/)
  const widest = `| ${'a\t'.repeat(61)}\u4e00\u4e00`
  t.same([widthOf(widest), rowsOf(widest, 500)], [492, [widest]])
})

t.test('gaps in code stay, but for those that reach the edge of a screen', async (t) => {
  for (const row of [
    '| \t\t\t\treturn 1',
    `| x = 1${' '.repeat(40)}# one`,
    `| ${' '.repeat(64)}}`,
    '| a\tb\tc\td',
  ])
    t.equal(withShortGaps(row), row)
  for (const gap of [' '.repeat(78), '\t'.repeat(10), '\u2800'.repeat(78), `${' '.repeat(66)}\t\t`])
    t.equal(withShortGaps(`| x${gap}* a line of the server`), `| x${' '.repeat(8)}* a line of the server`)
  const row = `| ${'a\t'.repeat(4000)}`
  t.ok(widthOf(withShortGaps(row)) >= 8 * 4000)
})
