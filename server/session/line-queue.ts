import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../commands/command.ts'
import type { Invocation } from '../dialects/dialect.ts'
import type { Line } from '../lib/line.ts'
import type { Aim } from './aim.ts'
import type { Backlog } from './backlog.ts'
import { costOfParsing, costOfReading, costs } from './costs.ts'
import { dispatch, tooLate } from './dispatch.ts'
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

/** How many lines of one connection are done in one turn of the event loop, before other connections have their turn. */
const linesInTurn = 8

/** Does the lines of one connection one after the other: each waits for its turn, and is finished before the next one begins. */
export class LineQueue {
  readonly #around: Around
  #running = false
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
    void this.#run()
  }

  /** Never rejects: the error of a line is told to the person who sent it, and the next line is done. */
  async #run(): Promise<void> {
    const { editing, encoding, ending, input, output } = this.#around
    await undefined
    const { ready } = editing
    if (ready) await ready
    for (let lines = 1; ; lines++) {
      try {
        if (lines % linesInTurn === 0) await nextTurn()
        const line = ending.isPlanned ? undefined : input.take()
        if (!line) break
        await this.#do(line)
        const advice = encoding.takeAdvice()
        if (advice !== undefined) output.note(advice)
      } catch (error) {
        output.busy = false
        output.failed(error)
      }
    }
    this.#running = false
    await ending.linesDone()
  }

  async #do(line: Line): Promise<void> {
    const { aim, backlog, ending, output, reading, toll } = this.#around
    output.endAs(line)
    if (output.hold) output.release()
    // A slow reader gets no further answers before they have read the earlier ones.
    if (output.isBehind) await toll.caughtUp()
    const { text = '' } = line
    const length = output.dialect.manner.wrapped ? costOfParsing(text) : costOfReading(text)
    const long = length > 0 ? toll.take(length) : undefined
    if (long && (await backlog.wait(long, 'command'))) return
    const steps = reading.steps(line)
    if (steps.length === 0) {
      aim.nextLine()
      return toll.charge(costs.trifle)
    }
    let isFirst = true
    for (const step of steps) {
      if ('answer' in step) {
        if (isFirst) aim.nextLine()
        output.print(step.answer)
        await toll.charge(costs.line)
      } else if (!(await this.#invoke(step, isFirst))) return
      if (ending.isPlanned) return
      isFirst = false
    }
  }

  /** Does one thing that a line asks for; `isFirst`: of this line. Returns whether the next one may follow. */
  async #invoke(invocation: Invocation, isFirst: boolean): Promise<boolean> {
    const { aim, backlog, context, ending, tasks, toll } = this.#around
    const task = dispatch(context, invocation)
    const turn = toll.isGivenUp ? undefined : toll.take(task.cost, task.named, task.reads)
    let dropped = false
    if (turn) {
      this.#queues = task.named !== undefined
      // Logins have a queue of their own.
      if (task.named !== undefined) await turn
      else dropped = await backlog.wait(turn, task.quick && !task.refused ? 'talk' : 'command')
      this.#queues = false
    }
    if (isFirst) aim.nextLine()
    if (ending.isClosed || dropped) return false
    await tasks.run(toll.isGivenUp ? tooLate(task) : task)
    return true
  }
}
