import { setImmediate as nextTurn } from 'node:timers/promises'
import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import { isCancel } from '../lib/blanks.ts'
import type { Line } from '../lib/line.ts'
import { costOfParsing, costOfReading, costs } from './costs.ts'
import type { Input } from './input.ts'

/** What ends one: neither is ever a part of it. */
const end = /^\.\s*$/
/** A line longer than this ends nothing, in any dialect. */
const longestEnd = 200
/** So many rows are read in a turn of the event loop; then others have theirs. */
const rowsInTurn = 8

/**
 * The lines behind a command that belong to it, up to one of a lone dot. They are read to that end whatever is wrong with
 * the command, with one of them or with who sent them: what is pasted is never said as talk, and never run as a command.
 */
export class Payload {
  readonly #input: Input
  readonly #read: (line: Line) => string | Problem
  readonly #pay: (cost: number) => Promise<void>
  #rows = 0
  #begun = false
  #ended: 'dot' | 'cancelled' | 'left' | undefined

  constructor(parts: {
    input: Input
    /** The row that a line is, or why it cannot be read. */
    read: (line: Line) => string | Problem
    /** Waits until that much is allowed, and what was printed is read. */
    pay: (cost: number) => Promise<void>
  }) {
    this.#input = parts.input
    this.#read = parts.read
    this.#pay = parts.pay
  }

  /** Whether the command has asked for it. */
  get begun(): boolean {
    return this.#begun
  }

  /** Whether its end has come. */
  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Lines of it so far, without the one that ends it. */
  get rows(): number {
    return this.#rows
  }

  /** The command asks for it. */
  begin(): void {
    this.#begun = true
  }

  /** What comes from now on is no part of it: whoever types it wants something else. */
  leave(): void {
    this.#ended ??= 'left'
  }

  /** Hands each row to `take`. Rejects with what that throws, and with `cancelled` on /cancel or when the line is lost. */
  async read(take: (row: string) => void | Promise<void>): Promise<void> {
    for (;;) {
      const row = await this.#next(this.#read)
      if (this.#ended === 'cancelled') throw fail({ code: 'cancelled' })
      if (this.ended) return
      if (typeof row === 'string') await take(row)
      else throw new Failure(ofRow(row, this.#rows))
    }
  }

  /**
   * Reads what is left of it, which goes nowhere. Resolves too when nothing can come any more. Calls `whenIdle` once, when
   * nothing more has come for now.
   */
  async readAway(whenIdle?: () => void): Promise<void> {
    let tell = whenIdle
    while (!this.ended) {
      if (this.#input.length === 0 && !this.#input.ended) {
        tell?.()
        tell = undefined
      }
      try {
        await this.#next((line) => ((line.text?.length ?? 0) > longestEnd ? '' : this.#read(line)))
      } catch {
        // Who is nobody any more goes on pasting.
        if (this.#input.ended) this.leave()
      }
    }
  }

  async #next(read: (line: Line) => string | Problem): Promise<string | Problem> {
    const line = await this.#input.next()
    const row = read(line)
    if (typeof row === 'string') {
      if (end.test(row)) this.#ended ??= 'dot'
      if (isCancel(row)) this.#ended ??= 'cancelled'
    }
    if (!this.ended) this.#rows++
    const { text = '' } = line
    // A long row takes its time even where nothing in it has to be cleaned.
    await this.#pay(costs.trifle + Math.max(costOfReading(text, 0), costOfParsing(text)))
    if (this.#rows % rowsInTurn === 0) await nextTurn()
    return row
  }
}

function ofRow(problem: Problem, row: number): Problem {
  return problem.code === 'line-too-long' || problem.code === 'bad-encoding' ? { ...problem, row } : problem
}
