import type { FoundBrowser } from '../chat/accounts/browser-sessions.ts'
import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Grant } from '../chat/model/grant.ts'
import type { Format, Manner } from '../chat/model/manner.ts'
import type { Account, BrowserSession, ConnectionFacts, Person } from '../chat/model/people.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Target } from '../chat/talk/target.ts'
import type { Pass, Question, Terminal } from '../commands/terminal.ts'
import type { CharsetName } from '../lib/charset-names.ts'
import type { Aim } from './aim.ts'
import type { Bell } from './bell.ts'
import type { Connection } from './connection.ts'
import type { Editing } from './editing.ts'
import type { Encoding } from './encoding.ts'
import type { Ending } from './ending.ts'
import type { Identity } from './identity.ts'
import { cancelled, type Input } from './input.ts'
import type { Journal } from './journal.ts'
import type { LineQueue } from './line-queue.ts'
import type { Owner } from './outbox.ts'
import type { Output } from './output.ts'
import type { TaskRunner } from './task-runner.ts'
import type { Toll } from './toll.ts'

/** The parts of the session that do the work. */
interface Around {
  readonly aim: Aim
  readonly connection: Connection
  readonly encoding: Encoding
  readonly editing: Editing
  readonly ending: Ending
  readonly identity: Identity
  readonly input: Input
  readonly journal: Journal
  readonly lines: LineQueue
  readonly output: Output
  readonly tasks: TaskRunner
  readonly toll: Toll
}

/** One session as the domain (Listener) and the commands (Terminal) see it. */
export class SessionTerminal implements Terminal, Owner {
  once: string | undefined
  warned: Terminal['warned']
  brief = false
  readonly #accounts: { readonly requireTls: boolean }
  readonly #around: Around

  /** The setting may change. */
  constructor(accounts: { readonly requireTls: boolean }, around: Around) {
    this.#accounts = accounts
    this.#around = around
  }

  // What the domain tells and asks

  hear(event: ChatEvent): void {
    this.#around.tasks.rests?.heard(event)
    this.#around.output.hear(event)
  }

  hearBatch(batch: Batch, from: number, end: number): void {
    this.#around.tasks.rests?.heardAll(batch, from, end)
    this.#around.output.hearBatch(batch, from, end)
  }

  acted(): void {
    this.#around.tasks.acted()
  }

  failed(error: unknown): void {
    this.#around.output.failed(error)
  }

  dismissed(reason: string): void {
    const { identity, input, output } = this.#around
    try {
      identity.dismissed()
      output.endLine()
      output.release()
      input.interrupt(cancelled)
      output.note(`You are logged out: ${reason}.`)
    } catch (error) {
      this.failed(error)
    }
  }

  close(reason: string): void {
    this.#around.ending.close(reason)
  }

  talkBegun(other: string): void {
    this.#around.aim.begin(other)
  }

  talkEnded(other: string): string | undefined {
    return this.#around.aim.end(other, this.target?.name)
  }

  takenOut(channel: string, back: string | undefined): string | undefined {
    return this.#around.aim.takenOut(channel, back)
  }

  get facts(): ConnectionFacts {
    const { connection, identity, output } = this.#around
    const { number, secure } = connection
    const { lastActive, since } = identity
    return { number, dialect: output.dialect.name, secure, since, lastActive }
  }

  get address(): string {
    return this.#around.connection.address
  }

  get person(): Person | undefined {
    return this.#around.identity.person
  }

  get grant(): Grant | undefined {
    return this.#around.identity.grant
  }

  get browser(): BrowserSession | undefined {
    return this.#around.identity.browser
  }

  set browser(browser: BrowserSession | undefined) {
    this.#around.identity.browser = browser
  }

  get provenAt(): number | undefined {
    return this.#around.identity.provenAt
  }

  set provenAt(ticks: number | undefined) {
    this.#around.identity.provenAt = ticks
  }

  get pass(): Pass | undefined {
    return this.#around.connection.pass
  }

  get visitor(): FoundBrowser | undefined {
    return this.#around.connection.visitor
  }

  get formerly(): readonly Account[] {
    return this.#around.identity.formerly
  }

  get seen(): number {
    return this.#around.identity.seen
  }

  get target(): Target | undefined {
    return this.#around.aim.target
  }

  set target(target: Target | undefined) {
    this.#around.aim.target = target
  }

  // What commands do

  async become(person: Person | undefined, grant?: Grant, renamed?: boolean): Promise<number> {
    const { editing, identity } = this.#around
    const before = identity.person
    const upTo = await identity.become(person, grant, renamed)
    if (before?.kind === 'account' && before !== person) editing.forget()
    editing.settle()
    return upTo
  }

  withdraw(): Promise<void> {
    return this.#around.identity.withdraw()
  }

  get gone(): AbortSignal {
    return this.#around.identity.gone
  }

  leave(note: string | undefined): void {
    this.#around.ending.leave(note)
  }

  talkTo(target: Target): void {
    this.#around.aim.talkTo(target)
  }

  mayResume(other: string | undefined, back: string | undefined): void {
    this.#around.aim.end(other ?? 'one who is gone', back, other !== undefined)
  }

  checkAim(of: 'words' | 'channel'): void {
    this.#around.aim.checkFor(of)
  }

  checkNoAnswer(text: string): void {
    this.#around.tasks.checkNoAnswer(text)
  }

  get lastSaid(): number | undefined {
    return this.#around.aim.lastSaid
  }

  ask<T>(text: string, question: Question<T>): Promise<T> {
    return this.#around.tasks.ask(text, question)
  }

  readRows(text: string, take: (row: string) => void | Promise<void>): Promise<void> {
    return this.#around.tasks.readRows(text, take)
  }

  withPayload<T>(run: () => T | Promise<T>): Promise<T> {
    return this.#around.tasks.withPayload(run)
  }

  rest(number: number): Reply {
    return this.#around.tasks.rest(number)
  }

  show(reply: Reply): void {
    this.#around.tasks.show(reply)
  }

  showFailure(problem: Problem): void {
    this.#around.tasks.showFailure(problem)
  }

  pay(cost: number): Promise<void> {
    return this.#around.tasks.pay(cost)
  }

  payAs(account: Account): Promise<void> {
    return this.#around.toll.payAs(account)
  }

  get mayTellSecrets(): boolean {
    return this.#around.connection.secure || !this.#accounts.requireTls
  }

  get hold(): boolean {
    return this.#around.output.hold
  }

  set hold(hold: boolean) {
    this.#around.output.hold = hold
  }

  get manner(): Manner {
    return this.#around.output.dialect.manner
  }

  speak(format: Format): void {
    if (format !== 'text') this.#around.encoding.charset = 'utf-8'
    this.#around.output.speak(format)
    this.#around.editing.settle()
  }

  get clock(): '24' | '12' {
    return this.#around.output.dialect.writing.clock
  }

  set clock(clock: '24' | '12') {
    this.#around.output.change({ clock })
  }

  get zone(): string {
    return this.#around.output.dialect.writing.zone
  }

  set zone(zone: string) {
    this.#around.output.change({ zone })
  }

  get color(): boolean {
    return this.#around.output.dialect.writing.color
  }

  set color(color: boolean) {
    this.#around.output.change({ color })
  }

  get charset(): CharsetName | 'utf-8' {
    return this.#around.encoding.charset
  }

  set charset(charset: CharsetName | 'utf-8') {
    this.#around.encoding.choose(charset)
    this.#around.editing.settle()
  }

  get terminalType(): string | undefined {
    return this.#around.encoding.terminalType
  }

  get bell(): Bell {
    return this.#around.output.bell
  }

  set bell(bell: Bell) {
    this.#around.output.bell = bell
  }

  get editor(): Terminal['editor'] {
    const { choice, isOn } = this.#around.editing
    return { on: isOn, choice }
  }

  chooseEditor(choice: 'on' | 'off' | 'auto'): Promise<void> {
    return this.#around.editing.choose(choice)
  }

  // What its parts ask of it

  get isAtWork(): boolean {
    return this.#around.lines.isAtWork
  }

  get isDeserted(): boolean {
    return this.#around.ending.isDeserted
  }

  overflowed(): void {
    this.#around.journal.tooSlow()
    this.#around.ending.overflowed()
  }

  unwritable(): void {
    this.#around.connection.destroy()
  }
}
