import type { Context } from '../commands/command.ts'
import type { Step } from '../dialects/dialect.ts'
import type { Line } from '../lib/line.ts'
import type { Aim } from './aim.ts'
import type { Backlog } from './backlog.ts'
import { costOfParsing, costOfReading, costs } from './costs.ts'
import { dispatch, type Task, tooLate } from './dispatch.ts'
import type { Editing } from './editing.ts'
import type { Encoding } from './encoding.ts'
import type { Ending } from './ending.ts'
import type { Input } from './input.ts'
import type { Output } from './output.ts'
import type { Reading } from './reading.ts'
import type { TaskRunner } from './task-runner.ts'
import type { Toll } from './toll.ts'

interface Around {
  readonly aim: Pick<Aim, 'nextLine'>
  readonly backlog: Backlog
  readonly context: Context
  readonly encoding: Pick<Encoding, 'takeAdvice'>
  readonly editing: Pick<Editing, 'ready'>
  readonly ending: Pick<Ending, 'isClosed' | 'isPlanned' | 'linesDone'>
  readonly input: Input
  readonly output: Output
  readonly reading: Pick<Reading, 'steps'>
  readonly tasks: Pick<TaskRunner, 'run'>
  readonly toll: Toll
}

/** What is called behind it is called when the packet has been read. */
const soon = Promise.resolve()

/** How many lines of one connection are done in one turn of the event loop, before other connections have their turn. */
const linesInTurn = 8

/** Does the lines of one connection one after the other: each waits for its turn, and is finished before the next one begins. */
export class LineQueue {
  readonly #around: Around
  #running = false
  /** How many were done since it began. */
  #lines = 0
  /** A login waits for its turn. */
  #queues = false

  constructor(around: Around) {
    this.#around = around
  }

  /** The server is working for the person, so that they are not to blame for the delay. */
  get isAtWork(): boolean {
    const { input, output } = this.#around
    return (output.busy || this.#queues) && !input.isAwaited
  }

  /** Begins when all lines of a packet are there, so that a question knows whether its answer was sent ahead. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#lines = 0
    void soon.then(() => this.#begin())
  }

  #begin(): void {
    const { ready } = this.#around.editing
    if (ready) void ready.then(() => this.#next())
    else this.#next()
  }

  /** Does lines until one of them takes time, and goes on when that is done. An error of a line is told to who sent it. */
  #next(): void {
    const { ending, input, output } = this.#around
    for (;;) {
      try {
        const line = ending.isPlanned ? undefined : input.take()
        if (!line) break
        const work = this.#do(line)
        if (work) {
          work.then(
            () => this.#goOn(),
            (error: unknown) => this.#goOn(error),
          )
          return
        }
        this.#advise()
      } catch (error) {
        output.busy = false
        output.failed(error)
      }
      if (this.#turnIsOver()) return
    }
    this.#running = false
    void ending.linesDone()
  }

  /** A line that took time is done; `error`: it is not. */
  #goOn(error?: unknown): void {
    const { output } = this.#around
    try {
      if (error !== undefined) throw error
      this.#advise()
    } catch (error) {
      output.busy = false
      output.failed(error)
    }
    if (!this.#turnIsOver()) this.#next()
  }

  #advise(): void {
    const advice = this.#around.encoding.takeAdvice()
    if (advice !== undefined) this.#around.output.note(advice)
  }

  /** Whether others have their turn first; then it goes on by itself. */
  #turnIsOver(): boolean {
    if (++this.#lines % linesInTurn !== 0) return false
    setImmediate(() => this.#next())
    return true
  }

  /** Does a line; undefined if it is done at once. Not async, as what follows: a plain sentence takes no promise but its own. */
  #do(line: Line): Promise<unknown> | undefined {
    const { output } = this.#around
    output.endAs(line)
    if (output.hold) output.release()
    return output.isBehind || this.#costOfLength(line) > 0 ? this.#doLater(line) : this.#doSteps(line)
  }

  async #doLater(line: Line): Promise<void> {
    const { backlog, output, toll } = this.#around
    // A slow reader gets no further answers before they have read the earlier ones.
    if (output.isBehind) await toll.caughtUp()
    const length = this.#costOfLength(line)
    const turn = length > 0 ? toll.take(length) : undefined
    if (turn && (await backlog.wait(turn, 'command'))) return
    await this.#doSteps(line)
  }

  #costOfLength({ text = '' }: Line): number {
    return this.#around.output.dialect.manner.wrapped ? costOfParsing(text) : costOfReading(text)
  }

  #doSteps(line: Line): Promise<unknown> | undefined {
    const { aim, reading, toll } = this.#around
    const steps = reading.steps(line)
    const [step] = steps
    if (!step) {
      aim.nextLine()
      return toll.charge(costs.trifle)
    }
    if (steps.length > 1 || 'answer' in step) return this.#doEach(steps)
    const task = dispatch(this.#around.context, step)
    const turn = this.#turnOf(task)
    return turn ? this.#runInTurn(task, turn, true) : this.#run(task, true)
  }

  async #doEach(steps: readonly Step[]): Promise<void> {
    const { aim, context, ending, output, toll } = this.#around
    let isFirst = true
    for (const step of steps) {
      if ('answer' in step) {
        if (isFirst) aim.nextLine()
        output.print(step.answer)
        await toll.charge(costs.line)
      } else {
        const task = dispatch(context, step)
        if (!(await this.#runInTurn(task, this.#turnOf(task), isFirst))) return
      }
      if (ending.isPlanned) return
      isFirst = false
    }
  }

  /** Takes what a task costs; returns what it has to wait for, if it has to wait. */
  #turnOf({ cost, named, reads }: Task): Promise<void> | undefined {
    const { toll } = this.#around
    return toll.isGivenUp ? undefined : toll.take(cost, named, reads)
  }

  /** Runs a task when its turn has come; `isFirst`: of its line. Returns whether the next one of the line may follow. */
  async #runInTurn(task: Task, turn: Promise<void> | undefined, isFirst: boolean): Promise<boolean> {
    const { aim, backlog } = this.#around
    if (turn) {
      this.#queues = task.named !== undefined
      let dropped = false
      // Logins have a queue of their own.
      if (task.named !== undefined) await turn
      else dropped = await backlog.wait(turn, task.quick && !task.refused ? 'talk' : 'command')
      this.#queues = false
      if (dropped) {
        if (isFirst) aim.nextLine()
        return false
      }
    }
    const running = this.#run(task, isFirst)
    await running
    return running !== undefined
  }

  /** Runs a task; undefined if the connection is closed by now. */
  #run(task: Task, isFirst: boolean): Promise<void> | undefined {
    const { aim, ending, tasks, toll } = this.#around
    if (isFirst) aim.nextLine()
    if (ending.isClosed) return undefined
    return tasks.run(toll.isGivenUp ? tooLate(task) : task)
  }
}
