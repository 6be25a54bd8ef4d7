import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Question } from '../commands/terminal.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { isCancel } from '../lib/blanks.ts'
import { cleanText, isBlank } from '../lib/clean.ts'
import { withoutKeys } from '../lib/keys.ts'
import type { Line } from '../lib/line.ts'
import type { Concealment } from './concealment.ts'
import { costs } from './costs.ts'
import type { Editing } from './editing.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'

/** How many invalid answers end a question, unless the question says otherwise. */
const usualTries = 3

/** The questions that commands ask the person at one connection: the next lines are the answers. */
export class Questions {
  readonly #input: Input
  readonly #concealment: Concealment
  readonly #editing: Pick<Editing, 'ask' | 'isOn'>
  readonly #output: Output
  readonly #read: (line: Line) => string
  readonly #pay: (cost: number) => Promise<void>
  readonly #mistaken: (problem: Problem) => void
  readonly #gave: (secret: string) => void
  readonly #isCommand: (answer: string) => boolean
  #conceals = false

  constructor(parts: {
    input: Input
    concealment: Concealment
    /** It shows the question in the row, where there is one. */
    editing: Pick<Editing, 'ask' | 'isOn'>
    output: Output
    /** The answer that a line is. Throws the Failures of a line that cannot be read. */
    read: (line: Line) => string
    /** Waits until the allowance permits the cost, and the reader has caught up. */
    pay: (cost: number) => Promise<void>
    /** Told of each invalid answer. */
    mistaken: (problem: Problem) => void
    /** Told of each hidden answer. */
    gave: (secret: string) => void
    /** Whether the answer is a command: it ends the question, and runs. */
    isCommand: (answer: string) => boolean
  }) {
    this.#input = parts.input
    this.#concealment = parts.concealment
    this.#editing = parts.editing
    this.#output = parts.output
    this.#read = parts.read
    this.#pay = parts.pay
    this.#mistaken = parts.mistaken
    this.#gave = parts.gave
    this.#isCommand = parts.isCommand
  }

  /** See Terminal. */
  async ask<T>(
    text: string,
    { secret = false, explain, tries = usualTries, takesCommands, mayBeEmpty = false, check }: Question<T>,
  ): Promise<T> {
    if (explain !== undefined && this.#isForPeople) this.#output.note(explain)
    for (let attempt = 1; ; attempt++) {
      try {
        const how = { secret, mayBeEmpty, takesCommands: secret || takesCommands === true }
        let answer = await this.#answerTo(text, how)
        // An empty line is no answer: the person may have pressed Enter twice.
        while (answer === undefined) answer = await this.#answerTo(text, how)
        if (isCancel(answer)) throw fail({ code: 'cancelled' })
        return await check(answer)
      } catch (error) {
        if (error instanceof Failure) await this.#pay(costs.line)
        if (!(error instanceof Failure) || error.problem.code === 'cancelled' || !this.#isForPeople)
          throw error
        this.#mistaken(error.problem)
        this.#output.print(this.#dialect.failure({ command: 'answer' }, error.problem))
        if (attempt === tries) throw fail({ code: 'cancelled', mistakes: tries })
      }
    }
  }

  /** The command that asked is done: typing is visible again. */
  commandDone(): void {
    this.#concealment.end()
  }

  /** Whether the terminal hides its text until the answer comes. */
  get conceals(): boolean {
    return this.#conceals
  }

  get #dialect(): Dialect {
    return this.#output.dialect
  }

  get #isForPeople(): boolean {
    return this.#output.dialect.manner.typed
  }

  /** Returns undefined for an empty line that is no answer. */
  async #answerTo(
    text: string,
    {
      mayBeEmpty,
      secret,
      takesCommands,
    }: { readonly secret: boolean; readonly mayBeEmpty: boolean; readonly takesCommands: boolean },
  ): Promise<string | undefined> {
    // An answer that was sent ahead is not being typed: there is nothing to hide.
    const ahead = this.#input.length > 0
    const typed = !ahead && this.#isForPeople
    const hiding = secret && typed && !this.#editing.isOn ? await this.#concealment.begin() : undefined
    if (!secret) this.#concealment.end()
    if (hiding?.visible) this.#output.note('Your client will show what you type now.')
    const question = this.#dialect.prompt(text, secret)
    const after = hiding?.after ?? ''
    const isInRow = typed && this.#editing.ask(question, { isHidden: secret })
    if (!isInRow) {
      this.#output.print(
        question + (hiding?.before ?? '') + (ahead && this.#isForPeople ? this.#dialect.writing.eol : ''),
      )
      if (typed) this.#output.openLine(after.endsWith('\n') ? after : after + this.#dialect.writing.eol)
    }
    this.#conceals = hiding !== undefined && hiding.before !== ''
    // Nothing can get into what is typed: what happens meanwhile is shown above it.
    const goOn = isInRow ? this.#output.rest() : undefined
    const line = await this.#next(!mayBeEmpty && !typed)
    goOn?.()
    this.#conceals = false
    this.#output.lineEnded()
    // In the row of the editor, Enter has ended the line.
    if (!this.#editing.isOn) this.#output.print(after)
    await this.#pay(costs.trifle)
    if (!mayBeEmpty && isEmpty(line)) return undefined
    const answer = this.#read(line)
    if (secret) this.#gave(answer)
    if (!takesCommands && this.#isForPeople && !isCancel(answer) && this.#isCommand(answer)) {
      // The person wants the command, and not to answer.
      this.#input.putBack(line)
      throw fail({ code: 'cancelled' })
    }
    return answer
  }

  /** The next line; `pastEmpty`: empty ones are left out, because the question is not shown again for each. */
  async #next(pastEmpty: boolean): Promise<Line> {
    try {
      for (;;) {
        const line = await this.#input.next()
        if (!pastEmpty || !isEmpty(line)) return line
        await this.#pay(costs.trifle)
      }
    } catch (error) {
      this.#conceals = false
      this.#output.endLine()
      throw error
    }
  }
}

function isEmpty({ text }: Line): boolean {
  return text !== undefined && isBlank(cleanText(withoutKeys(text)))
}
