import t from 'tap'
import { namesIn } from '../../server/chat/talk/mentions.ts'
import { words as manyWords, parseArgs, said, word } from '../../server/commands/args.ts'
import { isCommandLine, withoutFront, wordsOf } from '../../server/lib/blanks.ts'
import { cleanCommand, cleanJson, cleanRows, cleanText, isBlank } from '../../server/lib/clean.ts'
import { keyAtEnd, withoutKeys } from '../../server/lib/keys.ts'
import { growth } from '../support/growth.ts'

/** Whatever looks at all of a line that somebody has sent, of which a line of JSON has up to 384 KiB. */
const readers: Readonly<Record<string, (text: string) => void>> = {
  cleanText,
  cleanCommand,
  cleanJson,
  cleanRows,
  isBlank,
  isCommandLine,
  withoutFront,
  wordsOf,
  withoutKeys,
  keyAtEnd,
  namesIn: (text) => void [...namesIn(text)],
  word: (text) => refusedOr(() => parseArgs({ a: word('A') }, text, '/a A')),
  words: (text) => refusedOr(() => parseArgs({ a: manyWords('A') }, text, '/a A')),
  said: (text) => refusedOr(() => parseArgs({ a: word('A'), text: said('TEXT') }, text, '/a A TEXT')),
}

const runs = [
  '\r',
  '\r\0',
  '\n\r',
  '\n',
  '\0',
  '\t',
  ' ',
  '\u200b',
  '\u2800',
  '\u0301',
  '\u200d',
  '\ufe0f',
  '@',
  '@~',
  '@a',
  '@a.',
  '.',
  '~',
  '/',
  ':',
  '1',
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1b[1;',
]

for (const [name, read] of Object.entries(readers))
  t.test(`${name} takes no more than its share of time for a long run of anything`, async (t) => {
    for (const run of runs)
      for (const front of ['', 'a', '@a', '\x1b]']) {
        const ratio = growth(4096, (size) => read(`${front}${run.repeat(size / run.length)}x\n`))
        t.ok(ratio < 30, `${JSON.stringify(front + run)} ${ratio}`)
      }
  })

t.test('of a text of too many rows no more are cleaned than tell so', async (t) => {
  t.equal(cleanRows('a\rb\r\nc\n', 4), 'a\nb\nc\n')
  t.equal(cleanRows('a\rb\r\nc\n', 3), 'a\nb\nc\n')
  t.equal(cleanRows('a\rb\r\nc\nd\ne', 3), 'a\nb\nc\nd')
  t.equal(cleanRows('\r'.repeat(31_000), 200), '\n'.repeat(200))
})

function refusedOr(read: () => void): void {
  try {
    read()
  } catch {
    // What is refused is read as well.
  }
}
