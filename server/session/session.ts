import type { Person } from '../chat/model/people.ts'
import type { Terminal } from '../commands/terminal.ts'
import { isCancel } from '../lib/blanks.ts'
import type { Charset } from '../lib/charset-names.ts'
import type { Line } from '../lib/line.ts'
import type { Connection, ConnectionHandler } from './connection.ts'
import type { Editing } from './editing.ts'
import { cancelled } from './input.ts'
import type { SessionParts } from './parts.ts'
import { Wiring } from './wiring.ts'

/**
 * One session, as its connection sees it: the connection tells it what the peer does, and its parts do the rest. The domain
 * and the commands see the same session as its `terminal`.
 */
export class Session implements ConnectionHandler {
  readonly #shared: SessionParts
  readonly #own: Wiring

  constructor(shared: SessionParts, connection: Connection) {
    this.#shared = shared
    this.#own = new Wiring(shared, connection, this)
    this.#own.deadline.start()
  }

  get terminal(): Terminal {
    return this.#own.terminal
  }

  get person(): Person | undefined {
    return this.#own.identity.person
  }

  get isMember(): boolean {
    return this.person?.kind === 'account'
  }

  get dialect(): string {
    return this.#own.output.dialect.name
  }

  // What the connection tells

  greet(): void {
    const { hello, unrevealed } = this.#shared
    const { connection, output } = this.#own
    if (!connection.telnet) output.print(unrevealed.take(connection.address))
    output.print(output.dialect.greeting(hello(connection.visitor?.account.name)))
  }

  receive(line: Line, isNew = true): void {
    const { deadline, ending, input, lines, reading } = this.#own
    if (ending.isPlanned) return
    if (isNew) this.showsLife()
    deadline.noteLine()
    const { text } = reading.asTyped(line)
    if (text !== undefined && isCancel(text) && this.dropWaiting()) return
    input.add(line)
    lines.start()
  }

  showsLife(): void {
    if (!this.#own.ending.isGone) this.#own.identity.showsLife()
  }

  dropWaiting(): boolean {
    return this.#own.backlog.drop()
  }

  interrupt(): void {
    this.#own.tasks.interrupt()
    this.#own.input.interrupt(cancelled)
  }

  send(bytes: Buffer): void {
    this.#own.output.send(bytes)
  }

  areYouThere(): void {
    this.#own.output.remark('Still here.')
  }

  charge(cost: number): Promise<void> | undefined {
    return this.#own.toll.charge(cost)
  }

  telnetFound(): void {
    this.#own.output.change({ eol: '\r\n' })
  }

  terminalFound(name: string): void {
    const { person } = this
    this.#own.encoding.terminalFound(name)
    // The client may tell it after the login.
    if (person?.kind === 'account') this.#own.identity.takeCharset(person)
    const chosen = person?.kind === 'account' ? person.settings.color : undefined
    if (chosen === undefined) this.#own.output.terminalFound(name)
  }

  windowFound(columns: number | undefined): void {
    this.#own.output.windowFound(columns)
  }

  endOfInput(): void {
    const { connection, input, lines } = this.#own
    this.#noteConcealed()
    // A peer that ends its input has read the output so far; a proxy says nothing about that.
    if (!connection.relayed) this.showsLife()
    input.end(cancelled)
    lines.start()
  }

  async closed(clean: boolean, more = false): Promise<void> {
    const { ending, lines, tasks } = this.#own
    if (ending.isGone) return
    this.#noteConcealed()
    const over = ending.peerGone(clean, more)
    if (!ending.isPlanned) lines.start()
    await over
    tasks.rests?.clear()
  }

  /** Remembers the address if the peer leaves in the middle of a hidden answer. */
  #noteConcealed(): void {
    if (this.#own.tasks.conceals) this.#shared.unrevealed.note(this.#own.connection.address)
  }

  close(reason: string): void {
    this.#own.ending.close(reason)
  }

  reconfigured(): void {
    try {
      this.#own.output.reconfigured()
      this.#own.deadline.settingChanged()
    } catch (error) {
      this.#own.output.failed(error)
    }
  }

  get takesKeys(): boolean {
    return this.#own.reading.takesKeys
  }

  get charset(): Charset {
    return this.#own.encoding.charset
  }

  get editing(): Editing {
    return this.#own.editing
  }

  get longestLine(): number {
    return this.#own.reading.longestLine
  }

  get farewell(): { readonly user: string | undefined; readonly why: string } {
    const { ending, identity } = this.#own
    return { user: identity.lastName, why: ending.why ?? 'closed by the client' }
  }
}
