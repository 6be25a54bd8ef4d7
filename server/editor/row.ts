import { boundaryAt, boundaryBefore, charactersBefore, isAscii } from '../lib/graphemes.ts'
import { cellOf, cellsOf, columnsOf, shownOf } from './cells.ts'

/** What stands in the row of the editor. */
export interface Row {
  /** What is written, without control characters; `''` where there is no room for anything. */
  readonly text: string
  /** Where in `text` the cursor stands, in UTF-16 units. */
  readonly cursor: number
}

export interface RowContent {
  readonly prompt: string
  readonly line: string
  /** In UTF-16 units of the line. */
  readonly cursor: number
  /** Shown behind the line where there is room. */
  readonly hint: string
}

/** Columns of the row that a prompt leaves to the line, as far as half of the row allows. */
const leftToLine = 20
/** What stands for the part of a prompt that has no room. */
const omitted = '..'
/** How many characters of a prompt stand behind that: `> ` or `: `. */
const promptEnd = 2
/** What stands at the edge of a line of which more is there. */
const more = { left: '<', right: '>' } as const
/** In fewer columns there are no such signs. */
const leastForSigns = 6

/** The part of a line that is shown. */
interface View {
  readonly shown: string
  /** Where in the line it ends. */
  readonly end: number
}

/**
 * Lays the prompt and a part of the line out in one row, whose last column stays empty: terminals differ in what they do after
 * it. A line that does not fit is shown from `start` on as long as the cursor is in view; otherwise from a place with which
 * the cursor is in the middle. Answers the row and that place.
 */
export function layOut(
  { prompt, line, cursor, hint }: RowContent,
  width: number,
  start: number,
): { readonly row: Row; readonly start: number } {
  const room = Math.max(0, width - 1)
  const fitted = fittedPrompt(prompt, room)
  const field = room - columnsOf(fitted)
  const whole = viewFrom(line, 0, field)
  if (whole.end === line.length) {
    const hinted = hint !== '' && columnsOf(whole.shown) + 1 + columnsOf(hint) <= field
    return {
      row: {
        text: fitted + whole.shown + (hinted ? ` ${shownOf(hint)}` : ''),
        cursor: fitted.length + shownLength(line, 0, cursor),
      },
      start: 0,
    }
  }
  const hasSigns = field >= leastForSigns
  let from = start
  let view = signedView(line, from, field, hasSigns)
  if (!isInView(line, cursor, from, view.end)) {
    from = startAround(line, cursor, field)
    view = signedView(line, from, field, hasSigns)
  }
  const left = hasSigns && from > 0 ? more.left.length : 0
  return {
    row: {
      text: fitted + view.shown,
      cursor: fitted.length + left + shownLength(line, from, cursor),
    },
    start: from,
  }
}

/** The prompt, cut in its middle if it would leave too little of the row to the line. */
function fittedPrompt(prompt: string, room: number): string {
  const most = room - Math.min(leftToLine, Math.ceil(room / 2))
  const whole = viewFrom(prompt, 0, most)
  if (whole.end === prompt.length) return whole.shown
  let end = prompt.length
  for (let count = 0; count < promptEnd; count++) end = boundaryBefore(prompt, end)
  const behind = viewFrom(prompt, end, most)
  if (behind.end < prompt.length) return ''
  const left = most - columnsOf(behind.shown) - omitted.length
  return left < 1 ? behind.shown : viewFrom(prompt, 0, left).shown + omitted + behind.shown
}

/** As many characters from a place on as fit into so many columns. */
function viewFrom(text: string, from: number, columns: number): View {
  if (isAscii(text)) {
    const shown = text.slice(from, from + Math.max(0, columns))
    return { shown, end: from + shown.length }
  }
  let shown = ''
  let end = from
  let left = columns
  for (const [character, cell] of cellsOf(text, from)) {
    left -= cell.columns
    if (left < 0) break
    shown += cell.shown
    end += character.length
  }
  return { shown, end }
}

/** The same with a sign at each edge where more of the line is. */
function signedView(line: string, from: number, columns: number, hasSigns: boolean): View {
  if (!hasSigns) return viewFrom(line, from, columns)
  const left = from > 0 ? more.left : ''
  const view = viewFrom(line, from, columns - left.length)
  if (view.end === line.length) return { shown: left + view.shown, end: view.end }
  const shorter = viewFrom(line, from, columns - left.length - more.right.length)
  return { shown: left + shorter.shown + more.right, end: shorter.end }
}

/** Whether the cursor stands in the part between `from` and `end`, with something before it, and on a character that is shown. */
function isInView(line: string, cursor: number, from: number, end: number): boolean {
  if (from > line.length || boundaryAt(line, from) !== from) return false
  if (from > 0 ? from >= cursor : from > cursor) return false
  return cursor < end || (cursor === end && end === line.length)
}

/** Where the part of the line begins that has the cursor in its middle. */
function startAround(line: string, cursor: number, field: number): number {
  let start = cursor
  let columns = 0
  for (const character of charactersBefore(line, cursor)) {
    columns += cellOf(character).columns
    if (columns > Math.floor(field / 2)) break
    start -= character.length
  }
  return start
}

/** How many UTF-16 units are written for a part of a line. */
function shownLength(line: string, from: number, to: number): number {
  return shownOf(line.slice(from, to)).length
}
