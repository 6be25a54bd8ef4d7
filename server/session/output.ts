import type { Faults } from '../chat/machine/faults.ts'
import type { Batch } from '../chat/model/batch.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import type { Listener } from '../chat/model/people.ts'
import type { Bus } from '../chat/ports/bus.ts'
import type { Dialect, Reader, Writing } from '../dialects/dialect.ts'
import type { Dialects } from '../dialects/dialects.ts'
import type { Clock } from '../lib/clock.ts'
import { zoneOf } from '../lib/zones.ts'
import type { Aim } from './aim.ts'
import type { Connection } from './connection.ts'
import { type Flusher, Outbox, type Owner } from './outbox.ts'

/** What the outputs of all connections share; settings are read when they are needed, and may change. */
export interface OutputParts {
  readonly faults: Pick<Faults, 'note'>
  readonly services: { readonly bus: Pick<Bus, 'settle'>; readonly clock: Pick<Clock, 'now'> }
  readonly dialects: Dialects
  readonly flusher: Flusher
  readonly limits: { readonly sendQueueBytes: number }
  readonly terminal: { readonly timeZone: string }
}

/** Rows are made for no narrower and no wider screen than these: each width in use has an object of its own. */
const narrowest = 20
const widest = 500

/**
 * What one connection reads: how it is written, and when. Answers are printed at once. What happens is shown at once, too,
 * but kept back while a command runs (it comes behind the answer) and while the person holds it.
 */
export class Output {
  /** What happens is kept until the next Enter. */
  hold = false
  /** A command runs: what happens meanwhile is shown behind its answer. */
  busy = false
  /** A person reads it, who is told when a new day begins; a program sees dates at the times of history only. */
  dated = false
  readonly #parts: OutputParts
  readonly #terminal: Listener & Owner & Reader
  readonly #connection: Connection
  readonly #aim: Pick<Aim, 'told'>
  readonly #outbox: Outbox
  #dialect: Dialect
  /** The zone that the person chose; the server's otherwise. */
  #zone: string | undefined
  /** The day of what was heard last, as the dialect counts days. */
  #day = 0
  #held: Buffer[] = none
  #heldBytes = 0
  /** Ends the line of a question that a person still has to answer, so that other lines begin on their own. */
  #lineEnd = ''

  /** `aim` is told when all that happened is on its way. */
  constructor(
    parts: OutputParts,
    {
      aim,
      connection,
      terminal,
    }: { aim: Pick<Aim, 'told'>; connection: Connection; terminal: Listener & Owner & Reader },
  ) {
    this.#parts = parts
    this.#terminal = terminal
    this.#connection = connection
    this.#aim = aim
    const { flusher, limits } = parts
    this.#outbox = new Outbox({ flusher, wire: connection, limits, owner: terminal })
    const zone = zoneOf(parts.terminal.timeZone)
    const writing = { eol: '\n', clock: '24', zone, color: false, width: 0, place: connection.place } as const
    this.#dialect = parts.dialects.first.open(writing, terminal)
  }

  // How it is written

  /** What is spoken here. */
  get dialect(): Dialect {
    return this.#dialect
  }

  /** Takes the first line, which may begin another dialect than the one that everybody begins with. */
  begin(line: string): void {
    const kind = this.#parts.dialects.begunBy(line)
    if (kind) this.speak(kind.name)
  }

  /** Speaks this dialect from now on. */
  speak(name: string): void {
    this.settle()
    this.#open(name, this.#dialect.writing)
  }

  /** Writes in another way from now on: what is not named or undefined stays. */
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
    this.#dialect = this.#parts.dialects.named(name).open(writing, this.#terminal, before)
    this.beginDay()
  }

  /** The configuration is another one, or the place by which it is reached. */
  reconfigured(): void {
    this.change({ place: this.#connection.place })
  }

  /** The terminal has colours, if its name is one of those that do. */
  terminalFound(name: string): void {
    if (/xterm|color|ansi|screen|tmux|linux|putty|vt2/i.test(name)) this.change({ color: true })
  }

  /** The columns of the window; undefined where the client does not know. */
  windowFound(columns: number | undefined): void {
    const width = columns === undefined ? 0 : Math.min(Math.max(columns, narrowest), widest)
    if (width !== this.#dialect.writing.width) this.change({ width })
  }

  /** The day that it is now is known to the reader. */
  beginDay(): void {
    this.#day = this.#dialect.dayOf(this.#parts.services.clock.now())
  }

  // What is printed

  /** An answer: text that ends with the dialect's end of line, or nothing. */
  print(text: string): void {
    if (text === '') return
    this.settle()
    this.#outbox.answer(Buffer.from(text))
  }

  note(text: string): void {
    this.print(this.#dialect.note(text))
  }

  /** Bytes in order with what is printed, that are no answer; they must not be changed afterwards. */
  send(bytes: Buffer): void {
    this.#outbox.add(bytes)
  }

  /** A note that was not asked for by a line. */
  remark(text: string): void {
    this.settle()
    this.#outbox.add(Buffer.from(this.#dialect.note(text)))
  }

  /** Something that was for this connection was thrown: it is told `internal`, and nobody else notices. */
  failed(error: unknown): void {
    this.#parts.faults.note(error, 'delivery')
    try {
      this.#outbox.add(Buffer.from(this.#dialect.trouble()))
    } catch {
      // There is no way to tell it anything.
      this.#connection.destroy()
    }
  }

  /** A question stands there, and waits on its line for the answer; `end` ends that line. */
  openLine(end: string): void {
    this.#lineEnd = end
  }

  /** The line of the question has ended with its answer. */
  lineEnded(): void {
    this.#lineEnd = ''
  }

  /** Ends the line of the question that waits for its answer, if one does. */
  endLine(): void {
    const end = this.#lineEnd
    this.#lineEnd = ''
    this.print(end)
  }

  // What happens

  hear(event: ChatEvent): void {
    this.settle()
    this.#hear(this.#dialect.event(event))
  }

  hearBatch(batch: Batch, from: number, end: number): void {
    for (const bytes of this.#dialect.batch(batch, from, end, this.#terminal)) this.#hear(bytes)
  }

  #hear(bytes: Buffer): void {
    // Some of what happens is for programs only.
    if (bytes.length === 0) return
    if (this.#dialect.day !== this.#day) {
      this.#day = this.#dialect.day
      if (this.dated) this.#hear(this.#dialect.dayLine)
    }
    if (!this.busy && !this.hold) {
      this.#outbox.add(bytes)
      this.#aim.told()
      return
    }
    if (this.#held.length === 0) this.#held = [bytes]
    else this.#held.push(bytes)
    this.#heldBytes += bytes.length
    // Held lines are queued bytes too: rather shown in the middle of a line than without a limit.
    if (this.#heldBytes > this.#parts.limits.sendQueueBytes / 2) this.release()
  }

  /** What was published before comes before what is written now. */
  settle(): void {
    this.#parts.services.bus.settle(this.#terminal)
  }

  /** Shows what was kept back. */
  release(): void {
    const held = this.#held
    if (held.length > 0) this.endLine()
    this.#held = none
    this.#heldBytes = 0
    for (const bytes of held) this.#outbox.add(bytes)
    this.#aim.told()
  }

  /** Whether the peer has everything that happened: nothing is kept back, nothing waits in the system. */
  get isOut(): boolean {
    return this.#held.length === 0 && this.#connection.queuedBytes === 0
  }

  // The reader

  /** More waits for its reader than may wait while more is asked for. */
  get isBehind(): boolean {
    return this.#outbox.waiting > this.#parts.limits.sendQueueBytes / 2
  }

  /** Resolves when the reader has taken what waits, or is gone. */
  async drained(): Promise<void> {
    this.#outbox.flush()
    await this.#connection.drained()
  }

  /** Writes what is there now. */
  flush(): void {
    this.#outbox.flush()
  }

  /** Drops what waits, and all that may come. */
  close(): void {
    this.#outbox.close()
  }
}

/** What is held where nothing is: never changed. */
const none: Buffer[] = []
