import { Failure, type Problem } from '../chat/model/failures.ts'
import { mostJsonBytes, mostRows, tooMuch } from '../chat/model/rows.ts'
import type { Invocation } from '../dialects/dialect.ts'
import { isCommandLine, withoutFront } from '../lib/blanks.ts'
import { cleanCommand, cleanRows, cleanText, isBlank } from '../lib/clean.ts'
import { withoutKeys } from '../lib/keys.ts'
import type { Line, LineError } from '../lib/line.ts'
import type { Connection } from './connection.ts'
import type { Identity } from './identity.ts'
import type { Output } from './output.ts'

/** What it works with: the other parts of its connection. */
interface Around {
  readonly connection: Pick<Connection, 'endsAsTelnet'>
  readonly identity: Pick<Identity, 'person'>
  readonly output: Pick<Output, 'format' | 'view'>
}

/** What the lines of one connection say: commands and talk, answers to questions, and rows of what is pasted. */
export class Reading {
  readonly #limits: { readonly lineBytes: number }
  readonly #around: Around

  /** The limit may change. */
  constructor(limits: { readonly lineBytes: number }, around: Around) {
    this.#limits = limits
    this.#around = around
  }

  /** In bytes. A program that has logged in may say as much in a line of JSON as is pasted elsewhere. */
  get longestLine(): number {
    const { lineBytes } = this.#limits
    return this.#isForPeople || !this.#around.identity.person ? lineBytes : Math.max(lineBytes, mostJsonBytes)
  }

  /** What a line asks for, or why it cannot be read; undefined if nothing. */
  invocation(line: Line): Invocation | undefined {
    if (line.error) return refusedLine(this.#unreadable(line), line.start)
    const text = this.#clean(line.text)
    if (isBlank(withoutFront(text))) return undefined
    const invocation = this.#around.output.view.read(text)
    if (this.#isForPeople || invocation.refused) return invocation
    // A line of JSON may be longer than what it says.
    const { lineBytes } = this.#limits
    const refused =
      tooMuch(invocation.text, lineBytes) ??
      tooMuch(`${invocation.command ?? ''}${invocation.to ?? ''}${invocation.tag ?? ''}`, lineBytes)
    return refused ? { ...invocation, refused } : invocation
  }

  /** What was typed as an answer. Throws the Failures of a line that cannot be read. */
  answer(line: Line): string {
    if (line.error) throw new Failure(this.#unreadable(line))
    const answer = cleanText(this.#around.output.view.readAnswer(this.#clean(line.text)))
    const problem = tooMuch(answer, this.#limits.lineBytes)
    if (problem) throw new Failure(problem)
    return answer
  }

  /** The row of what is pasted that a line is, or why it cannot be read. */
  row(line: Line): string | Problem {
    if (line.error) return this.#unreadable(line)
    const row = this.#around.output.view.readAnswer(this.#isForPeople ? withoutKeys(line.text) : line.text)
    // A line of JSON may be longer than what it says.
    return tooMuch(row, this.#limits.lineBytes) ?? cleanRows(row, mostRows)
  }

  get #isForPeople(): boolean {
    return this.#around.output.format === 'text'
  }

  #unreadable({ error, cut }: Extract<Line, { error: LineError }>): Problem {
    if (error === 'bad-encoding')
      return {
        code: error,
        ...(this.#around.connection.endsAsTelnet && this.#isForPeople ? { telnet: true } : {}),
      }
    return { code: error, limit: this.longestLine, ...(cut ? { cut } : {}) }
  }

  /** A person has typed it, whose arrows and other keys are no text; what a program sends has none. */
  #clean(line: string): string {
    const text = this.#isForPeople ? withoutKeys(line) : line
    return !this.#isForPeople || isCommandLine(text) ? cleanCommand(text) : cleanText(text)
  }
}

/** A line that cannot be read; if it begins as a command that has a payload, what comes behind it belongs to that. */
function refusedLine(refused: Problem, start: string): Invocation {
  const text = withoutFront(withoutKeys(Buffer.from(start, 'latin1').toString()))
  const [, command = ''] = /^(?:\{.*"line"\s*:\s*")?\s*[/／]([a-z]+)(?![a-z])/i.exec(text) ?? []
  return { command, text: '', refused }
}
