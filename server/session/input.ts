import { type Failure, fail } from '../chat/model/failures.ts'
import { isCancel, isCommandLine } from '../lib/blanks.ts'
import type { Line } from '../lib/line.ts'
import type { Connection } from './connection.ts'

/**
 * The lines of one connection, waiting for their turn: for the command that runs, or as the answers to
 * its questions. Where so many wait that reading should pause, the connection does.
 */
export class Input {
  readonly #connection: Pick<Connection, 'pause' | 'resume' | 'waitingLines'>
  #lines: Line[] = []
  /** Characters of the lines that wait. */
  #size = 0
  #waiting: { resolve: (line: Line) => void; reject: (error: Error) => void } | undefined
  /** Why no line will come any more. */
  #end: (() => Error) | undefined
  #stopped = false
  #full = false

  constructor(connection: Pick<Connection, 'pause' | 'resume' | 'waitingLines'>) {
    this.#connection = connection
  }

  get ended(): boolean {
    return this.#end !== undefined
  }

  get length(): number {
    return this.#lines.length
  }

  /** How many lines have come and are not done, those too that are not handed over yet. */
  get waiting(): number {
    return this.#lines.length + this.#connection.waitingLines
  }

  /** Whether somebody has been asked, and has not answered yet. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined
  }

  add(line: Line): void {
    const waiting = this.#waiting
    if (waiting) {
      this.#waiting = undefined
      waiting.resolve(line)
      return
    }
    this.#lines.push(line)
    this.#size += sizeOf(line)
    if (!this.#full && (this.#lines.length >= highWater || this.#size >= mostSize)) this.#press(true)
  }

  /** The next line, if there is one already. */
  take(): Line | undefined {
    const line = this.#lines.shift()
    if (line) this.#size -= sizeOf(line)
    if (this.#full && this.#lines.length <= lowWater && this.#size < mostSize) this.#press(false)
    return line
  }

  /** Has a line that was taken wait as the next one again. */
  putBack(line: Line): void {
    this.#lines.unshift(line)
    this.#size += sizeOf(line)
  }

  /** The next line, also one that is still to come. Rejects with `error` that `interrupt` or `end` makes. */
  next(): Promise<Line> {
    const line = this.take()
    if (line) return Promise.resolve(line)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      if (this.#end) this.interrupt(this.#end)
    })
  }

  /**
   * Gives up the question that is being asked, if there is one; true if there was. `why` is asked for the error only
   * then: making one takes its time, and whoever presses Ctrl-C a million times must not have it.
   */
  interrupt(why: () => Error): boolean {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(why())
    return waiting !== undefined
  }

  /** No more lines will come; those that are there still count. */
  end(why: () => Error): void {
    this.#end = why
    this.interrupt(why)
  }

  /**
   * Takes the talk that waits in front of a /cancel, and that with it. Answers how many lines it was, undefined if there is
   * no such /cancel.
   */
  takeCancelled(): number | undefined {
    const at = this.#lines.findIndex(({ text }) => text !== undefined && isCommandLine(text))
    if (!isCancel(this.#lines[at]?.text ?? '')) return undefined
    for (let count = 0; count <= at; count++) this.take()
    return at
  }

  /** Forgets what waits; answers how many lines it was. */
  clear(): number {
    const count = this.#lines.length
    this.#lines = []
    this.#size = 0
    if (this.#full) this.#press(false)
    return count
  }

  /** No line is wanted any more: forgets what waits, and asks for no more, which would only be thrown away. */
  stop(): void {
    this.#stopped = true
    this.clear()
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
/** Characters: as many as that many lines have that are no longer than usual. */
const mostSize = highWater * 4096

/** Why nobody answers a question any more. */
export function cancelled(): Failure {
  return fail({ code: 'cancelled' })
}

function sizeOf(line: Line): number {
  return line.text?.length ?? 0
}
