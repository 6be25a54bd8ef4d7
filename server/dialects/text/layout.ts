/** Lists are laid out in columns; every line keeps the first character that tells what it is. */

import type { Count } from '../../chat/replies.ts'

const plain = /^[\x20-\x7e]*$/
/** Takes no column of its own: nonspacing marks, and joiners. */
const narrow = /^(?:\u200d|[\p{Mn}\p{Me}\u200c\u{e0000}-\u{e007f}])$/u
const wide =
  /^(?:[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u

/**
 * How many columns a text takes: combining marks none, wide East Asian characters and emoji two. Where terminals differ
 * it is the most.
 */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length
  if (text.includes('\t')) return widthOf(expanded(text))
  let width = 0
  for (const character of text) {
    // U+FE0F makes an emoji of what takes one column otherwise.
    if (character <= '~' || character === '\ufe0f') width++
    else if (!narrow.test(character)) width += wide.test(character) ? 2 : 1
  }
  return width
}

/** So far apart are a terminal's tab stops, in columns. */
const tabStop = 8

/** With blanks in place of tabs, where the text begins at that column. */
function expanded(text: string, column = 0): string {
  let at = column
  return text
    .split('\t')
    .map((part, index) => {
      const gap = index === 0 ? 0 : tabStop - (at % tabStop)
      at += gap + widthOf(part)
      return ' '.repeat(gap) + part
    })
    .join('')
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Rows as columns two spaces apart; the last column is not padded, but wrapped to the screen. */
export function table(rows: readonly (readonly string[])[], width: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(0, ...rows.map((row) => widthOf(row[index] ?? ''))),
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

/** What shows as blank: spaces of any width, and the empty pattern of Braille. */
const blanks = /[\s\u2800]+/u

/** Breaks a text at spaces so that each line fits; further lines start as the first one, indented. */
export function wrap(head: string, text: string, width: number): string[] {
  const indent =
    head.slice(0, 1) + ' '.repeat(Math.max(1, Math.min(widthOf(head) - 1, Math.floor(width / 2))))
  const lines: string[] = []
  let line = head
  let empty = true
  for (const word of text.split(blanks)) {
    if (!empty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = indent
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  lines.push(line)
  return lines.map((one) => one.trimEnd())
}

const indent = '  '
/** A character with all that belongs to it. */
const units = /\P{M}(?:[\p{M}\p{EMod}\u200c]|\u200d\P{M}?|[\u{e0000}-\u{e0fff}])*|\p{M}+/gsu

/**
 * A line as rows that fit a screen. All but the first begin with two spaces, so that no text that was padded to the width
 * of a screen can look like a line of its own. What is to be pasted into a shell begins at `pasteAt`: it is
 * broken only behind `|` and `;`, where the shell reads on, if that is enough.
 */
export function rowsOf(line: string, width: number, pasteAt = line.length): string[] {
  if (line.includes('\t')) return widthOf(line) <= width ? [line] : rowsOf(expanded(line), width)
  if (line.length * 2 <= width || widthOf(line) <= width) return [line]
  const paste = line.slice(pasteAt)
  const whole = widthOf(paste) + indent.length <= width
  const rows: string[] = []
  let row = ''
  let used = 0
  const next = () => {
    rows.push(row.trimEnd())
    row = indent
    used = indent.length
  }
  for (const part of [
    ...(line.slice(0, pasteAt).match(/[\s\u2800]+|[^\s\u2800]+/gu) ?? []),
    ...(whole ? [paste] : paste.split(/(?<=[|;] )/)),
  ]) {
    const columns = widthOf(part)
    const isBlank = blanks.test(part[0] ?? '')
    const isFresh = row === indent
    if (used + columns <= width) {
      if (isBlank && isFresh) continue
      row += part
      used += columns
    } else if (isBlank) {
      next()
    } else if (columns + indent.length <= width) {
      next()
      row += part
      used += columns
    } else {
      for (const unit of part.match(units) ?? []) {
        const more = widthOf(unit)
        if (used + more > width) next()
        row += unit
        used += more
      }
    }
  }
  if (row !== indent) rows.push(row.trimEnd())
  return rows
}

/** So many blanks behind each other are a gap already. */
const mostBlanks = 8

/**
 * A line without long gaps: where the width of a screen is not known, a text could be padded with them until what follows
 * stands at the beginning of the next row, and looks like a line of its own.
 */
export function withoutGaps(line: string): string {
  return line.replace(/[\s\u2800]{9,}/gu, ' '.repeat(mostBlanks))
}

/** A gap that ends within so many columns does not reach the edge of a usual screen. */
const usualScreen = 72

/** The same for a row of code, whose columns and tabs stay where they are as far as a usual screen goes. */
export function withShortGaps(row: string): string {
  if (row.length * tabStop <= usualScreen) return row
  let column = 0
  return row.replace(/([\s\u2800]+)|[^\s\u2800]+/gu, (part, gap: string | undefined) => {
    const columns = widthOf(gap === undefined ? part : expanded(part, column))
    const isLong = gap !== undefined && columns > mostBlanks && column + columns > usualScreen
    column += isLong ? mostBlanks : columns
    return isLong ? ' '.repeat(mostBlanks) : part
  })
}

/** `1 member`, `2 members`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** As far as it was counted. */
export function counted({ count, more }: Count, one: string): string {
  return more ? `${count} or more ${one}s` : plural(count, one)
}
