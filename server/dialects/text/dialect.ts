import { Counts } from '../../chat/machine/counts.ts'
import { Faults } from '../../chat/machine/faults.ts'
import type { Batch } from '../../chat/model/batch.ts'
import type { ChatEvent } from '../../chat/model/events.ts'
import type { Problem } from '../../chat/model/failures.ts'
import type { Manner } from '../../chat/model/manner.ts'
import type { Listener } from '../../chat/model/people.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { isCommandLine, withoutFront } from '../../lib/blanks.ts'
import { cleanCommand, cleanText, isBlank } from '../../lib/clean.ts'
import { withoutKeys } from '../../lib/keys.ts'
import { ZoneFormat } from '../../lib/zones.ts'
import type { Asked, Dialect, Step, Writing } from '../dialect.ts'
import { failureText, notShownText } from '../failure-text.ts'
import type { Hello } from '../hello.ts'
import { isSentence, readLine } from '../read-line.ts'
import { Rendering } from '../rendering.ts'
import { type Colored, coloredAs, painted } from './colors.ts'
import { eventLines, messageLine } from './events.ts'
import { greeting } from './greeting.ts'
import { rowsOf, withoutGaps, withShortGaps } from './layout.ts'
import { replyLines } from './replies.ts'

/** The width of lists if the client does not tell its own, in columns. */
const usualWidth = 80

/** A program has forgotten to choose the JSON dialect: the line is not said aloud. */
const notJson: Problem = {
  code: 'bad-arguments',
  detail: 'That is a line of the JSON dialect, which /format json begins. Nothing was said.',
}

function isJsonCommand(line: string): boolean {
  return line.includes('{') && /^\s*\{.*"line"\s*:\s*"\s*[/／]/.test(line)
}

const manner: Manner = { forPeople: true, typed: true, wrapped: false }
const nothing: readonly Step[] = []

/** Cleans a typed line; arrows and other keys are no text. */
function clean(line: string): string {
  const text = withoutKeys(line)
  return isCommandLine(text) ? cleanCommand(text) : cleanText(text)
}

/** Lines for people. */
export class TextDialect implements Dialect {
  readonly name = 'text'
  readonly manner = manner
  readonly writing: Writing
  readonly #times: ZoneFormat
  readonly #rendering: Rendering
  #newest = 0
  #dayLine: { readonly day: number; readonly bytes: Buffer } | undefined

  constructor(
    writing: Writing,
    times = new ZoneFormat(writing.zone, writing.clock),
    faults = new Faults(new Counts()),
  ) {
    this.writing = writing
    this.#times = times
    this.#rendering = new Rendering(
      (event) => this.#eventLine(event),
      (error) => {
        faults.note(error, 'rendering')
        return this.notShown()
      },
    )
  }

  read(line: string): readonly Step[] {
    if (isSentence(line)) return [{ command: undefined, text: line }]
    const text = clean(line)
    if (isBlank(withoutFront(text))) return nothing
    return [isJsonCommand(text) ? { command: undefined, text: '', refused: notJson } : readLine(text)]
  }

  readAnswer(line: string): string {
    return cleanText(clean(line))
  }

  readRow(line: string): string {
    return withoutKeys(line)
  }

  event(event: ChatEvent): Buffer {
    return this.#rendering.event(event)
  }

  batch(batch: Batch, from: number, end: number, listener: Listener): readonly Buffer[] {
    return this.#rendering.batch(batch, from, end, listener)
  }

  reply(_asked: Asked, reply: Reply): string {
    const { place, width } = this.writing
    const lines = replyLines(reply, { times: this.#times, width: width || usualWidth, place })
    return lines.length === 0 ? '' : lines.map((line) => this.#print(line)).join('')
  }

  failure(_asked: Asked, problem: Problem): string {
    return this.#print(`! ${failureText(problem, this.#times)}`)
  }

  greeting({ guests, online, server, signup }: Hello): string {
    return greeting(online, server, { guests, signup })
      .map((line) => this.note(line))
      .join('')
  }

  prompt(text: string): string {
    return `? ${text}`
  }

  get day(): number {
    return this.#times.day
  }

  dayOf(now: number): number {
    this.#newest = now
    return this.#times.dayOf(now)
  }

  get dayLine(): Buffer {
    const { day } = this
    if (this.#dayLine?.day !== day)
      this.#dayLine = { day, bytes: Buffer.from(this.note(`It is ${this.#times.date(this.#newest)} now.`)) }
    return this.#dayLine.bytes
  }

  note(text: string): string {
    return this.#print(`* ${text}`)
  }

  notShown(): string {
    return this.#print(`! ${notShownText}`)
  }

  #eventLine(event: ChatEvent): string {
    if (event.type === 'message' || event.type === 'edited') {
      const { message } = event
      const own = event.type === 'message' && (event.own ?? false)
      if (event.type === 'message') this.dayOf(message.at)
      return this.#print(messageLine(message, this.#times.time(message.at), own))
    }
    const colored = event.type === 'mention' ? 'mention' : undefined
    return eventLines(event, this.#times, this.writing.place)
      .map((line) => this.#print(line, colored))
      .join('')
  }

  /** A line on the screen; as several rows if the width is known. */
  #print(line: string, colored?: Colored): string {
    const { color, eol, width } = this.writing
    // A message for plain nc, as most are.
    if (width === 0 && !color && line.startsWith('[') && !/[\n\t]/.test(line)) return withoutGaps(line) + eol
    const rows = /[\n\t]/.test(line) ? this.#rowsAsSaid(line) : this.#rows(line)
    const shown = color ? painted(rows, colored ?? coloredAs(line)) : rows
    return shown.length === 1 ? `${shown[0]}${eol}` : shown.map((row) => row + eol).join('')
  }

  #rows(line: string): string[] {
    const { width } = this.writing
    // Lists have columns, and their texts are already broken into rows.
    if (width === 0) return [line.startsWith('-') ? line : withoutGaps(line)]
    // A line to run stays one: the terminal wraps it, and still copies it as one. tcsh reads on behind no end of a line in quotes,
    // and no shell puts the halves of an address or of a name together.
    return /^[*-] {3}\S/.test(line) ? [line] : rowsOf(line, width)
  }

  /** A message with rows or tabs keeps them, so that code stays readable. */
  #rowsAsSaid(text: string): string[] {
    const { width } = this.writing
    return text.split('\n').flatMap((row) => (width === 0 ? [withShortGaps(row)] : rowsOf(row, width)))
  }
}
