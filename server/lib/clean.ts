import { gap } from './blanks.ts'

/**
 * What must never reach another terminal or the log: C0, DEL and C1 (U+009B alone starts an escape
 * sequence), the bidirectional controls that can make a line read differently from what it says, the
 * Unicode line breaks, and half surrogate pairs. With the `u` flag a whole pair is one character, so
 * `\p{Surrogate}` finds only lone halves.
 */
const unclean = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]|\p{Surrogate}/gu

/**
 * What is shown as nothing: fillers, joiners, tags, variation selectors and the like (Unicode's
 * Default_Ignorable_Code_Point), the marks of annotations, embedded objects and musical notes that are none, the filler of
 * Khitan, the joiner of Brahmi, what lays out hieroglyphs, and what is no character.
 */
const nothing = String.raw`\p{DI}\uFFF9-\uFFFC\u{1107F}\u{13430}-\u{1343F}\u{16FE4}\u{1D159}\p{NChar}`
const invisible = new RegExp(`[${nothing}]`, 'u')

/**
 * So many marks stand on one letter (the longest stack of Tibetan has them, and the flag of an emoji fewer); more of them
 * paint over the lines above and below. What is shown as nothing does not part them.
 */
const mostMarks = 8
const mark = String.raw`[\p{Mn}\p{Me}${nothing}]`
const tooManyMarks = new RegExp(`(${mark}{${mostMarks}})${mark}+`, 'gu')
/** Marks without a letter would stand on what is printed before the text. */
const leadingMarks = new RegExp(`^${mark}+`, 'u')

/** Scripts that are spelt with joiners: without them a word is another one, or looks wrong. */
const joining = [
  'Arabic',
  'Balinese',
  'Bengali',
  'Chakma',
  'Devanagari',
  'Gujarati',
  'Gurmukhi',
  'Javanese',
  'Kannada',
  'Khmer',
  'Malayalam',
  'Mandaic',
  'Mongolian',
  'Myanmar',
  'Nko',
  'Oriya',
  'Phags_Pa',
  'Sinhala',
  'Syriac',
  'Tai_Tham',
  'Tamil',
  'Telugu',
  'Tibetan',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('')

/** A character that stays: what stands behind one that goes would mean nothing afterwards. */
const stays = `(?![${nothing}])`

/** Where something invisible means something: each stands behind what it belongs to, and never twice. */
const meaningful = [
  // Emoji that are one, such as a family, and their look.
  String.raw`(?<=\p{ExtPict}(?:\uFE0F|\p{EMod})?)\u200D(?=\p{ExtPict})`,
  String.raw`(?<=(?![0-9#*])\p{Emoji})[\uFE0E\uFE0F]`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  // The flags of England, Scotland and Wales.
  String.raw`(?<=\u{1F3F4})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}`,
  String.raw`(?<=${stays}[${joining}])[\u200C\u200D]`,
  String.raw`(?<=[\u1820-\u18AA])[\u180B-\u180F]`,
  // Which of several shapes a character has.
  String.raw`(?<=${stays}[\p{Ideographic}\p{Sm}\p{Script=Myanmar}\p{Script=Phags_Pa}])[\uFE00-\uFE0D\u{E0100}-\u{E01EF}]`,
  // The order of marks in Hebrew.
  String.raw`(?<=${stays}\p{M})\u034F(?=${stays}\p{M})`,
].join('|')

const invisibles = new RegExp(`(${meaningful})|${invisible.source}`, 'gu')

/** Nearly all text has neither. */
const suspect = new RegExp(mark, 'u')

/**
 * Takes out of a string from a user what could act on a terminal or forge a line, and what nobody can see: such
 * characters are dropped, a tab becomes a space, half a surrogate pair becomes U+FFFD. What is invisible stays where it
 * means something: joiners in emoji and in the scripts that need them, and what chooses the look of a character. Marks need
 * a letter, and no letter has more than it can carry. A clean string comes back as it is.
 */
export function cleanText(text: string): string {
  return cleaned(text, '')
}

/** The same for the line of a command: what is invisible and goes, and other white space, parts its arguments, and goes from a text (`gap`). */
export function cleanCommand(line: string): string {
  return cleaned(line, gap)
}

function cleaned(text: string, instead: string): string {
  // Most of what people type.
  if (/^[\x20-\x7E]*$/.test(text)) return text
  const clean = text.replace(unclean, (character) => {
    if (character === '\t') return ' '
    if (/[\s\u0085]/.test(character)) return instead
    return character >= '\uD800' ? '\uFFFD' : ''
  })
  if (!suspect.test(clean)) return clean
  return clean
    .replace(leadingMarks, '')
    .replace(tooManyMarks, '$1')
    .replace(invisibles, (_, meant: string | undefined) => meant ?? instead)
}

/**
 * Whether there is nothing to see in a clean text: blanks of any width, the empty pattern of Braille, the blank of
 * hieroglyphs, and marks on them.
 */
export function isBlank(text: string): boolean {
  return !/[^\s\u2800\u{13441}\u{13442}\p{Mn}\p{Me}]/u.test(text)
}

/** The same for a row of a text whose tabs are kept, as in code. */
export function cleanRow(row: string): string {
  return row.includes('\t') ? row.split('\t').map(cleanText).join('\t') : cleanText(row)
}

/** As lines end, see net/lines. It takes a run of CR at once, whatever follows: so a text of nothing else takes no longer. */
const rowEnds = /(\r+)\0?(\n(?:\r(?!\n)\0?)?)?|\n(?:\r(?!\n)\0?)?/g

/**
 * The same for a text whose rows and tabs are kept; rows end as lines do, and are parted by LF in what comes back. Of a text
 * with more than `most` rows only one more comes back, which tells its reader that there are too many.
 */
export function cleanRows(text: string, most = Number.POSITIVE_INFINITY): string {
  const rows = text.replace(rowEnds, (_, crs: string | undefined, lf: string | undefined) =>
    // Without an LF each of them is an end.
    '\n'.repeat(lf === undefined ? (crs?.length ?? 1) : 1),
  )
  return rows
    .split('\n')
    .slice(0, most + 1)
    .map(cleanRow)
    .join('\n')
}

/** The same for a text of several lines, as an operator's terminal is shown it. */
export function cleanLines(text: string): string {
  return text.split('\n').map(cleanText).join('\n')
}

/** JSON in which what acts on a terminal stands as an escape: it means the same. */
export function cleanJson(json: string): string {
  return json.replace(unclean, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
