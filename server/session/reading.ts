import { Failure, type Problem } from '../chat/model/failures.ts'
import type { Manner } from '../chat/model/manner.ts'
import { jsonFold, mostBytes, mostRows, tooMuch } from '../chat/model/rows.ts'
import type { Invocation, Step } from '../dialects/dialect.ts'
import { withoutFront } from '../lib/blanks.ts'
import { cleanRows } from '../lib/clean.ts'
import { withoutKeys } from '../lib/keys.ts'
import type { Line, LineError } from '../lib/line.ts'
import type { Connection } from './connection.ts'
import type { Encoding } from './encoding.ts'
import type { Identity } from './identity.ts'
import type { Output } from './output.ts'

/** The other parts of its connection that it works with. */
interface Around {
  readonly connection: Pick<Connection, 'endsAsTelnet'>
  readonly encoding: Pick<Encoding, 'charset'>
  readonly identity: Pick<Identity, 'grant' | 'person'>
  readonly output: Pick<Output, 'begin' | 'dialect'>
}

/** Reads the lines of one connection: commands and words, answers to questions, and rows of a payload. */
export class Reading {
  readonly #limits: { readonly lineBytes: number }
  readonly #around: Around
  /** The first line has come, which may choose the dialect. */
  #begun = false

  /** The limit may change. */
  constructor(limits: { readonly lineBytes: number }, around: Around) {
    this.#limits = limits
    this.#around = around
  }

  /** In bytes. A program that has logged in may say as much in one line of JSON as a person may paste in several. */
  get longestLine(): number {
    const { lineBytes } = this.#limits
    if (!this.#manner.wrapped) return lineBytes
    return jsonFold * (this.#around.identity.person ? Math.max(lineBytes, mostBytes) : lineBytes)
  }

  /** Whether keys edit lines: a person types them, and no program with a token, which may pass on what others have written. */
  get takesKeys(): boolean {
    return this.#manner.typed && this.#around.identity.grant === undefined
  }

  /** A line as its keys have edited it; as it came, if it is a program's. */
  asTyped(line: Line): Line {
    return line.typed && this.takesKeys ? line.typed : line
  }

  /** The steps that a line asks for, in order, or why it cannot be read; none if it asks for nothing. */
  steps(line: Line): readonly Step[] {
    const isFirst = !this.#begun
    this.#begun = true
    if (line.error) return [refusedLine(this.#unreadable(line), line.start)]
    if (isFirst) this.#around.output.begin(line.text)
    const { dialect } = this.#around.output
    const steps = dialect.read(line.text)
    // The line was measured as it came: its text may be longer, for wrapping or in UTF-8.
    return dialect.manner.wrapped || line.isRead ? steps.map((step) => this.#bounded(step)) : steps
  }

  /** The answer that a line is. Throws the Failures of a line that cannot be read. */
  answer(line: Line): string {
    if (line.error) throw new Failure(this.#unreadable(line))
    const answer = this.#around.output.dialect.readAnswer(line.text)
    const problem = tooMuch(answer, this.#limits.lineBytes)
    if (problem) throw new Failure(problem)
    return answer
  }

  /** The row of a payload that a line is, or why it cannot be read. */
  row(line: Line): string | Problem {
    if (line.error) return this.#unreadable(line)
    const row = this.#around.output.dialect.readRow(line.text)
    // The line around the row may be longer than the row may be.
    return tooMuch(row, this.#limits.lineBytes) ?? cleanRows(row, mostRows)
  }

  get #manner(): Manner {
    return this.#around.output.dialect.manner
  }

  /** The line may be long because of its wrapping: its text is limited on its own. */
  #bounded(step: Step): Step {
    if ('answer' in step || step.refused) return step
    const { command = '', text, to = '' } = step
    const { lineBytes } = this.#limits
    const refused = tooMuch(text, lineBytes) ?? tooMuch(`${command}${to}`, lineBytes)
    return refused ? { ...step, refused } : step
  }

  #unreadable({ error, cut }: Extract<Line, { error: LineError }>): Problem {
    if (error === 'bad-encoding') {
      if (!this.#manner.typed) return { code: error }
      const { connection, encoding } = this.#around
      return { code: error, charset: encoding.charset, ...(connection.endsAsTelnet ? { telnet: true } : {}) }
    }
    return { code: error, limit: this.longestLine, ...(cut ? { cut } : {}) }
  }
}

/** A line that cannot be read. If it begins as a command with a payload, the lines after it belong to that. */
function refusedLine(refused: Problem, start: string): Invocation {
  const text = withoutFront(withoutKeys(Buffer.from(start, 'latin1').toString()))
  const [, command = ''] = /^(?:\{.*"line"\s*:\s*")?\s*[/／]([a-z]+)(?![a-z])/i.exec(text) ?? []
  return { command, text: '', refused }
}
