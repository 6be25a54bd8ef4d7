import type { Context } from '../commands/command.ts'
import type { Terminal } from '../commands/terminal.ts'
import { Aim } from './aim.ts'
import type { Allowance } from './allowances.ts'
import { Backlog } from './backlog.ts'
import type { Connection, ConnectionHandler } from './connection.ts'
import { Editing } from './editing.ts'
import { Encoding } from './encoding.ts'
import { Ending } from './ending.ts'
import { Identity } from './identity.ts'
import { Input } from './input.ts'
import { Journal } from './journal.ts'
import { LineQueue } from './line-queue.ts'
import { LoginDeadline } from './login-deadline.ts'
import { Output } from './output.ts'
import type { SessionParts } from './parts.ts'
import { Reading } from './reading.ts'
import { TaskRunner } from './task-runner.ts'
import { SessionTerminal } from './terminal.ts'
import { Toll } from './toll.ts'

/** The parts of one session. The file of each says what it does, and with which others it works. */
export class Wiring {
  readonly connection: Connection
  readonly terminal: SessionTerminal
  readonly context: Context
  readonly allowance: Allowance
  readonly aim: Aim
  readonly backlog: Backlog
  readonly deadline: LoginDeadline
  readonly encoding: Encoding
  readonly editing: Editing
  readonly ending: Ending
  readonly identity: Identity
  readonly input: Input
  readonly journal: Journal
  readonly lines: LineQueue
  readonly output: Output
  readonly reading: Reading
  readonly tasks: TaskRunner
  readonly toll: Toll

  /** `session` gets what the keys of an editor stand for. */
  constructor(
    shared: SessionParts,
    connection: Connection,
    session: Pick<ConnectionHandler, 'interrupt' | 'receive'>,
  ) {
    const { services } = shared
    this.connection = connection
    this.terminal = new SessionTerminal(shared.accounts, this)
    this.context = contextOf(shared.shared, this.terminal)
    this.allowance = shared.allowances.at(connection.address)
    this.encoding = new Encoding(this)
    this.input = new Input(connection, this)
    this.aim = new Aim(services, this.input, this.terminal)
    this.output = new Output(shared, this)
    this.deadline = new LoginDeadline(services.clock, shared.limits, this.terminal)
    this.identity = new Identity(shared, this)
    this.ending = new Ending(shared, this)
    this.backlog = new Backlog(this)
    this.toll = new Toll(services, this)
    this.reading = new Reading(shared.limits, this)
    this.journal = new Journal(shared, connection, this.identity)
    this.editing = new Editing(shared, this, session)
    this.tasks = new TaskRunner(shared, this)
    this.lines = new LineQueue(this)
  }
}

/** The context of commands. The part that all connections share is its prototype, so that a connection costs one field. */
function contextOf(shared: Omit<Context, 'terminal'>, terminal: Terminal): Context {
  return Object.assign(Object.create(shared) as Omit<Context, 'terminal'>, { terminal })
}
