import { type Failure, fail } from '../chat/model/failures.ts'
import { isCancel, isCommandLine } from '../lib/blanks.ts'
import type { Line } from '../lib/line.ts'
import type { Connection } from './connection.ts'
import type { Encoding } from './encoding.ts'
import type { Reading } from './reading.ts'

/** Of the connections for which no line waits: it never changes. */
const none: Line[] = []

/** The other parts of its connection that read its lines. */
interface Readers {
  readonly encoding: Pick<Encoding, 'read'>
  readonly reading: Pick<Reading, 'asTyped'>
}

/**
 * The lines of one connection that wait for their turn, to be done or to be the answers to a question. If too many wait, the
 * connection stops reading until most of them are done.
 */
export class Input {
  readonly #connection: Pick<Connection, 'pause' | 'resume' | 'waitingLines'>
  readonly #readers: Readers | undefined
  #lines = none
  /** Characters of the lines that wait. */
  #size = 0
  #waiting: { resolve: (line: Line) => void; reject: (error: Error) => void } | undefined
  /** Why no line will come any more. */
  #end: (() => Error) | undefined
  #stopped = false
  #full = false

  /** `readers` read a line as its keys have edited it and in its character set: known only when it is its turn. */
  constructor(connection: Pick<Connection, 'pause' | 'resume' | 'waitingLines'>, readers?: Readers) {
    this.#connection = connection
    this.#readers = readers
  }

  get ended(): boolean {
    return this.#end !== undefined
  }

  get length(): number {
    return this.#lines.length
  }

  /** How many lines have come and are not done, including those that the connection has not handed over yet. */
  get waiting(): number {
    return this.#lines.length + this.#connection.waitingLines
  }

  /** Whether a question waits for its answer. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined
  }

  add(line: Line): void {
    const waiting = this.#waiting
    if (waiting) {
      this.#waiting = undefined
      waiting.resolve(this.#asTyped(line))
      return
    }
    if (this.#lines.length === 0) this.#lines = [line]
    else this.#lines.push(line)
    this.#size += sizeOf(line)
    if (!this.#full && (this.#lines.length >= highWater || this.#size >= mostSize)) this.#press(true)
  }

  /** The next line, if there is one already. */
  take(): Line | undefined {
    const isLast = this.#lines.length === 1
    const line = isLast ? this.#lines[0] : this.#lines.shift()
    if (isLast) this.#lines = none
    if (line) this.#size -= sizeOf(line)
    if (this.#full && this.#lines.length <= lowWater && this.#size < mostSize) this.#press(false)
    return line && this.#asTyped(line)
  }

  /** Has a line that was taken wait as the next one again. */
  putBack(line: Line): void {
    this.#lines = [line, ...this.#lines]
    this.#size += sizeOf(line)
  }

  /** The next line, even if it has not come yet. Rejects with the error of `interrupt` or `end`. */
  next(): Promise<Line> {
    const line = this.take()
    if (line) return Promise.resolve(line)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (this.#end) this.interrupt(this.#end)
    })
  }

  /**
   * Ends the question that waits for an answer; returns whether there was one. The error is made only then: it costs time,
   * and pressing Ctrl-C a million times must cost nothing.
   */
  interrupt(why: () => Error): boolean {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(why())
    return waiting !== undefined
  }

  /** No more lines will come; those that wait are still done. */
  end(why: () => Error): void {
    this.#end = why
    this.interrupt(why)
  }

  /**
   * Drops the waiting lines up to a /cancel, if all of them are plain words. Returns how many lines stood before the /cancel;
   * undefined if there is none.
   */
  takeCancelled(): number | undefined {
    const at = this.#lines.findIndex((line) => isCommandLine(this.#asTyped(line).text ?? ''))
    const found = this.#lines[at]
    if (!found || !isCancel(this.#asTyped(found).text ?? '')) return undefined
    for (let count = 0; count <= at; count++) this.take()
    return at
  }

  /** Drops the waiting lines; returns how many there were. */
  clear(): number {
    const count = this.#lines.length
    this.#lines = none
    this.#size = 0
    if (this.#full) this.#press(false)
    return count
  }

  /** No line is wanted any more: drops the waiting lines, and never resumes reading. */
  stop(): void {
    this.#stopped = true
    this.clear()
  }

  #asTyped(line: Line): Line {
    return this.#readers ? this.#readers.encoding.read(this.#readers.reading.asTyped(line)) : line
  }

  #press(full: boolean): void {
    this.#full = full
    if (this.#stopped && !full) return
    if (full) this.#connection.pause()
    else this.#connection.resume()
  }
}

const highWater = 64
const lowWater = 16
/** In characters: the size of so many lines of usual length. */
const mostSize = highWater * 4096

/** The failure of a question that nobody will answer. */
export function cancelled(): Failure {
  return fail({ code: 'cancelled' })
}

function sizeOf(line: Line): number {
  return lengthOf(line) + (line.typed ? lengthOf(line.typed) : 0)
}

function lengthOf(line: Line): number {
  return (line.keyed?.length ?? 0) + (line.error ? (line.bytes?.length ?? 0) : line.text.length)
}
