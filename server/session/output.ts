import type { Faults } from '../chat/machine/faults.ts'
import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Listener } from '../chat/model/people.ts'
import type { Bus } from '../chat/ports/bus.ts'
import type { Dialect, Reader, Writing } from '../dialects/dialect.ts'
import type { Dialects } from '../dialects/dialects.ts'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import { zoneOf } from '../lib/zones.ts'
import type { Aim } from './aim.ts'
import { type Bell, ring, TerminalBell } from './bell.ts'
import type { Connection } from './connection.ts'
import type { Encoding } from './encoding.ts'
import { HeldEvents } from './held-events.ts'
import { type Flusher, Outbox, type Owner } from './outbox.ts'
import { hasColors, usableWidth } from './screen.ts'

/** What the outputs of all connections share; settings are read when they are needed, and may change. */
export interface OutputParts {
  readonly faults: Pick<Faults, 'note'>
  readonly services: { readonly bus: Pick<Bus, 'settle'>; readonly clock: Pick<Clock, 'now'> }
  readonly dialects: Dialects
  readonly flusher: Flusher
  readonly limits: { readonly sendQueueBytes: number }
  readonly terminal: { readonly timeZone: string }
}

/** The other parts of its connection that it works with. */
interface Around {
  /** Told when all events so far have been shown. */
  readonly aim: Pick<Aim, 'told'>
  readonly connection: Connection
  readonly encoding: Pick<Encoding, 'bytesOf' | 'ofUtf8'>
  readonly terminal: Listener & Owner & Reader
}

/**
 * The output of one connection: how it is written, and when. Answers are printed at once. Events are shown at once, too, but
 * held while a command runs (those that come after what it does follow its answer) and while the person has /hold on.
 */
export class Output {
  /** Events are held until the next Enter. */
  hold = false
  /** A command runs: events are shown after its answer. */
  busy = false
  /** A person reads it and is told when a new day begins; a program sees dates in history only. */
  dated = false
  readonly #parts: OutputParts
  readonly #around: Around
  readonly #outbox: Outbox
  #bell: TerminalBell | undefined
  #dialect: Dialect
  /** The zone that the person chose; the server's otherwise. */
  #zone: string | undefined
  /** The day of the last event, as the dialect counts days. */
  #day = 0
  /** Made when one is held. */
  #held: HeldEvents | undefined
  /** Ends the line of an open question, so that other text begins on a new line. */
  #lineEnd = ''

  constructor(parts: OutputParts, around: Around) {
    this.#parts = parts
    this.#around = around
    const { connection, terminal } = around
    const { flusher, limits } = parts
    this.#outbox = new Outbox({ flusher, wire: connection, limits, owner: terminal })
    const zone = zoneOf(parts.terminal.timeZone)
    const writing = { eol: '\n', clock: '24', zone, color: false, width: 0, place: connection.place } as const
    const kind =
      connection.begins === undefined ? parts.dialects.first : parts.dialects.named(connection.begins)
    this.#dialect = kind.open(writing, terminal)
  }

  // How it is written

  /** The dialect of this connection. */
  get dialect(): Dialect {
    return this.#dialect
  }

  /** Takes the first line, which may choose another dialect than the one with which every connection begins. */
  begin(line: string): void {
    const kind = this.#parts.dialects.begunBy(line)
    if (kind) this.speak(kind.name)
  }

  /** Speaks this dialect from now on. */
  speak(name: string): void {
    this.settle()
    this.#open(name, this.#dialect.writing)
  }

  /** Ends its lines as this line ended, from the answer to it on: a terminal that sends CR would write a bare LF as a staircase. */
  endAs({ inCr }: Line): void {
    const eol = inCr ? '\r\n' : '\n'
    if (!this.#around.connection.telnet && eol !== this.#dialect.writing.eol) this.change({ eol })
  }

  /** Changes how it writes from now on; missing and undefined fields stay as they are. */
  change({ zone, ...change }: { [K in keyof Writing]?: Writing[K] | undefined }): void {
    this.settle()
    if (zone !== undefined) this.#zone = zone
    const { name, writing } = this.#dialect
    this.#open(name, {
      eol: change.eol ?? writing.eol,
      clock: change.clock ?? writing.clock,
      zone: this.#zone ?? zoneOf(this.#parts.terminal.timeZone),
      color: change.color ?? writing.color,
      place: change.place ?? writing.place,
      width: change.width ?? writing.width,
    })
  }

  #open(name: string, writing: Writing): void {
    const before = this.#dialect.name === name ? this.#dialect : undefined
    this.#dialect = this.#parts.dialects.named(name).open(writing, this.#around.terminal, before)
    this.beginDay()
  }

  /** The configuration or the server's public address may have changed. */
  reconfigured(): void {
    this.change({ place: this.#around.connection.place })
  }

  /** The type of the terminal is known: colours are on if it has some. */
  terminalFound(name: string): void {
    if (hasColors(name)) this.change({ color: true })
  }

  /** The columns of the window; undefined if the client does not know. */
  windowFound(columns: number | undefined): void {
    const width = usableWidth(columns)
    if (width !== this.#dialect.writing.width) this.change({ width })
  }

  /** The reader knows that it is today. */
  beginDay(): void {
    this.#day = this.#dialect.dayOf(this.#parts.services.clock.now())
  }

  // The bell

  /** What rings the bell. */
  get bell(): Bell {
    return this.#bell?.for ?? 'off'
  }

  /** The person chooses it for this connection. */
  set bell(bell: Bell) {
    this.#madeBell().chosen = bell
  }

  /** The account of the person remembers it. */
  rememberBell(bell: Bell): void {
    if (this.#bell || bell !== 'off') this.#madeBell().remembered = bell
  }

  #madeBell(): TerminalBell {
    this.#bell ??= new TerminalBell(
      () => this.#around.connection.telnet || this.#around.connection.editor?.isOn === true,
    )
    return this.#bell
  }

  // What is printed

  /** An answer: text that ends with the dialect's end of line, or nothing. */
  print(text: string): void {
    if (text === '') return
    this.settle()
    this.#outbox.answer(this.#around.encoding.bytesOf(text))
  }

  note(text: string): void {
    this.print(this.#dialect.note(text))
  }

  /** Sends bytes in order with the printed text, such as telnet commands; they must not be changed afterwards. */
  send(bytes: Buffer): void {
    this.#outbox.add(bytes)
  }

  /** A note that is not the answer to a line. */
  remark(text: string): void {
    this.settle()
    this.#outbox.add(this.#around.encoding.bytesOf(this.#dialect.note(text)))
  }

  /** An error kept this connection from being told something: it reads that (`internal`), and the error is logged. */
  failed(error: unknown): void {
    this.#parts.faults.note(error, 'delivery')
    try {
      this.#outbox.add(this.#around.encoding.bytesOf(this.#dialect.notShown()))
    } catch {
      // Not even that can be written.
      this.#around.connection.destroy()
    }
  }

  /** A question waits on its line for the answer; `end` ends that line. */
  openLine(end: string): void {
    this.#around.connection.endPrompt()
    this.#lineEnd = end
  }

  /** The line of the question has ended with its answer. */
  lineEnded(): void {
    this.#lineEnd = ''
  }

  /** Ends the line of the open question, if there is one. */
  endLine(): void {
    const end = this.#lineEnd
    this.#lineEnd = ''
    this.print(end)
  }

  // What happens

  hear(event: ChatEvent): void {
    this.settle()
    if (this.#bell) this.#ringFor(event, this.#bell)
    this.#hear([this.#dialect.event(event)])
  }

  hearBatch(batch: Batch, from: number, end: number): void {
    if (this.#bell) this.#ringForBatch(batch, from, end, this.#bell)
    this.#hear(this.#dialect.batch(batch, from, end, this.#around.terminal))
  }

  #ringForBatch(batch: Batch, from: number, end: number, bell: TerminalBell): void {
    for (let index = from; index < end; index++) {
      const event = batch.events[index]
      if (event && !batch.omits(this.#around.terminal, index)) this.#ringFor(event, bell)
    }
  }

  #ringFor(event: ChatEvent, bell: TerminalBell): void {
    const now = this.#parts.services.clock.now()
    if (this.#dialect.manner.typed && bell.isDue(event, this.#around.terminal.person?.name, now))
      this.#outbox.add(ring)
  }

  #hear(lines: readonly Buffer[]): void {
    // Some events are for programs only.
    if (!lines.some(({ length }) => length > 0)) return
    if (this.#dialect.day !== this.#day) {
      this.#day = this.#dialect.day
      if (this.dated) this.#hear([this.#dialect.dayLine])
    }
    if (!this.busy && !this.hold) {
      this.#outbox.addAll(this.#around.encoding.ofUtf8(lines))
      this.#around.aim.told()
      return
    }
    // Held lines are queued bytes, too: they are limited, even if they are then shown in the middle of what is typed.
    for (const bytes of lines) {
      this.#held ??= new HeldEvents()
      if (this.#held.keep(bytes) > this.#parts.limits.sendQueueBytes / 2) this.release()
    }
  }

  /** What this connection does is told now: its answer comes behind the events of before, and in front of the later ones. */
  acted(): void {
    this.settle()
    if (!this.hold) this.release()
    this.busy = true
  }

  /** A command waits for the person: what happens is shown at once until the function is called. */
  rest(): () => void {
    const { busy } = this
    this.busy = false
    if (!this.hold) this.release()
    return () => {
      this.settle()
      this.busy = busy
    }
  }

  /** Shows first the events that were published before now. */
  settle(): void {
    this.#parts.services.bus.settle(this.#around.terminal)
  }

  /** Shows the held events. */
  release(): void {
    if (this.#held) this.endLine()
    const held = this.#held
    this.#held = undefined
    if (held) this.#outbox.addAll(this.#around.encoding.ofUtf8(held.lines))
    this.#around.aim.told()
  }

  /** Whether all events have reached the peer: none is held, and no bytes wait in the system's queue. */
  get isOut(): boolean {
    return this.#held === undefined && this.#around.connection.queuedBytes === 0
  }

  // The reader

  /** So much output waits that no further line may be done before the reader has taken it. */
  get isBehind(): boolean {
    return this.#outbox.waiting > this.#parts.limits.sendQueueBytes / 2
  }

  /** Resolves when the reader has taken the output that waits, or is gone. */
  async drained(): Promise<void> {
    this.#outbox.flush()
    await this.#around.connection.drained()
  }

  /** The wire draws something at the end of this turn. */
  touch(): void {
    this.#outbox.touch()
  }

  /** Writes the waiting output now. */
  flush(): void {
    this.#outbox.flush()
  }

  /** Drops the waiting output, and all later output. */
  close(): void {
    this.#outbox.close()
  }
}
