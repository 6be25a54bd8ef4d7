import { columnsOf } from '../lib/columns.ts'
import { charactersOf } from '../lib/graphemes.ts'

/** What is nearly the same in ASCII, in as many columns, so that lists stay straight. */
const nearly: ReadonlyMap<string, string> = new Map(
  [
    ['‐‑‒–—―−', '-'],
    ['‘’‚‛′ʼ', "'"],
    ['“”„‟″«»', '"'],
    ['‹', '<'],
    ['›', '>'],
    ['•·∙●', '*'],
    ['…', '.'],
    ['€', 'E'],
    ['£', 'L'],
    ['×', 'x'],
    ['÷', '/'],
    ['→', '>'],
    ['←', '<'],
    ['✓✔', 'v'],
    ['\u00a0\u202f\u2009', ' '],
    ['🙂😀😊😄😃', ':)'],
    ['😉', ';)'],
    ['🙁😞😢', ':('],
    ['❤', '<3'],
  ].flatMap(([characters = '', ascii = '']) =>
    [...characters].map((character) => [character, ascii] as const),
  ),
)
/** A character that stands for one which cannot be shown. */
const missing = '?'

/**
 * What stands for a character (grapheme cluster) that a terminal's character set lacks, in as many columns: a sign that is
 * nearly the same, its letters without their marks, or question marks.
 *
 * @param has - whether the character set has this code point
 */
export function substituteFor(character: string, has: (point: string) => boolean): string {
  const points = [...character]
  const like = nearly.get(points[0] ?? '')
  const columns = Math.min(2, columnsOf(character))
  if (like !== undefined) return like.slice(0, Math.max(1, columns))
  const letters = [...character.normalize('NFKD')].filter((point) => !/[\p{M}\p{DI}]/u.test(point))
  const isLetter = letters.length > 0 && letters.length <= columns && letters.every(has)
  return isLetter ? letters.join('').padEnd(columns) : missing.repeat(columns)
}

/** The characters of a text that is not all ASCII; composed, as character sets have them. */
export function composedCharacters(text: string): Iterable<string> {
  return charactersOf(text.normalize('NFC'))
}
