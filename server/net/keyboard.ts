import { mostBytes, mostRows } from '../chat/model/rows.ts'
import { Editor } from '../editor/editor.ts'
import type { EditorLimits, EditorOwner } from '../editor/owner.ts'
import { clearRow } from '../editor/screen.ts'
import type { SharedRows } from '../editor/shared-rows.ts'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import { ring } from '../session/bell.ts'
import type { EditingHandler } from '../session/connection.ts'
import { KeyToll, weightOf } from './key-toll.ts'
import type { LineEnds } from './line-ends.ts'
import { isTelnet } from './telnet-codes.ts'

/** The connection whose keys they are. */
export interface KeyboardOwner {
  readonly clock: Clock
  readonly receiver: {
    readonly longestLine: number
    readonly editing: EditingHandler
    interrupt(): void
    windowFound(columns: number | undefined): void
  }
  takeLine(line: Line): void
  /** Takes keys that the editor has not done. */
  takeKeys(chunk: Buffer): void
}

const lf = 0x0a
const cr = 0x0d
/** The cursor goes to the beginning of an empty row, whatever stood there. */
const freshRow = Buffer.from(clearRow)

/**
 * The keys and the screen of a connection whose line the server edits: keys go into the editor, and what is printed goes
 * above its row. It lasts from the moment at which the client begins to send keys until it stops.
 */
export class Keyboard implements EditorOwner {
  readonly #owner: KeyboardOwner
  readonly #editor: Editor
  readonly #toll: KeyToll
  /** What is to be written at the end of this turn, in order. */
  #written: Buffer[] = []
  #prompt = ''
  /** The row is drawn at the end of this turn anyway. */
  #isDue = false
  /** Keys that have come while no line may be handed over. */
  #waiting: Buffer[] = []
  #paused: boolean
  #isTyping = false
  #hasEnded = false

  /** `columns` is 0 where the terminal has not told its width. */
  constructor(owner: KeyboardOwner, columns: number, paused: boolean) {
    this.#owner = owner
    this.#paused = paused
    this.#toll = new KeyToll(owner.clock)
    this.#written.push(freshRow)
    this.#editor = new Editor(this, columns)
    this.#editor.begin()
  }

  /** The editor, for questions, the width, and another person. */
  get editor(): Pick<Editor, 'ask' | 'endQuestion' | 'forget' | 'width'> {
    return this.#editor
  }

  // What comes

  get paused(): boolean {
    return this.#paused
  }

  /** As how many keys a key counts now: it takes the longer, the longer the line is. */
  get weight(): number {
    return weightOf(this.#editor.length)
  }

  /** Takes keys; the chunk may be used again when this returns. */
  push(chunk: Buffer): void {
    this.#toll.count(chunk, this.#editor.length)
    if (this.#paused || this.#isTyping || this.#waiting.length > 0) this.#waiting.push(Buffer.from(chunk))
    else this.#type(chunk)
  }

  /** The cost of what has come since the last call, beyond what a person types. */
  takeCost(): number {
    return this.#toll.take()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    while (!this.#isTyping && !this.#paused) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#type(next)
    }
  }

  waitingEnds(ends: LineEnds): number {
    return this.#waiting.reduce((sum, bytes) => sum + ends.countIn(bytes), 0)
  }

  /** Drops the keys that wait. */
  drop(): void {
    this.#waiting = []
  }

  /** Hands over at most up to the key after which no line may come; the rest waits. */
  #type(chunk: Buffer): void {
    this.#isTyping = true
    let at = 0
    try {
      while (at < chunk.length && !this.#paused && !this.#hasEnded) at += this.#editor.push(chunk, at)
    } finally {
      this.#isTyping = false
    }
    const rest = Buffer.from(chunk.subarray(at))
    if (rest.length === 0) return
    // The line that was entered may have turned the editor off.
    if (this.#hasEnded) this.#owner.takeKeys(rest)
    else this.#waiting.unshift(rest)
  }

  // What goes

  /**
   * What is to be written for these bytes of the session: its text above the row, telnet in its order. `draws`: the row is
   * drawn again below; otherwise it follows with the next bytes.
   */
  frame(chunks: readonly Buffer[], draws: boolean): readonly Buffer[] {
    this.#isDue = true
    const framed = draws && this.#written.length === 0 ? this.#framed(chunks) : undefined
    if (framed) {
      this.#isDue = false
      return [framed]
    }
    for (const chunk of chunks) {
      if (isTelnet(chunk) || chunk.equals(ring)) this.#written.push(chunk)
      else this.#editor.printAbove(wholeRows(chunk))
    }
    if (draws && !this.#hasEnded) this.#draw()
    this.#isDue = false
    return this.#take()
  }

  /** The usual case: one message above a row in which nothing is typed. */
  #framed(chunks: readonly Buffer[]): Buffer | undefined {
    const [chunk] = chunks
    if (chunk === undefined || chunks.length > 1 || !isRows(chunk) || isTelnet(chunk)) return undefined
    this.#takePrompt()
    return this.#editor.framed(chunk)
  }

  #draw(): void {
    this.#takePrompt()
    this.#editor.update()
  }

  #takePrompt(): void {
    const { prompt } = this.#owner.receiver.editing
    if (prompt !== this.#prompt) {
      this.#prompt = prompt
      this.#editor.prompt = prompt
    }
  }

  /** No further key counts, and the row is not drawn again: what is printed now is the last before `end`. */
  finish(): void {
    this.#isDue = true
    this.#editor.leaveBegun()
    this.#hasEnded = true
  }

  /** Hands the terminal back. Answers what is to be written for that, and keys that were not done. */
  end(): { readonly written: readonly Buffer[]; readonly keys: readonly Buffer[] } {
    this.#isDue = true
    this.#editor.end()
    const keys = this.#waiting
    this.#waiting = []
    return { written: this.#take(), keys }
  }

  #take(): readonly Buffer[] {
    const written = this.#written
    this.#written = []
    return written
  }

  // What the editor tells and asks (EditorOwner)

  get clock(): Clock {
    return this.#owner.clock
  }

  get rows(): SharedRows {
    return this.#owner.receiver.editing.rows
  }

  /** The editor keeps it: the settings behind it may change. */
  get limits(): EditorLimits {
    const { receiver } = this.#owner
    return {
      get lineBytes() {
        return receiver.longestLine
      },
      pasteRows: mostRows,
      pasteBytes: mostBytes,
    }
  }

  write(bytes: Buffer): void {
    this.#written.push(bytes)
  }

  changed(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#owner.receiver.editing.redraw()
  }

  takeLine(line: Line): void {
    // Enter of a terminal that sends each key.
    this.#owner.takeLine({ ...line, inCr: true })
  }

  interrupt(): void {
    this.#owner.receiver.interrupt()
  }

  leave(): void {
    this.#owner.receiver.editing.leave()
  }

  widthFound(columns: number): void {
    this.#owner.receiver.windowFound(columns)
  }

  complete(line: string, cursor: number): ReturnType<EditingHandler['complete']> {
    this.#toll.countSearch()
    return this.#owner.receiver.editing.complete(line, cursor)
  }

  isSecret(line: string): boolean {
    return this.#owner.receiver.editing.isSecret(line)
  }

  lineFull(): void {
    this.#owner.receiver.editing.lineFull()
  }

  refusePaste(why: Parameters<EditingHandler['refusePaste']>[0]): void {
    this.#owner.receiver.editing.refusePaste(why)
  }
}

/** The same text in rows that end in CR LF: what was held since before the terminal was taken over has others. */
function wholeRows(text: Buffer): Buffer {
  if (isRows(text)) return text
  return Buffer.from(`${text.toString().replace(/\r?\n$/, '')}\n`.replace(/\r?\n/g, '\r\n'))
}

function isRows(text: Buffer): boolean {
  const { length } = text
  return text[length - 1] === lf && text[length - 2] === cr
}
