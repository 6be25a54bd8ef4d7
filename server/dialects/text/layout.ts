// Lays lists out in columns. Each row keeps its first character, which tells the kind of the line.

import type { Count } from '../../chat/model/count.ts'
import { columnsOf, isBlankAt, mostColumnsBetween, mostColumnsOf } from '../../lib/columns.ts'
import { charactersOf, isAscii } from '../../lib/graphemes.ts'

/** What shows as blank between words: spaces of any width, and the empty pattern of Braille; none that a mark stands on. */
const blanks = /[\s\u2800]+(?![\p{M}\p{Emoji_Modifier}\u200c\u200d])/u

/** The distance of a terminal's tab stops, in columns. */
const tabStop = 8
const tab = 9

/** The column in which the part of a text from `from` to before `to` ends at most, where it begins in `column`. */
function columnBehind(text: string, from: number, to: number, column: number): number {
  let at = column
  let start = from
  for (let index = from; index < to; index++) {
    if (text.charCodeAt(index) !== tab) continue
    at += mostColumnsBetween(text, start, index)
    at += tabStop - (at % tabStop)
    start = index + 1
  }
  return at + mostColumnsBetween(text, start, to)
}

/** How many columns a row takes at most, with its tabs. */
export function widthOf(text: string): number {
  return isAscii(text) ? text.length : columnBehind(text, 0, text.length, 0)
}

/** After this column, beyond most screens, a tab becomes one blank, so that a row of tabs does not grow eightfold. */
const lastTabStop = 500

/** The row with blanks in place of its tabs. */
function expanded(text: string): string {
  let row = ''
  let column = 0
  let from = 0
  for (let at = text.indexOf('\t'); at >= 0 && column < lastTabStop; at = text.indexOf('\t', from)) {
    const end = columnBehind(text, from, at, column)
    const gap = end < lastTabStop ? tabStop - (end % tabStop) : 1
    row += text.slice(from, at) + ' '.repeat(gap)
    column = end + gap
    from = at + 1
  }
  // Quicker than replaceAll.
  return row + text.slice(from).split('\t').join(' ')
}

/** The end of the blanks or word that begin at `from`. */
function partEnd(text: string, from: number): number {
  const isBlank = isBlankAt(text, from)
  let to = from + 1
  while (to < text.length && isBlankAt(text, to) === isBlank) to++
  return to
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)))
}

/** A table with two spaces between its columns; the last column is not padded, but wrapped to the screen. */
export function table(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(0, ...rows.map((row) => columnsOf(row[index] ?? ''))),
  )
  return rows.flatMap((row) => {
    const last = row.length - 1
    const head = row
      .slice(0, last)
      .map((cell, index) => `${pad(cell, widths[index] ?? 0)}  `)
      .join('')
    return wrap(`- ${head}`, row[last] ?? '', width)
  })
}

/** Breaks a text at spaces so that each line fits; further lines begin like the first one, indented. */
export function wrap(head: string, text: string, width: number): string[] {
  const indent =
    head.slice(0, 1) + ' '.repeat(Math.max(1, Math.min(columnsOf(head) - 1, Math.floor(width / 2))))
  const lines: string[] = []
  let line = head
  let used = mostColumnsOf(head)
  let empty = true
  for (const word of text.split(blanks)) {
    const columns = mostColumnsOf(word)
    if (!empty && used + 1 + columns > width) {
      lines.push(line)
      line = indent
      used = indent.length
      empty = true
    }
    line += empty ? word : ` ${word}`
    used += empty ? columns : columns + 1
    empty = false
  }
  lines.push(line)
  return lines.map((one) => one.trimEnd())
}

const indent = '  '

/** The characters of a text. One that is itself wider than a row, such as an endless family, falls into its parts. */
function* piecesOf(text: string, width: number): Generator<string> {
  for (const character of charactersOf(text)) {
    if (mostColumnsOf(character) <= width) yield character
    else yield* character.match(/.\ufe0f?/gsu) ?? []
  }
}

/**
 * A line as rows that fit a screen. All but the first begin with two spaces, so that a text that was padded to the width of a
 * screen cannot look like a line of its own.
 */
export function rowsOf(line: string, width: number): string[] {
  if (line.includes('\t')) return widthOf(line) <= width ? [line] : rowsOf(expanded(line), width)
  if (line.length * 2 <= width || widthOf(line) <= width) return [line]
  const isPlain = isAscii(line)
  const rows: string[] = []
  // A row is the part of the line from `start` to before `end`.
  let start = 0
  let end = 0
  let used = 0
  const row = () => (rows.length === 0 ? '' : indent) + line.slice(start, end)
  const next = (from: number) => {
    rows.push(row().trimEnd())
    start = from
    end = from
    used = indent.length
  }
  while (end < line.length) {
    const from = end
    const to = partEnd(line, from)
    const columns = isPlain ? to - from : mostColumnsBetween(line, from, to)
    const isBlank = isBlankAt(line, from)
    const isFresh = rows.length > 0 && from === start
    if (used + columns <= width) {
      end = to
      if (isBlank && isFresh) start = to
      else used += columns
    } else if (isBlank) {
      next(to)
    } else if (columns + indent.length <= width) {
      next(from)
      end = to
      used += columns
    } else if (isPlain || isAscii(line.slice(from, to))) {
      while (end < to) {
        if (used >= width) next(end)
        const taken = Math.min(to - end, width - used)
        end += taken
        used += taken
      }
    } else {
      for (const piece of piecesOf(line.slice(from, to), width - indent.length)) {
        const more = mostColumnsOf(piece)
        if (used + more > width) next(end)
        end += piece.length
        used += more
      }
    }
  }
  if (rows.length === 0 || end > start) rows.push(row().trimEnd())
  return rows
}

/** From this many blanks on it is a gap. */
const mostBlanks = 8
const longestGap = ' '.repeat(mostBlanks)

/**
 * A line without long gaps. If the width of the screen is not known, a text could be padded with blanks until the rest of it
 * stands at the beginning of the next row and looks like a line of its own.
 */
export function withoutGaps(line: string): string {
  return line.replace(/[\s\u2800]{9,}/gu, longestGap)
}

/** A gap that ends within this many columns does not reach the edge of a usual screen. */
const usualScreen = 72

/** The same for a row of code: its columns and tabs stay as they are up to the edge of a usual screen. */
export function withShortGaps(row: string): string {
  if (row.length * tabStop <= usualScreen) return row
  let shown = ''
  /** How many columns of the row are in `shown`. */
  let copied = 0
  let column = 0
  for (let from = 0, to = 0; from < row.length; from = to) {
    to = partEnd(row, from)
    const end = columnBehind(row, from, to, column)
    if (end - column > mostBlanks && end > usualScreen && isBlankAt(row, from)) {
      shown += row.slice(copied, from) + longestGap
      copied = to
      column += mostBlanks
    } else column = end
  }
  return shown + row.slice(copied)
}

/** `1 member`, `2 members`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The same for a number that was counted up to a limit: `100 or more messages`. */
export function counted({ count, more }: Count, one: string): string {
  return more ? `${count} or more ${one}s` : plural(count, one)
}
