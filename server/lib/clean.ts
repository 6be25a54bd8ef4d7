import { gap } from './blanks.ts'

/**
 * Characters that must never reach another terminal or the log: C0, DEL and C1 (U+009B alone starts an escape
 * sequence), bidirectional controls, which can change the visible order of a line, the line breaks of Unicode, and
 * halves of surrogate pairs. With the `u` flag a whole pair is one character, so `\p{Surrogate}` finds only lone
 * halves.
 */
const acting = String.raw`\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069`
const unclean = new RegExp(`[${acting}]|\\p{Surrogate}`, 'gu')
/** The same, with CR LF as one. */
const uncleanOrEnd = new RegExp(`\r\n|${unclean.source}`, 'gu')
const anyActing = new RegExp(`[${acting}]`, 'g')

/**
 * Invisible characters: fillers, joiners, tags, variation selectors and similar ones (Unicode's
 * Default_Ignorable_Code_Point), the marks of annotations, embedded objects and null musical notes, the filler of
 * Khitan, the joiner of Brahmi, layout controls of hieroglyphs, and noncharacters.
 */
const nothing = String.raw`\p{DI}\uFFF9-\uFFFC\u{1107F}\u{13430}-\u{1343F}\u{16FE4}\u{1D159}\p{NChar}`
const invisible = new RegExp(`[${nothing}]`, 'u')

/** White space that would act as more than a space: a tab, the ends of lines and pages, and those of Unicode. */
const acts = /[\s\u0085]/

/**
 * The most marks on one letter: so many has Unicode's Stream-Safe Text Format (UAX 15), and no text of any language comes near
 * it (the longest stack of Tibetan has eight). More of them would paint over the lines above and below. Invisible characters
 * between marks do not separate them.
 */
const mostMarks = 30
const mark = String.raw`[\p{Mn}\p{Me}${nothing}]`
const tooManyMarks = new RegExp(`(${mark}{${mostMarks}})${mark}+`, 'gu')
/** Marks at the beginning, which would combine with the character printed before the text. */
const leadingMarks = new RegExp(`^${mark}+`, 'u')

/** Scripts that need joiners: without them a word changes or looks wrong. */
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

/** A character that stays; a selector or joiner after a removed character would have no meaning. */
const stays = `(?![${nothing}])`

/** Places where an invisible character has a meaning: after the character that it belongs to, and never twice. */
const meaningful = [
  // Combined emoji, such as a family, and variants of emoji.
  String.raw`(?<=\p{ExtPict}(?:\uFE0F|\p{EMod})?)\u200D(?=\p{ExtPict})`,
  String.raw`(?<=(?![0-9#*])\p{Emoji})[\uFE0E\uFE0F]`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  // The flags of England, Scotland and Wales.
  String.raw`(?<=\u{1F3F4})[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}`,
  String.raw`(?<=${stays}[${joining}])[\u200C\u200D]`,
  String.raw`(?<=[\u1820-\u18AA])[\u180B-\u180F]`,
  // Selectors of the shape of a character.
  String.raw`(?<=${stays}[\p{Ideographic}\p{Sm}\p{Script=Myanmar}\p{Script=Phags_Pa}])[\uFE00-\uFE0D\u{E0100}-\u{E01EF}]`,
  // The order of marks in Hebrew.
  String.raw`(?<=${stays}\p{M})\u034F(?=${stays}\p{M})`,
].join('|')

const invisibles = new RegExp(`(${meaningful})|${invisible.source}`, 'gu')

/** A quick test: nearly all text has neither invisible characters nor marks. */
const suspect = new RegExp(mark, 'u')

/** Removes what would act on a terminal, tabs and line ends too. Invisible characters and half surrogate pairs stay. */
export function withoutActing(text: string): string {
  return text.replace(anyActing, '')
}

/**
 * Removes from a string of a user all characters that could act on a terminal, forge a line, or that nobody can see.
 * A tab, and each end of a line or page, becomes a space, so that words stay two; half a surrogate pair becomes U+FFFD. Invisible characters stay where they have a meaning:
 * joiners in emoji and in scripts that need them, and selectors of the look of a character. Marks without a letter
 * go, and so do marks beyond the most that a letter can carry. A clean string is returned as it is.
 */
export function cleanText(text: string): string {
  return cleaned(text, '')
}

/** The same for the line of a command: removed invisible characters become `gap`, which separates arguments and is removed from texts. */
export function cleanCommand(line: string): string {
  return cleaned(line, gap)
}

function cleaned(text: string, instead: string): string {
  // Most lines that people type.
  if (/^[\x20-\x7E]*$/.test(text)) return text
  const clean = text.replace(uncleanOrEnd, (character) => {
    if (acts.test(character)) return ' '
    return character >= '\uD800' ? '\uFFFD' : ''
  })
  if (!suspect.test(clean)) return clean
  return clean
    .replace(leadingMarks, '')
    .replace(tooManyMarks, '$1')
    .replace(invisibles, (_, meant: string | undefined) => meant ?? instead)
}

/**
 * Whether a clean text has nothing visible: only blanks of any width, the empty pattern of Braille, the blank of
 * hieroglyphs, and marks on them.
 */
export function isBlank(text: string): boolean {
  return !/[^\s\u2800\u{13441}\u{13442}\p{Mn}\p{Me}]/u.test(text)
}

/** Cleans a row of a text whose tabs are kept, as in code. */
export function cleanRow(row: string): string {
  return row.includes('\t') ? row.split('\t').map(cleanText).join('\t') : cleanText(row)
}

/**
 * The ends of lines, as in net/lines. It matches a whole run of CR at once, so that a text of nothing but CR takes
 * linear time.
 */
const rowEnds = /(\r+)\0?(\n(?:\r(?!\n)\0?)?)?|\n(?:\r(?!\n)\0?)?/g

/**
 * Cleans a text whose rows and tabs are kept. Rows end as lines do; in the result they are separated by LF. Of a text
 * with more than `most` rows it returns `most` + 1 rows, so that the caller sees that there are too many.
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

/** Cleans a text of several lines for an operator's terminal. */
export function cleanLines(text: string): string {
  return text.split('\n').map(cleanText).join('\n')
}

/** Writes JSON in which characters that act on a terminal are escaped; the meaning stays the same. */
export function cleanJson(json: string): string {
  return json.replace(unclean, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
