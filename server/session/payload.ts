import { setImmediate as nextTurn } from 'node:timers/promises'
import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Asked } from '../dialects/dialect.ts'
import { isCancel } from '../lib/blanks.ts'
import type { Line } from '../lib/line.ts'
import { costOfParsing, costOfReading, costs } from './costs.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'
import type { Reading } from './reading.ts'
import type { Toll } from './toll.ts'

/** The line that ends a payload; it is no part of it. */
const end = /^\.\s*$/
/** A line longer than this (in characters) never ends a payload, in any dialect. */
const longestEnd = 200
/** How many rows are read in one turn of the event loop, before other connections have their turn. */
const rowsInTurn = 8

/** Failures whose texts say that nothing was said or sent. */
const tellsOfIt: ReadonlySet<string> = new Set(['bad-arguments', 'cancelled', 'no-target', 'not-said'])

/** The parts of its connection that it works with. */
interface Around {
  readonly input: Input
  readonly output: Pick<Output, 'dialect' | 'print'>
  readonly reading: Pick<Reading, 'row'>
  readonly toll: Pick<Toll, 'charge'>
}

/**
 * The lines that follow a command and belong to it, up to a lone dot. All of them are read, even if the command or one of the
 * lines is wrong, or the person may not use it: pasted lines are never said as talk, and never run as commands.
 */
export class Payload {
  readonly #around: Around
  #rows = 0
  #begun = false
  #ended: 'dot' | 'cancelled' | 'left' | undefined

  constructor(around: Around) {
    this.#around = around
  }

  /** Whether its end has come. */
  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Whether a command reads it, and its end has not come. */
  get isRead(): boolean {
    return this.#begun && !this.ended
  }

  /** The command asks for its lines: tells the person what is wanted. */
  begin(text: string): void {
    this.#begun = true
    const { output } = this.#around
    const { dialect } = output
    output.print(dialect.manner.forPeople ? dialect.note(text) : dialect.prompt(text, false))
  }

  /** The lines that come from now on do not belong to the command: the person has pressed Ctrl-C, for example. */
  leave(): void {
    this.#ended ??= 'left'
  }

  /** Hands each row to `take`. Rejects with the errors of `take`, and with `cancelled` on /cancel or when the connection is lost. */
  async read(take: (row: string) => void | Promise<void>): Promise<void> {
    for (;;) {
      const row = await this.#next((line) => this.#around.reading.row(line))
      if (this.#ended === 'cancelled') throw fail({ code: 'cancelled' })
      if (this.ended) return
      if (typeof row === 'string') await take(row)
      else throw new Failure(ofRow(row, this.#rows))
    }
  }

  /**
   * Reads and drops the rest of the lines of a command that did not work, and returns a note about them; none where all had come,
   * and the text of the problem tells of them. As soon as no line
   * is waiting, a person is told why the lines go nowhere, and how to end the payload.
   */
  async endBehind(problem: Problem, asked: Asked): Promise<{ told: boolean; note: string } | undefined> {
    const isPerson = this.#around.output.dialect.manner.forPeople
    if (this.ended) {
      const isUntold = this.#ended === 'dot' && this.#rows > 0 && !tellsOfIt.has(problem.code)
      return isUntold && isPerson ? { told: false, note: this.#goneText } : undefined
    }
    const where = 'The lines that you paste now are ignored, until a line with a single dot, or /cancel.'
    const { output } = this.#around
    let told = false
    const tell = () => {
      told = true
      output.print(output.dialect.failure(asked, problem) + output.dialect.note(where))
    }
    try {
      if (!isPerson && !this.#begun) output.print(output.dialect.prompt(where, false))
    } finally {
      await this.readAway(isPerson ? tell : undefined)
    }
    if (!isPerson) return undefined
    return { told, note: told || this.#rows > 0 ? this.#goneText : '' }
  }

  /** What happened to the lines. */
  get #goneText(): string {
    const lines = this.#rows === 1 ? 'The line' : `All ${this.#rows} lines`
    return this.#around.output.dialect.note(
      this.#rows === 0 ? 'That is over.' : `${lines} that you pasted went nowhere.`,
    )
  }

  /**
   * Reads and drops the rest of the lines. Resolves at the end of the payload, or when no line can come any more. Calls
   * `whenIdle` once, when no line is waiting.
   */
  async readAway(whenIdle?: () => void): Promise<void> {
    let tell = whenIdle
    while (!this.ended) {
      if (this.#around.input.length === 0 && !this.#around.input.ended) {
        tell?.()
        tell = undefined
      }
      try {
        await this.#next((line) =>
          (line.text?.length ?? 0) > longestEnd ? '' : this.#around.reading.row(line),
        )
      } catch {
        // The person may be logged out meanwhile; their terminal goes on pasting.
        if (this.#around.input.ended) this.leave()
      }
    }
  }

  async #next(read: (line: Line) => string | Problem): Promise<string | Problem> {
    const line = await this.#around.input.next()
    const row = read(line)
    if (typeof row === 'string') {
      if (end.test(row)) this.#ended ??= 'dot'
      if (isCancel(row)) this.#ended ??= 'cancelled'
    }
    if (!this.ended) this.#rows++
    const { text = '' } = line
    // A long row costs processor time even if nothing in it has to be cleaned.
    await this.#around.toll.charge(costs.trifle + Math.max(costOfReading(text, 0), costOfParsing(text)))
    if (this.#rows % rowsInTurn === 0) await nextTurn()
    return row
  }
}

function ofRow(problem: Problem, row: number): Problem {
  return problem.code === 'line-too-long' || problem.code === 'bad-encoding' ? { ...problem, row } : problem
}
