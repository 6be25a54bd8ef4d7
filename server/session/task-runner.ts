import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Context } from '../commands/command.ts'
import type { Question } from '../commands/terminal.ts'
import type { Asked } from '../dialects/dialect.ts'
import { withoutFront } from '../lib/blanks.ts'
import type { Aim } from './aim.ts'
import { Concealment } from './concealment.ts'
import type { Connection } from './connection.ts'
import { problemOf, type Task } from './dispatch.ts'
import type { Editing } from './editing.ts'
import { explained, withWaysIn } from './explained.ts'
import type { Identity } from './identity.ts'
import type { Input } from './input.ts'
import type { Journal } from './journal.ts'
import { LateAnswers } from './late-answers.ts'
import type { LoginDeadline } from './login-deadline.ts'
import type { Output } from './output.ts'
import { Payload } from './payload.ts'
import { Questions } from './questions.ts'
import type { Reading } from './reading.ts'
import { type AllRests, Rests } from './rests.ts'
import type { Toll } from './toll.ts'

/** What the task runners of all connections share. */
interface TaskParts {
  readonly accounts: WaysIn
  readonly terminal: { readonly concealPasswords: boolean }
  readonly rests: AllRests
}

/** The other parts of its connection that it works with. */
interface Around {
  readonly aim: Aim
  readonly connection: Connection
  readonly context: Context
  readonly deadline: Pick<LoginDeadline, 'noteAnswer'>
  readonly editing: Pick<Editing, 'ask' | 'commandDone' | 'isOn'>
  readonly identity: Identity
  readonly input: Input
  readonly journal: Journal
  readonly output: Output
  readonly reading: Reading
  readonly toll: Toll
}

/** The line to which answers belong that come before a command is done. */
const within = { command: 'menu', partial: true } as const

/** Stands before each row of a pasted text. */
const rowsPrompt = '| '

/** Does the task of a line and prints its answer; it asks the questions of the task and reads its payload. */
export class TaskRunner {
  readonly #parts: TaskParts
  readonly #around: Around
  /** Made when there may be some: most connections never have any. */
  #lateAnswers: LateAnswers | undefined
  /** Made when something is asked: most connections never are. */
  #questions: Questions | undefined
  /** Made when an answer does not fit into its line: most connections get none. */
  #rests: Rests | undefined
  /** The lines that belong to the command that runs, if it has any. */
  #payload: Payload | undefined
  /** What runs, or ran last. */
  #command = ''
  /** Its answer stands where the first of what it does is told. */
  #isToPlace = false

  constructor(parts: TaskParts, around: Around) {
    this.#parts = parts
    this.#around = around
  }

  /** Whether the terminal hides its text until an answer comes. */
  get conceals(): boolean {
    return this.#questions?.conceals === true
  }

  /** Runs the task to its end. An error of the task is its result. Not async: this is done for every line. */
  run(task: Task): Promise<void> {
    const { journal, output } = this.#around
    if (!task.quick) {
      output.settle()
      output.busy = true
    }
    if (!task.refused) journal.begun(task.counted)
    if (task.payload) this.#payload = new Payload(this.#around)
    this.#command = task.counted
    // Words at a terminal have no answer, if all is well.
    this.#isToPlace = !task.quick || !this.#isTyped
    return replyOf(task).then(
      (reply) => this.#succeed(task, reply),
      (error: unknown) => this.#fail(task, error),
    )
  }

  #succeed(task: Task, reply: Reply): void | Promise<void> {
    if (this.#payload && !this.#payload.ended) return this.#readAway(task, reply)
    let answer: string
    try {
      answer = this.#replied(task, reply)
    } catch (error) {
      return this.#fail(task, error)
    }
    this.#end(answer)
  }

  /** The text was said before by the same key: the command did not read its rows, and they are no talk. */
  async #readAway(task: Task, reply: Reply): Promise<void> {
    try {
      await this.#payload?.readAway()
    } catch (error) {
      return this.#fail(task, error)
    }
    return this.#succeed(task, reply)
  }

  async #fail(task: Task, error: unknown): Promise<void> {
    let answer = ''
    try {
      answer = await this.#failed(task, error)
    } finally {
      this.#payload = undefined
    }
    this.#end(answer)
  }

  #end(answer: string): void {
    const { deadline, editing, identity, output, toll } = this.#around
    this.#payload = undefined
    this.#isToPlace = false
    toll.commandDone()
    this.#questions?.commandDone()
    editing.commandDone()
    output.print(answer)
    output.busy = false
    identity.commandDone()
    deadline.noteAnswer()
    if (!output.hold) output.release()
  }

  /** Takes note of the reply, and writes it. */
  #replied(task: Task, reply: Reply): string {
    const { aim, identity, journal } = this.#around
    // The command has its password: no late answer is expected.
    if (task.secret) this.#lateAnswers?.done()
    if (reply.code === 'said') {
      aim.said(reply.id)
      identity.noteSaid(reply.id)
    }
    if (reply.code === 'message-deleted') {
      aim.takenBack(reply.message.id)
      this.#rests?.forget(reply.message.id)
    }
    journal.replied(reply)
    if (reply.code === 'chat-waiting') aim.miss('waiting', reply.with)
    // Only now: the command may have changed the dialect.
    return this.#written(task.asked, reply)
  }

  async #failed(task: Task, error: unknown): Promise<string> {
    const { aim, identity, output } = this.#around
    const problem = this.#problem(error, task.asked)
    if (this.#mayHavePayload(problem)) this.#payload = new Payload(this.#around)
    const after = await this.#payload?.endBehind(problem, task.asked)
    const answer = after?.told ? '' : output.dialect.failure(task.asked, this.#endOfQuestion(problem, task))
    // The password for which it would have asked may already be on its way.
    if (task.secret && this.#isTyped && problem.code !== 'cancelled') this.#madeLateAnswers.expect()
    if (task.moves && !staysThere(problem))
      aim.miss('missed', `/${task.asked.command}`, identity.grant !== undefined)
    return answer + (after?.note ?? '')
  }

  /** See Listener. */
  acted(): void {
    if (!this.#isToPlace) return
    this.#isToPlace = false
    this.#around.output.acted()
  }

  /** See Terminal. */
  checkNoAnswer(text: string): void {
    if (!this.#isTyped) return
    const target = this.#around.aim.name
    const why = this.#lateAnswers?.why(text)
    if (why === undefined || target === undefined) return
    throw fail({ code: 'not-said', target, ...(why === 'password' ? { own: true } : {}) })
  }

  /** See Terminal. */
  ask<T>(text: string, question: Question<T>): Promise<T> {
    this.#questions ??= this.#makeQuestions()
    return this.#questions.ask(text, question)
  }

  /** See Terminal. */
  async readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void> {
    const payload = this.#payload
    if (!payload) throw new Error('Only a command that has a payload reads one.')
    payload.begin(text)
    this.#around.editing.ask(rowsPrompt, { isRepeated: true })
    await payload.read(take)
  }

  /** See Terminal. */
  async withPayload<T>(run: () => T | Promise<T>): Promise<T> {
    const { input, output } = this.#around
    const payload = new Payload(this.#around)
    this.#payload = payload
    try {
      return await run()
    } catch (error) {
      const after = await payload.endBehind(this.#problem(error, within), within)
      output.print(after?.note ?? '')
      // More of a pasted text may follow a /cancel in it.
      if (error instanceof Failure && error.problem.code === 'cancelled') input.clear()
      throw error
    } finally {
      this.#payload = undefined
    }
  }

  /** See Terminal. */
  pay(cost: number): Promise<void> {
    return this.#around.toll.pay(cost, this.#payload ? 'payload' : 'command')
  }

  /** See Terminal. */
  show(reply: Reply): void {
    const { output } = this.#around
    output.release()
    output.print(this.#written(within, reply))
  }

  /** See Terminal. */
  rest(number: number): Reply {
    this.#rests ??= new Rests(this.#parts.rests)
    return this.#rests.part(number, this.#around.identity.person)
  }

  /** What did not fit into answers; undefined if nothing ever was too long. */
  get rests(): Rests | undefined {
    return this.#rests
  }

  #written(asked: Asked, reply: Reply): string {
    return this.#around.output.dialect.reply(asked, reply, (parts) => {
      this.#rests ??= new Rests(this.#parts.rests)
      return this.#rests.keep(parts, this.#around.identity.person)
    })
  }

  /** See Terminal. */
  showFailure(problem: Problem): void {
    const { output } = this.#around
    output.print(output.dialect.failure(within, this.#explained(problem, within)))
  }

  /** Whether the command that runs reads its rows. */
  get readsRows(): boolean {
    return this.#payload?.isRead === true
  }

  /** Whether this line may be a password that is typed too late. */
  mayBeAnswer(text: string): boolean {
    return this.#lateAnswers?.mayBe(text) === true
  }

  /** Ctrl-C: ends the payload. */
  interrupt(): void {
    this.#payload?.leave()
  }

  get #isTyped(): boolean {
    return this.#around.output.dialect.manner.typed
  }

  #problem(error: unknown, asked: Asked): Problem {
    const problem = this.#explained(withWaysIn(problemOf(error), this.#parts.accounts), asked)
    this.#around.journal.failed(problem, asked.command, error)
    return problem
  }

  #explained(problem: Problem, { command }: Asked): Problem {
    const { aim, context } = this.#around
    return explained(problem, command, { aim, services: context, terminal: context.terminal })
  }

  /**
   * After a question that ended by mistakes, the person may go on typing answers, even passwords; and more of a pasted text
   * may follow a /cancel in it. So the lines that wait are dropped, and words of the next moment are not said.
   */
  #endOfQuestion(problem: Problem, { counted, payload }: Task): Problem {
    if (problem.code !== 'cancelled') return problem
    if (problem.mistakes === undefined && !(payload && this.#isTyped)) return problem
    const { aim, input } = this.#around
    this.#madeLateAnswers.expect()
    return { ...problem, again: counted, dropped: input.clear(), target: aim.name }
  }

  /** Whether the person has mistyped the name of a command with a payload, and the payload has already come. */
  #mayHavePayload(problem: Problem): boolean {
    const { context, input } = this.#around
    return (
      problem.code === 'unknown-command' &&
      this.#isTyped &&
      input.length > 0 &&
      context.catalog.find(problem.nearest ?? '')?.payload === true
    )
  }

  get #madeLateAnswers(): LateAnswers {
    this.#lateAnswers ??= new LateAnswers(this.#around.context.clock)
    return this.#lateAnswers
  }

  #makeQuestions(): Questions {
    const { connection, context, editing, input, journal, output, reading, toll } = this.#around
    return new Questions({
      input,
      editing,
      concealment: new Concealment(connection, this.#parts.terminal),
      output,
      read: (line) => reading.answer(line),
      pay: async (cost) => toll.charge(cost),
      mistaken: (problem) => journal.refused(problem, this.#command),
      gave: (secret) => this.#madeLateAnswers.gave(secret),
      isCommand: (answer) =>
        context.catalog.find(/^[/／](\w+)/.exec(withoutFront(answer))?.[1] ?? '') !== undefined,
    })
  }
}

/** What the task answers; it may answer or throw at once. */
function replyOf(task: Task): Promise<Reply> {
  try {
    return Promise.resolve(task.run())
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Whether the person has said no, or was only warned: then their words go where they expect. */
function staysThere(problem: Problem): boolean {
  return problem.code === 'ends-channel' || (problem.code === 'cancelled' && problem.mistakes === undefined)
}
