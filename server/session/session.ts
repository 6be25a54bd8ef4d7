import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Counts } from '../chat/machine/counts.ts'
import type { Faults } from '../chat/machine/faults.ts'
import type { Batch } from '../chat/model/batch.ts'
import { isIn } from '../chat/model/channel.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import { Failure, fail, type Problem } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import { connectionLost } from '../chat/model/parting.ts'
import type { Account, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import { mostJsonBytes, mostRows, tooMuch } from '../chat/model/rows.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Timeline } from '../chat/presence/timeline.ts'
import type { Target } from '../chat/talk/talk.ts'
import type { Context, Question, Services, Terminal } from '../commands/command.ts'
import type { Asked, Invocation } from '../dialects/dialect.ts'
import type { Views } from '../dialects/views.ts'
import { isCancel, isCommandLine, withoutFront } from '../lib/blanks.ts'
import { cleanCommand, cleanRows, cleanText, isBlank } from '../lib/clean.ts'
import { withoutKeys } from '../lib/keys.ts'
import type { Line, LineError } from '../lib/line.ts'
import type { Log } from '../log/log.ts'
import { Aim } from './aim.ts'
import type { Allowance, AllowanceLimits, Allowances } from './allowances.ts'
import { Backlog } from './backlog.ts'
import { Concealment, type Unrevealed } from './concealment.ts'
import type { Connection } from './connection.ts'
import { costOfParsing, costOfReading, costs } from './costs.ts'
import { dispatch, problemOf, type Task } from './dispatch.ts'
import { greeting, type Place } from './greeting.ts'
import { type Going, Identity } from './identity.ts'
import { Input } from './input.ts'
import { LateAnswers } from './late-answers.ts'
import { LoginDeadline } from './login-deadline.ts'
import type { Flusher } from './outbox.ts'
import { Output } from './output.ts'
import { Payload } from './payload.ts'
import { Questions } from './questions.ts'

export interface SessionLimits extends AllowanceLimits {
  readonly lineBytes: number
  readonly sendQueueBytes: number
  readonly loginSeconds: number
}

/** What all sessions of a server share; settings are read when they are needed, and may change. */
export interface SessionParts {
  readonly services: Services
  /** All that commands get but the terminal. */
  readonly shared: Omit<Context, 'terminal'>
  readonly timeline: Timeline
  readonly views: Views
  readonly flusher: Flusher
  readonly counts: Counts
  readonly faults: Faults
  readonly log: Log
  readonly limits: SessionLimits
  readonly allowances: Allowances
  readonly terminal: { readonly timeZone: string; readonly concealPasswords: boolean }
  readonly accounts: WaysIn & { readonly requireTls: boolean }
  readonly server: Place
  readonly unrevealed: Unrevealed
}

/** So many lines of one connection are done in a turn of the event loop; then others have theirs. */
const linesInTurn = 8
/** So long what had come is done when its sender is gone. */
const lastLinesMs = 10_000

/** One connection's person: takes lines, one at a time, and prints what comes of them and what happens. */
export class Session implements Terminal {
  once: string | undefined
  warned: Terminal['warned']
  readonly #parts: SessionParts
  readonly #connection: Connection
  readonly #output: Output
  readonly #input: Input
  readonly #backlog: Backlog
  readonly #allowance: Allowance
  readonly #concealment: Concealment
  #questions: Questions | undefined
  /** The lines that belong to the command that runs, if it has any. */
  #payload: Payload | undefined
  readonly #context: Context
  #running = false
  /** Who says who they are waits for their turn. */
  #queues = false
  readonly #identity: Identity
  readonly #aim: Aim
  readonly #lateAnswers: LateAnswers
  /** What runs, or ran last. */
  #command = ''
  /** Why it ended. */
  #why: string | undefined
  #ending: { readonly note: string | undefined; readonly how: Going } | undefined
  /** The peer is gone; what had come is done all the same, and then it is `over`. */
  #gone: { readonly note: string | undefined; readonly over: () => void; cancel: () => void } | undefined
  #closed = false
  readonly #deadline: LoginDeadline

  constructor(parts: SessionParts, connection: Connection) {
    this.#parts = parts
    this.#connection = connection
    this.#input = new Input((full) => (full ? connection.pause() : connection.resume()))
    this.#aim = new Aim({
      ticks: () => parts.services.clock.ticks(),
      waiting: () => this.#input.length + connection.waitingLines,
    })
    this.#output = new Output(parts, { aim: this.#aim, connection, owner: this })
    this.#backlog = new Backlog({
      input: this.#input,
      connection,
      isForPeople: () => this.format === 'text' && !this.#gone,
      tell: (note) => this.#output.note(note),
      onDropped: (lines) => {
        for (let line = 0; line < lines; line++) this.#aim.nextLine()
      },
    })
    this.#allowance = parts.allowances.at(connection.address)
    this.#concealment = new Concealment(connection, parts.terminal)
    this.#lateAnswers = new LateAnswers(parts.services.clock)
    this.#context = contextOf(parts.shared, this)
    this.#deadline = new LoginDeadline(parts.services.clock, parts.limits, this)
    this.#identity = new Identity(parts, {
      aim: this.#aim,
      deadline: this.#deadline,
      output: this.#output,
      owner: this,
    })
    this.#deadline.start()
  }

  // What the connection tells

  /** Says what this is and what to do, to somebody who did not speak first. */
  greet(): void {
    const { accounts, server, services, unrevealed } = this.#parts
    if (!this.#connection.telnet) this.#output.print(unrevealed.take(this.address))
    for (const line of greeting(services.presence.count, server, accounts)) this.#output.note(line)
  }

  /** A line came; `isNew` if it did just now, and had not to wait before it was looked at. */
  receive(line: Line, isNew = true): void {
    if (this.#ending) return
    if (isNew) this.showsLife()
    this.#deadline.noteLine()
    if (line.text !== undefined && isCancel(line.text) && this.dropWaiting()) return
    this.#input.add(line)
    this.#start()
  }

  /** Somebody types /cancel while lines of theirs wait for their turn; answers whether any did. */
  dropWaiting(): boolean {
    return this.#backlog.drop()
  }

  /** The configuration is another one: what was made of it is made anew. */
  reconfigured(): void {
    try {
      this.#output.reconfigured()
      this.#deadline.settingChanged()
    } catch (error) {
      this.failed(error)
    }
  }

  /** The peer sends nothing more; what it sent is still answered. */
  endOfInput(): void {
    this.#noteConcealed()
    // Others have read what they hang up on; a proxy has not.
    if (!this.#connection.relayed) this.showsLife()
    this.#input.end(cancelled)
    this.#start()
  }

  /** The peer goes in the middle of a hidden answer. */
  #noteConcealed(): void {
    if (this.#questions?.conceals) this.#parts.unrevealed.note(this.address)
  }

  /** Ctrl-C: leaves a question. */
  interrupt(): void {
    this.#payload?.leave()
    this.#input.interrupt(cancelled)
  }

  /** Telnet bytes, in order with what is printed. */
  send(bytes: Buffer): void {
    this.#output.send(bytes)
  }

  areYouThere(): void {
    this.#output.remark('Still here.')
  }

  /**
   * What the connection did beside lines costs too. Answers a promise that resolves when it may go on, or undefined if it
   * may at once.
   */
  charge(cost: number): Promise<void> | undefined {
    const turn = this.#allowance.takeBeside(cost, this.person)
    return turn || this.#output.isBehind ? this.#caughtUp(turn) : undefined
  }

  /** The client turned out to speak telnet. */
  telnetFound(): void {
    this.#output.change({ eol: '\r\n' })
  }

  /** The terminal behind telnet has colours, if its name is one of those that do. */
  terminalFound(name: string): void {
    const chosen = this.person?.kind === 'account' ? this.person.settings.color : undefined
    if (chosen === undefined && /xterm|color|ansi|screen|tmux|linux|putty|vt2/i.test(name))
      this.#output.change({ color: true })
  }

  /** The columns of the window behind telnet; undefined where the client does not know. */
  windowFound(columns: number | undefined): void {
    this.#output.windowFound(columns)
  }

  /** Who has gone, and why, for the log. */
  get farewell(): { readonly user: string | undefined; readonly why: string } {
    return { user: this.#identity.lastName, why: this.#why ?? 'closed by the client' }
  }

  /**
   * The connection is gone; `clean` if the peer had the chance to read everything. What had come is done: `more` lines may
   * follow, up to `endOfInput`. Resolves when that is over.
   */
  closed(clean: boolean, more = false): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gone) return resolve()
      this.#noteConcealed()
      if (!clean) this.#why ??= connectionLost
      const cancel = this.#parts.services.clock.after(lastLinesMs, () => void this.#over())
      this.#gone = { note: clean ? undefined : connectionLost, over: resolve, cancel }
      this.#output.close()
      if (!more) this.#input.end(cancelled)
      if (this.isDeserted) this.#identity.endPresence()
      if (this.#ending) void this.#over()
      else this.#start()
    })
  }

  /** The peer is gone, and no line of theirs waits behind the one that is done now, if there is one. */
  get isDeserted(): boolean {
    return this.#closed || (this.#gone !== undefined && this.#input.ended && this.#input.length === 0)
  }

  /** Never rejects. */
  async #over(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#gone?.cancel()
    this.#allowance.close()
    this.#identity.endPresence()
    this.#output.close()
    this.#input.clear()
    this.#input.end(cancelled)
    this.#deadline.stop()
    try {
      await this.#identity.depart(
        this.#ending ? this.#ending.note : this.#gone?.note,
        this.#ending?.how ?? 'lost',
      )
    } catch (error) {
      this.#parts.faults.note(error, 'session')
    }
    this.#gone?.over()
  }

  /** Tells why, and ends the connection. */
  close(reason: string): void {
    this.#why ??= reason
    try {
      this.#identity.endPresence()
      this.#output.endLine()
      this.hear({ type: 'closing', reason })
      this.#leave(undefined, 'ended')
      this.#output.release()
      if (this.#gone) void this.#over()
      else this.#hangUp()
    } catch (error) {
      this.#parts.faults.note(error, 'session')
      this.#connection.destroy()
    }
  }

  /** Something that was for this connection was thrown: it is told `internal`, and nobody else notices. */
  failed(error: unknown): void {
    this.#parts.faults.note(error, 'delivery')
    try {
      this.#output.trouble()
    } catch {
      // There is no way to tell it anything.
      this.#connection.destroy()
    }
  }

  // What the domain tells

  hear(event: ChatEvent): void {
    this.#output.hear(event)
  }

  hearBatch(batch: Batch, from: number, end: number): void {
    this.#output.hearBatch(batch, from, end)
  }

  dismissed(reason: string): void {
    try {
      this.#dismiss(reason)
    } catch (error) {
      this.failed(error)
    }
  }

  #dismiss(reason: string): void {
    this.#identity.dismissed()
    this.#output.endLine()
    this.#output.release()
    this.#input.interrupt(cancelled)
    this.#output.note(`You are nobody again: ${reason}.`)
  }

  get person(): Person | undefined {
    return this.#identity.person
  }

  get grant(): Grant | undefined {
    return this.#identity.grant
  }

  get formerly(): readonly Account[] {
    return this.#identity.formerly
  }

  get seen(): number {
    return this.#identity.seen
  }

  get lastSaid(): number | undefined {
    return this.#aim.lastSaid
  }

  /** The server does what the person has asked for, so that they cannot be blamed for the time. */
  get isAtWork(): boolean {
    return (this.#output.busy || this.#queues) && !this.#input.isAwaited
  }

  get address(): string {
    return this.#connection.address
  }

  /** In bytes. A program that has logged in may say as much in a line of JSON as is pasted elsewhere. */
  get longestLine(): number {
    const { lineBytes } = this.#parts.limits
    return this.format === 'json' && this.person ? Math.max(lineBytes, mostJsonBytes) : lineBytes
  }

  // What commands do

  get mayTellSecrets(): boolean {
    return this.#connection.secure || !this.#parts.accounts.requireTls
  }

  get hold(): boolean {
    return this.#output.hold
  }

  set hold(hold: boolean) {
    this.#output.hold = hold
  }

  get format(): 'text' | 'json' {
    return this.#output.format
  }

  set format(format: 'text' | 'json') {
    this.#output.change({ format })
  }

  get clock(): '24' | '12' {
    return this.#output.view.options.clock
  }

  set clock(clock: '24' | '12') {
    this.#output.change({ clock })
  }

  get zone(): string {
    return this.#output.view.options.zone
  }

  set zone(zone: string) {
    this.#output.change({ zone })
  }

  get color(): boolean {
    return this.#output.view.options.color
  }

  set color(color: boolean) {
    this.#output.change({ color })
  }

  get presence(): AbortSignal {
    return this.#identity.presence
  }

  become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number> {
    return this.#identity.become(person, grant, renamed)
  }

  withdraw(): Promise<void> {
    return this.#identity.withdraw()
  }

  ask<T>(text: string, question: Question<T>): Promise<T> {
    return this.#asking().ask(text, question)
  }

  async readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void> {
    const payload = this.#payload
    if (!payload) throw new Error('Only a command that has a payload reads one.')
    payload.begin()
    this.#output.print(
      this.format === 'text' ? this.#output.view.note(text) : this.#output.view.prompt(text, false),
    )
    await payload.read(take)
  }

  async withPayload<T>(run: () => Promise<T>): Promise<T> {
    const payload = this.#payloadHere()
    this.#payload = payload
    try {
      return await run()
    } catch (error) {
      const asked = { command: 'menu', partial: true } as const
      const after = await this.#endPayload(payload, this.#problem(error, asked), asked)
      this.#output.print(after?.note ?? '')
      // What is pasted goes on behind a /cancel in it.
      if (error instanceof Failure && error.problem.code === 'cancelled') this.#input.clear()
      throw error
    } finally {
      this.#payload = undefined
    }
  }

  get target(): Target | undefined {
    return this.#aim.target
  }

  set target(target: Target | undefined) {
    this.#aim.target = target
  }

  talkBegun(other: string): void {
    this.#aim.begin(other)
  }

  talkEnded(other: string): string | undefined {
    return this.#aim.end(other, this.target?.name)
  }

  mayResume(other: string | undefined, back: string | undefined): void {
    this.#aim.end(other ?? 'one who is gone', back, other !== undefined)
  }

  takenOut(channel: string, back: string | undefined): string | undefined {
    if (this.target?.name === channel) this.#aim.end(channel, back)
    return this.#targetName
  }

  talkTo(target: Target): void {
    this.#parts.services.pairs.end(this)
    this.target = target
    this.#identity.hasChosen()
  }

  checkAim(of: 'words' | 'channel'): void {
    if (of === 'words') this.#aim.check(this.#targetName)
    else this.#aim.checkChannel()
  }

  show(reply: Reply): void {
    this.#output.release()
    this.#output.print(this.#output.view.reply({ command: 'menu', partial: true }, reply))
  }

  showFailure(problem: Problem): void {
    const asked = { command: 'menu', partial: true } as const
    this.#output.print(this.#output.view.failure(asked, this.#explained(problem, asked)))
  }

  async pay(cost: number): Promise<void> {
    const turn = this.#allowance.take(cost, this.person)
    const dropped = turn && (await this.#backlog.wait(turn, this.#payload ? 'payload' : 'command'))
    if (this.#closed || (dropped && !this.#payload)) throw fail({ code: 'cancelled' })
  }

  async payAs(account: Account): Promise<void> {
    await this.#allowance.takeAs(account)
    if (this.#closed) throw fail({ code: 'cancelled' })
  }

  leave(note: string | undefined): void {
    this.#why ??= this.#input.ended ? 'end of input' : 'quit'
    this.#leave(note, 'left')
  }

  #leave(note: string | undefined, how: Going): void {
    this.#ending = { note, how }
    this.#input.clear()
  }

  // One line after the other

  /** Begins once all lines of a packet are there, so that a question knows whether its answer came ahead. */
  #start(): void {
    if (this.#running) return
    this.#running = true
    void this.#run()
  }

  /** Never rejects: what a line throws is told to whoever sent it, and the next one is done. */
  async #run(): Promise<void> {
    await undefined
    for (let lines = 1; ; lines++) {
      try {
        if (lines % linesInTurn === 0) await nextTurn()
        const line = this.#ending ? undefined : this.#input.take()
        if (!line) break
        await this.#handle(line)
      } catch (error) {
        this.#output.busy = false
        this.failed(error)
      }
    }
    this.#running = false
    try {
      await this.#finish()
    } catch (error) {
      this.#parts.faults.note(error, 'session')
      this.#connection.destroy()
    }
  }

  /** Goes, if no line will come any more. */
  async #finish(): Promise<void> {
    if (this.#input.ended && !this.#ending) {
      this.#why ??= 'end of input'
      this.#leave(this.#gone?.note, 'lost')
    }
    if (!this.#ending || this.#closed) return
    this.#output.release()
    if (this.#gone) {
      await this.#over()
    } else {
      await this.#identity.depart(this.#ending.note, this.#ending.how)
      this.#hangUp()
    }
  }

  async #handle(line: Line): Promise<void> {
    if (this.hold) this.#output.release()
    // Who asks for more than they read is not given more before they have read it.
    if (this.#output.isBehind) await this.#caughtUp()
    const { text = '' } = line
    const length = this.format === 'json' ? costOfParsing(text) : costOfReading(text)
    const long = length > 0 ? this.#allowance.take(length, this.person) : undefined
    if (long && (await this.#backlog.wait(long, 'command'))) return
    const invocation = this.#read(line)
    if (!invocation) {
      this.#aim.nextLine()
      return this.charge(costs.trifle)
    }
    const task = dispatch(this.#context, invocation)
    const turn = this.#turnFor(task)
    let dropped = false
    if (turn) {
      this.#queues = task.named !== undefined
      // Who says who they are has a queue of their own.
      if (task.named !== undefined) await turn
      else dropped = await this.#backlog.wait(turn, task.quick && !invocation.refused ? 'talk' : 'command')
      this.#queues = false
    }
    this.#aim.nextLine()
    if (this.#closed || dropped || this.#mayBeAnAnswer(task, invocation.text)) return
    if (!task.quick) {
      this.#output.settle()
      this.#output.busy = true
    }
    if (!invocation.refused) this.#parts.counts.commands.add(task.counted)
    if (task.payload) this.#payload = this.#payloadHere()
    this.#command = task.counted
    let answer: string
    try {
      const reply = await task.run()
      // What was said before by the same key is not read again, and is no talk either.
      if (this.#payload && !this.#payload.ended) await this.#payload.readAway()
      // It has what it needed.
      if (task.secret) this.#lateAnswers.done()
      this.#note(reply)
      if (reply.code === 'chat-waiting') this.#aim.miss('waiting', reply.with)
      // Only now: the command may have changed the view.
      answer = this.#output.view.reply(task.asked, reply)
    } catch (error) {
      const problem = this.#problem(error, task.asked)
      if (this.#mayHavePayload(problem)) this.#payload = this.#payloadHere()
      const after = this.#payload && (await this.#endPayload(this.#payload, problem, task.asked))
      answer = after?.told ? '' : this.#output.view.failure(task.asked, this.#endOfQuestion(problem, task))
      // The password that it would have asked for may be on its way already.
      if (task.secret && this.format === 'text' && problem.code !== 'cancelled') this.#lateAnswers.expect()
      answer += after?.note ?? ''
      if (task.moves && !staysThere(problem))
        this.#aim.miss('missed', `/${task.asked.command}`, this.grant !== undefined)
    } finally {
      this.#payload = undefined
    }
    this.#allowance.endLogin()
    this.#concealment.end()
    this.#output.print(answer)
    this.#output.busy = false
    this.#identity.commandDone()
    this.#deadline.noteAnswer()
    if (!this.hold) this.#output.release()
  }

  /**
   * Reads away what belongs to a command that did not work, and answers what is to be said of that. A person is told why it
   * goes nowhere, and how to end it, as soon as nothing more has come.
   */
  async #endPayload(
    payload: Payload,
    problem: Problem,
    asked: Asked,
  ): Promise<{ told: boolean; note: string } | undefined> {
    if (payload.ended) return undefined
    const where = 'What you paste now goes nowhere. A line of one dot, or /cancel, ends that.'
    const isPerson = this.format === 'text'
    let told = false
    const tell = () => {
      told = true
      this.#output.print(this.#output.view.failure(asked, problem) + this.#output.view.note(where))
    }
    try {
      if (!isPerson && !payload.begun) this.#output.print(this.#output.view.prompt(where, false))
    } finally {
      await payload.readAway(isPerson ? tell : undefined)
    }
    if (!isPerson) return undefined
    const lines = payload.rows === 1 ? 'The line' : `All ${payload.rows} lines`
    const note = payload.rows === 0 ? 'That is over.' : `${lines} that you pasted went nowhere.`
    return { told, note: told || payload.rows > 0 ? this.#output.view.note(note) : '' }
  }

  /** Whether somebody has mistyped the name of a command that has a payload, and sent that ahead. */
  #mayHavePayload(problem: Problem): boolean {
    const { catalog } = this.#context
    return (
      problem.code === 'unknown-command' &&
      this.format === 'text' &&
      this.#input.length > 0 &&
      catalog.find(problem.nearest ?? '')?.payload === true
    )
  }

  /** Of the command that is about to run. */
  #payloadHere(): Payload {
    return new Payload({
      input: this.#input,
      read: (line) => {
        if (line.error) return this.#unreadable(line)
        const row = this.#output.view.readAnswer(this.format === 'text' ? withoutKeys(line.text) : line.text)
        // A line of JSON may be longer than what it says.
        return tooMuch(row, this.#parts.limits.lineBytes) ?? cleanRows(row, mostRows)
      },
      pay: async (cost) => this.charge(cost),
    })
  }

  /** Who says who they are does not wait behind those who are nobody, where they have been before. */
  #turnFor({ cost, named }: Task): Promise<void> | undefined {
    const { accounts } = this.#parts.services
    return named === undefined
      ? this.#allowance.take(cost, this.person)
      : this.#allowance.takeNamed(cost, this.person, () => accounts.knownAt(named, this.address))
  }

  /** Waits for that, and until the reader has taken what waits where that is too much, or is gone. */
  async #caughtUp(turn?: Promise<void>): Promise<void> {
    if (turn) await turn
    if (this.#output.isBehind) await this.#output.drained()
  }

  /**
   * Where a question has ended by mistakes, the person may go on typing answers, passwords among them, and what is pasted
   * goes on behind a /cancel in it: what has come already is dropped, and talk of the next moment is not said.
   */
  #endOfQuestion(problem: Problem, { counted, payload }: Task): Problem {
    if (problem.code !== 'cancelled') return problem
    if (problem.mistakes === undefined && !(payload && this.format === 'text')) return problem
    this.#lateAnswers.expect()
    return { ...problem, again: counted, dropped: this.#input.clear(), target: this.#targetName }
  }

  /** Whether this would be said, but came so soon behind a question that it may be its answer; then that is told. */
  #mayBeAnAnswer({ asked, counted }: Task, text: string): boolean {
    if (counted !== 'say' || this.format !== 'text') return false
    const target = this.#targetName
    const why = this.#lateAnswers.why(text)
    if (why === undefined || target === undefined) return false
    this.#output.print(
      this.#output.view.failure(asked, {
        code: 'not-said',
        target,
        ...(why === 'password' ? { own: true } : {}),
      }),
    )
    this.#parts.counts.failures.add('not-said')
    return true
  }

  /**
   * Who talked in private a moment ago, or in a channel, reads that this is over, and not that they talk nowhere; who is
   * invited into a channel reads of that, where others read that there is none.
   */
  #explained(problem: Problem, { command }: Asked): Problem {
    const { grant, person } = this
    if (person?.kind === 'account' && !grant) {
      const { invitations } = this.#parts.services
      const channel =
        problem.code === 'no-such-channel'
          ? problem.channel
          : problem.code === 'name-taken'
            ? problem.name
            : undefined
      const request = channel === undefined ? undefined : invitations.pendingInto(person, channel)
      if (request !== undefined) return { ...problem, request } as Problem
    }
    // Who leaves the # out means the channel, and nobody of that name.
    if (problem.code === 'no-such-user' && person) {
      const channel = this.#context.channels.find(`#${problem.name}`, person)
      return channel && isIn(channel, person) ? { ...problem, channel: channel.name } : problem
    }
    return command === 'say' || command === 'paste' ? this.#aim.explained(problem) : problem
  }

  /** Where plain text goes, by name. */
  get #targetName(): string | undefined {
    return this.#aim.nameFor(this.person, this.#parts.services.pairs.partnerOf(this))
  }

  /** What a line asks for; undefined if nothing, or if it cannot be read and that has been said. */
  #read(line: Line): Invocation | undefined {
    if (line.error) return refusedLine(this.#unreadable(line), line.start)
    const text = this.#clean(line.text)
    if (isBlank(withoutFront(text))) return undefined
    const invocation = this.#output.view.read(text)
    if (this.format === 'text' || invocation.refused) return invocation
    // A line of JSON may be longer than what it says.
    const { lineBytes } = this.#parts.limits
    const refused =
      tooMuch(invocation.text, lineBytes) ??
      tooMuch(`${invocation.command ?? ''}${invocation.to ?? ''}${invocation.tag ?? ''}`, lineBytes)
    return refused ? { ...invocation, refused } : invocation
  }

  #unreadable({ error, cut }: Extract<Line, { error: LineError }>): Problem {
    if (error === 'bad-encoding')
      return {
        code: error,
        ...(this.#connection.endsAsTelnet && this.format === 'text' ? { telnet: true } : {}),
      }
    return { code: error, limit: this.longestLine, ...(cut ? { cut } : {}) }
  }

  #problem(error: unknown, asked: Asked): Problem {
    const problem = this.#explained(withWaysIn(problemOf(error), this.#parts.accounts), asked)
    const { counts, log } = this.#parts
    counts.failures.add(problem.code)
    if (problem.code === 'internal' || problem.code === 'unavailable')
      log.error({ err: error, command: asked.command }, 'command failed')
    this.#logRefusal(problem, asked.command)
    return problem
  }

  /** Who guesses, or comes too often, is written down for the operator, and for what reads the log. */
  #logRefusal(problem: Problem, command: string): void {
    const { log } = this.#parts
    const { address } = this.#connection
    if (problem.code === 'try-later' && problem.what === 'signup')
      log.warn({ address, command }, 'sign-up has to wait')
    else if (problem.code === 'try-later' && problem.what === undefined && problem.seconds !== undefined)
      log.warn({ address, command }, 'login has to wait')
    if (problem.code === 'bad-login') log.warn({ address, command }, 'login failed')
  }

  /** Writes down who logs in, for the operator. */
  #note(reply: Reply): void {
    const { arrivals } = this.#parts.counts
    if (reply.code === 'said') {
      this.#aim.said(reply.id)
      this.#identity.noteSaid(reply.id)
    }
    if (reply.code === 'message-deleted') this.#aim.takenBack(reply.message.id)
    const { address, number: connection } = this.#connection
    if (reply.code === 'welcome-guest') arrivals.add('guest')
    if (reply.code === 'welcome-guest' || reply.code === 'renamed') {
      this.#identity.named()
      this.#parts.log.info({ address, connection, user: this.#identity.lastName }, 'nick')
    }
    if (reply.code !== 'welcome') return
    const { grant, profile } = reply
    const { name, id } = profile
    const how = reply.recoveryCode === undefined ? 'login' : 'signup'
    arrivals.add(how)
    this.#parts.log.info({ address, connection, account: id, user: name, tokenName: grant?.token }, how)
  }

  /** Made when something is asked: most connections never are. */
  #asking(): Questions {
    this.#questions ??= new Questions({
      input: this.#input,
      concealment: this.#concealment,
      output: this.#output,
      read: (line) => this.#answerIn(line),
      pay: async (cost) => this.charge(cost),
      mistaken: (problem) => this.#logRefusal(problem, this.#command),
      gave: (secret) => this.#lateAnswers.gave(secret),
      isCommand: (answer) =>
        this.#context.catalog.find(/^[/／](\w+)/.exec(withoutFront(answer))?.[1] ?? '') !== undefined,
    })
    return this.#questions
  }

  /** What was typed as an answer. */
  #answerIn(line: Line): string {
    if (line.error) throw new Failure(this.#unreadable(line))
    const answer = cleanText(this.#output.view.readAnswer(this.#clean(line.text)))
    const problem = tooMuch(answer, this.#parts.limits.lineBytes)
    if (problem) throw new Failure(problem)
    return answer
  }

  /** A person has typed it, whose arrows and other keys are no text; what a program sends has none. */
  #clean(line: string): string {
    const text = this.format === 'text' ? withoutKeys(line) : line
    return this.format === 'json' || isCommandLine(text) ? cleanCommand(text) : cleanText(text)
  }

  // Coming and going

  showsLife(): void {
    if (!this.#gone) this.#identity.showsLife()
  }

  #hangUp(): void {
    this.#output.flush()
    this.#connection.end()
  }

  /** The reader lets too much wait. */
  overflowed(): void {
    this.#why ??= 'reader too slow'
    this.#parts.counts.slowReaders++
    this.#parts.log.warn({ address: this.#connection.address }, 'reader too slow, connection closed')
    this.#connection.destroy()
  }

  unwritable(): void {
    this.#connection.destroy()
  }
}

/** A line that cannot be read; if it begins as a command that has a payload, what comes behind it belongs to that. */
function refusedLine(refused: Problem, start: string): Invocation {
  const text = withoutFront(withoutKeys(Buffer.from(start, 'latin1').toString()))
  const [, command = ''] = /^(?:\{.*"line"\s*:\s*")?\s*[/／]([a-z]+)(?![a-z])/i.exec(text) ?? []
  return { command, text: '', refused }
}

/** Whether the person has said no, or was only warned: they are where they mean to be. */
function staysThere(problem: Problem): boolean {
  return problem.code === 'ends-channel' || (problem.code === 'cancelled' && problem.mistakes === undefined)
}

function cancelled(): Failure {
  return fail({ code: 'cancelled' })
}

/** What somebody can do who is nobody, or a guest, depends on the ways in that there are. */
function withWaysIn(problem: Problem, ways: WaysIn): Problem {
  switch (problem.code) {
    case 'not-logged-in':
    case 'not-allowed':
    case 'not-a-member':
    case 'banned':
    case 'muted':
      return { ...problem, ways }
    default:
      return problem
  }
}

/** What commands get. What all connections have in common is the prototype, so that each costs one field. */
function contextOf(shared: Omit<Context, 'terminal'>, terminal: Terminal): Context {
  return Object.assign(Object.create(shared) as Omit<Context, 'terminal'>, { terminal })
}
