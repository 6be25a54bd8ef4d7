import { mostColumnsOf } from '../lib/columns.ts'
import { boundaryAt, charactersOf, isAscii } from '../lib/graphemes.ts'

/** One character of the line, as it stands in the row. */
export interface Cell {
  /** What is written for it; nothing for a character that has no width. */
  readonly shown: string
  /** How many columns it takes; where terminals differ, the largest number. */
  readonly columns: number
  /** Whether all terminals agree about its columns. */
  readonly sure: boolean
}

/**
 * What shows nothing by itself: fillers, joiners, vowels and finals of Hangul without their syllable. Some terminals give it a
 * column where nothing was written right before it, and none behind a character.
 */
const hiddenStart =
  /^(?:(?!\u00ad)[\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff\ufff9-\ufffb])+/u
/** One character alone that takes as many columns everywhere: no emoji, no symbol whose width is a matter of fonts. */
const agreed = /^[\p{L}\p{Nd}\p{P}\p{Zs}]$/u
const emoji = /\p{Extended_Pictographic}/u
/** Punctuation that some terminals show wide (East Asian ambiguous), and Hangul's parts. */
const ambiguous =
  /[\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u3248-\u324f\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u
/** Beyond these, terminals know the scripts that they were made with. */
const newest = /[^\u0000-\ud7ff\ue000-\uffff\u{20000}-\u{3ffff}]/u

/** A byte that is no UTF-8, half a character, and what would act on the terminal if somebody put it into a prompt. */
const unshowable = /[\p{Surrogate}\p{Cc}\p{Zl}\p{Zp}]/u
const unreadable: Cell = { shown: '\ufffd', columns: 1, sure: false }
/** What a mark stands on that has no letter. */
const dottedCircle = '\u25cc'
const blank: Cell = { shown: ' ', columns: 1, sure: true }
const nothing: Cell = { shown: '', columns: 0, sure: true }

/** A character (grapheme cluster) as it stands in the row. A tab is a blank there. */
export function cellOf(character: string): Cell {
  if (character === '\t') return blank
  if (character.length === 1 && character >= '\x20' && character <= '\x7e')
    return { shown: character, columns: 1, sure: true }
  if (unshowable.test(character)) return unreadable
  // A mark may stand on it, which is to be seen.
  const visible = character.replace(hiddenStart, '')
  if (visible === '') return nothing
  if (visible !== character) return cellOf(visible)
  if (joinsBefore(character)) {
    const shown = dottedCircle + character
    return { shown, columns: mostColumns(shown), sure: false }
  }
  const columns = mostColumns(character)
  if (columns === 0) return nothing
  const sure =
    agreed.test(character) && !emoji.test(character) && !ambiguous.test(character) && !newest.test(character)
  return { shown: character, columns, sure }
}

/** Whether a character would become a part of whatever is shown before it: a mark without a letter. */
function joinsBefore(character: string): boolean {
  return /^[\p{M}\p{Emoji_Modifier}\uff9e\uff9f]/u.test(character) && boundaryAt(` ${character}`, 1) !== 1
}

/**
 * The characters of a text from a place on, each with its cell. Where something that is not shown keeps two apart which would
 * become one without it, such as two halves of flags, the second stands behind a dotted circle.
 */
export function* cellsOf(text: string, from = 0): Generator<readonly [character: string, cell: Cell]> {
  let before = ''
  // What was shown as it is keeps the boundary that is behind it in the text.
  let asItIs = true
  for (const character of charactersOf(text, from)) {
    let cell = cellOf(character)
    const { shown, columns } = cell
    if (shown !== '' && !(asItIs && shown === character)) {
      if (boundaryAt(before + shown, before.length) !== before.length)
        cell = { shown: dottedCircle + shown, columns: mostColumns(dottedCircle) + columns, sure: false }
    }
    asItIs = cell.shown === character
    if (shown !== '') before = cell.shown
    yield [character, cell]
  }
}

/** The most columns that a terminal takes for a character; also of a sign that it may show as an emoji. */
function mostColumns(character: string): number {
  const columns = mostColumnsOf(character)
  return columns > 0 && emoji.test(character) ? Math.max(2, columns) : columns
}

/** How many columns a text takes in a row, at most. */
export function columnsOf(text: string): number {
  if (isAscii(text)) return text.length
  let columns = 0
  for (const [, cell] of cellsOf(text)) columns += cell.columns
  return columns
}

/** How many columns a text takes in every terminal; undefined if they differ. */
export function sureColumnsOf(text: string): number | undefined {
  if (isAscii(text)) return text.length
  let total = 0
  for (const [, { columns, sure }] of cellsOf(text)) {
    if (!sure) return undefined
    total += columns
  }
  return total
}

/** A text as it is written in a row. */
export function shownOf(text: string): string {
  if (isAscii(text)) return text
  let shown = ''
  for (const [, cell] of cellsOf(text)) shown += cell.shown
  return shown
}
