import { boundaryAt, isAscii } from '../lib/graphemes.ts'
import { sureColumnsOf } from './cells.ts'
import type { Row } from './row.ts'

/** Takes the row away, and what became of it below in a terminal that was made narrower and has wrapped it. */
export const clearRow = '\r\u001b[J'

/** Control functions that every terminal since the VT100 knows (ECMA-48). */
const codes = {
  backspace: '\b',
  clearToEnd: '\u001b[K',
  /** With the cursor where it was afterwards. */
  askForWidth: '\u001b7\u001b[999C\u001b[6n\u001b8',
  clearScreen: '\u001b[H\u001b[2J',
  nextRow: '\r\n',
  pasteOn: '\u001b[?2004h',
  pasteOff: '\u001b[?2004l',
} as const

/** So many characters are written again, or so often the cursor goes back, before a control function is shorter. */
const fewColumns = 4

/**
 * What the last row of a terminal shows, and what must be written to change it. Whoever writes something else there takes the
 * row away first (`erase`).
 *
 * Where terminals differ in the width of what stands to the left of the cursor, it is not counted but written again: then the
 * cursor stands where this terminal puts it.
 */
export class Screen {
  /** What was written; undefined if the row is not there, and the cursor at the beginning of an empty row. */
  #shown: Row | undefined

  /** What is written first: from now on the terminal marks what is pasted. */
  begin(): string {
    return codes.pasteOn
  }

  /** Asks the terminal how many columns it has: where the cursor is that was sent far to the right (CPR). */
  askForWidth(): string {
    return codes.askForWidth
  }

  /** What is written last: the terminal is as it was, and the cursor at the beginning of an empty row. */
  end(): string {
    return this.erase() + codes.pasteOff
  }

  /** Whether the row is not there: it is drawn into an empty one. */
  get isFresh(): boolean {
    return this.#shown === undefined
  }

  /** Whether this very row is there. */
  shows(row: Row): boolean {
    return this.#shown === row
  }

  /** The row was written again as `draw` wrote it into an empty one. */
  drawAgain(row: Row): void {
    this.#shown = row
  }

  /** Takes the row away: the cursor then stands at the beginning of an empty row. */
  erase(): string {
    const shown = this.#shown
    this.#shown = undefined
    return shown === undefined || shown.text === '' ? '' : clearRow
  }

  /** Shows the row, with as few bytes as are needed. */
  draw(row: Row): string {
    const before = this.#shown ?? { text: '', cursor: 0 }
    this.#shown = row
    if (before.text === row.text) return move(row.text, before.cursor, row.cursor)
    const same = commonStart(before.text, row.text)
    const written = row.text.slice(same)
    const rest = before.text.slice(same)
    return (
      move(before.text, before.cursor, same) +
      written +
      (covers(written, rest) ? '' : codes.clearToEnd) +
      move(row.text, row.text.length, row.cursor)
    )
  }

  /** Shows a text of any length in place of the row, and goes on below it. */
  leave(text: string): string {
    const shown = this.#shown
    this.#shown = undefined
    if (shown?.text === text) return move(text, shown.cursor, text.length) + codes.nextRow
    this.#shown = shown
    return this.erase() + text + codes.nextRow
  }

  /** Empties the whole screen. */
  clear(): string {
    this.#shown = undefined
    return codes.clearScreen
  }
}

/** How many UTF-16 units are the same at the beginning of both, up to a boundary in both. */
function commonStart(one: string, other: string): number {
  let same = 0
  const most = Math.min(one.length, other.length)
  while (same < most && one.charCodeAt(same) === other.charCodeAt(same)) same++
  for (;;) {
    const start = Math.min(boundaryAt(one, same), boundaryAt(other, same))
    if (start === same) return same
    same = start
  }
}

/** Whether a text that is written over another covers all of it, in every terminal. */
function covers(written: string, rest: string): boolean {
  if (rest === '') return true
  const columns = sureColumnsOf(written)
  const needed = sureColumnsOf(rest)
  return columns !== undefined && needed !== undefined && columns >= needed
}

/** Moves the cursor from one place in the row to another. */
function move(row: string, from: number, to: number): string {
  if (from === to) return ''
  const between = row.slice(Math.min(from, to), Math.max(from, to))
  const columns = sureColumnsOf(between)
  if (to > from) {
    const isFew = columns !== undefined && columns <= fewColumns && isAscii(between)
    return isFew || columns === undefined ? between : `\u001b[${columns}C`
  }
  if (to === 0) return '\r'
  if (columns === undefined) return `\r${row.slice(0, to)}`
  return columns <= fewColumns ? codes.backspace.repeat(columns) : `\u001b[${columns}D`
}
