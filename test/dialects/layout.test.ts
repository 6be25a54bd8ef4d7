import fc from 'fast-check'
import t from 'tap'
import { plural, table, widthOf, wrap } from '../../server/dialects/text/layout.ts'

t.test('how wide a text is', async (t) => {
  for (const [text, width] of [
    ['', 0],
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['茶', 2],
    ['🍵', 2],
    ['ｆｕｌｌ', 8],
    ['❤\ufe0f', 1],
  ] as const)
    t.equal(widthOf(text), width, JSON.stringify(text))
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
