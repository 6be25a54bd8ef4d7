import { setImmediate as nextTurn } from 'node:timers/promises'
import { isCancel, longestCancel, withoutFront } from '../lib/blanks.ts'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { ConnectionHandler } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import { Ahead } from './ahead.ts'
import { FirstBytes, type NotChat, type Opening } from './first-bytes.ts'
import type { Protocol } from './foreign.ts'
import { LineEnds } from './line-ends.ts'
import { commands } from './telnet-codes.ts'
import { TerminalInput, type TerminalOwner, type Typist } from './terminal-input.ts'

/** Who gets the lines: the session of the connection. */
export type Receiver = Typist &
  Pick<ConnectionHandler, 'charge' | 'dropWaiting' | 'endOfInput' | 'receive' | 'showsLife'>

/** The connection whose bytes these are. */
export interface IntakeOwner {
  /** The intake reads it each time: the owner has no session yet when it makes its intake. */
  readonly receiver: Receiver
  /** The peer uses TLS. */
  readonly usesTls: boolean
  /** Stops reading from the peer: too much is read ahead. */
  holdReading(): void
  goOnReading(): void
  /** The person or program has sent a first line that is not empty. */
  spoke(): void
  /** The peer begins TLS. The owner calls `leave`, here as below. */
  tlsFound(): void
  /** The peer speaks another protocol. */
  foreignFound(protocol: Protocol): void
  /** The peer wants a file, or speaks HTTP. */
  notChatFound(found: NotChat): void
  /** Something was thrown, which is a defect of the server. */
  failed(error: unknown): void
}

const nothing = Buffer.alloc(0)
const ctrlC = 0x03
const newline = 0x0a
const carriageReturn = 0x0d

/**
 * Takes the bytes of a connection and hands lines to its session. It takes no more than the session has paid for and may do
 * in a turn, keeps the rest for later, and tells the owner when too much of it waits. It needs no socket.
 */
export class Intake implements TerminalOwner {
  readonly clock: Clock
  readonly #owner: IntakeOwner
  readonly #terminal: TerminalInput
  readonly #ahead = new Ahead()
  /** Decides whether this is chat; undefined once that is known. */
  #first: FirstBytes | undefined
  /** Telnet bytes that wait for the next turn of the event loop. */
  #rest: Buffer = nothing
  /** Made when somebody asks how many lines wait. */
  #ends: LineEnds | undefined
  /** How many promises must resolve before the next bytes: a payment, or the next turn. */
  #waits = 0
  /** The peer has sent a line, or only empty ones. */
  #sent: 'nothing' | 'empty lines' | 'a line' = 'nothing'
  /** The bytes of the present `#look` have brought a line. */
  #lineCame = false
  /** The bytes of the present `#look` have come just now. */
  #isNew = false
  #ended = false
  /** The connection broke: a line without an end is incomplete, and not done. */
  #cutOff = false
  #endTold = false
  /** The server has ended the connection: no line is handed over any more. */
  #stopped = false
  /** Another part has taken the connection over: the session does not hear of its end either. */
  #left = false

  constructor(owner: IntakeOwner, { clock, mayTransfer }: { clock: Clock; mayTransfer: boolean }) {
    this.clock = clock
    this.#owner = owner
    this.#first = new FirstBytes(mayTransfer)
    this.#terminal = new TerminalInput(this)
  }

  /** What knows of telnet: keys, window, hiding what is typed. */
  get terminal(): TerminalInput {
    return this.#terminal
  }

  get usesTls(): boolean {
    return this.#owner.usesTls
  }

  /** Whether the first line has begun and is not whole yet. */
  get begun(): boolean {
    return this.#first?.begun ?? false
  }

  /** Whether the peer has pressed Enter and said nothing: it wants to know who is here. */
  get knocked(): boolean {
    return this.#sent === 'empty lines' && !this.begun
  }

  /** The peer reads the greeting; it may be asked whether it is a telnet client. */
  greeted(): void {
    this.#terminal.editing.greeted()
  }

  /** Whether more lines may come. */
  get isOpen(): boolean {
    return !this.#endTold && !this.#stopped
  }

  /** Lines that have come and were not handed over yet. */
  get waitingLines(): number {
    this.#ends ??= new LineEnds()
    const ends = this.#ends
    return this.#terminal.waitingEnds(ends) + ends.countIn(this.#rest) + this.#ahead.lineEnds(ends)
  }

  /** Drops those lines, and one that has begun; returns how many there were. */
  dropWaiting(): number {
    const lines = this.waitingLines
    this.#terminal.drop()
    this.#rest = nothing
    this.#ahead.drop()
    return lines
  }

  /** Hands no line over, for a while. */
  pause(): void {
    this.#terminal.pause()
  }

  resume(): void {
    this.#terminal.resume()
    if (this.#terminal.paused) return
    if (this.#rest.length > 0 || !this.#ahead.isEmpty) this.#waitFor(nextTurn())
    this.#tellEnd()
  }

  /** Bytes came. They may be others as soon as it returns: what is kept is copied. */
  push(chunk: Buffer): void {
    if (this.#stopped) return
    if (this.#mayLook) this.#look(chunk, true)
    // More has come than may be read now: a /cancel or Ctrl-C drops it, anything else waits after it.
    else if (!this.#isCancelling(chunk) || !this.receiver.dropWaiting()) this.#keep(chunk)
  }

  /** The peer sends nothing more. */
  end(): void {
    this.#ended = true
    this.#tellEnd()
  }

  /** The peer is gone; `chunks` is what had come and was not read. */
  close(chunks: Iterable<Buffer>): void {
    this.#cutOff = !this.#ended
    this.#ended = true
    if (this.#stopped) return
    for (const chunk of chunks) this.#keep(chunk)
    this.#goOn()
  }

  /** Reads no further bytes. */
  stop(): void {
    this.#stopped = true
  }

  /** Another part takes the connection over: no further line comes of it. */
  leave(): void {
    this.#stopped = true
    this.#left = true
    this.#first = undefined
  }

  #isCancelling(chunk: Buffer): boolean {
    // In telnet, 3 is also an option, or a part of a width.
    if (this.#terminal.sendsKeys) return chunk.includes(ctrlC) && !chunk.includes(commands.iac)
    return chunk.length <= longestCancel && isCancel(chunk.toString())
  }

  get #mayLook(): boolean {
    return !this.#waits && this.#rest.length === 0 && this.#ahead.isEmpty && !this.#terminal.paused
  }

  /** `isNew`: it has come just now. */
  #look(chunk: Buffer, isNew: boolean): void {
    this.#lineCame = false
    this.#isNew = isNew
    const { sendsKeys } = this.#terminal
    if (this.#first) this.#open(this.#first, isNew ? Buffer.from(chunk) : chunk)
    else this.#takeBytes(chunk)
    this.#isNew = false
    // Bytes that bring a line are paid for with the line, and keys by themselves.
    if (!this.#lineCame && !this.#stopped && !sendsKeys)
      this.#charge(costs.trifle + chunk.length * costs.byte)
  }

  #open(first: FirstBytes, chunk: Buffer): void {
    for (let bytes = chunk; bytes.length > 0 && !this.#stopped; ) {
      const opening = first.push(bytes)
      this.#take(opening)
      bytes = opening.kind === 'blank' ? opening.rest : nothing
      // What the terminal has not taken yet stands before the rest.
      if (this.#rest.length > 0 && bytes.length > 0) {
        this.#first = undefined
        this.#rest = Buffer.concat([this.#rest, bytes])
        return
      }
    }
  }

  #take(opening: Opening): void {
    switch (opening.kind) {
      case 'more':
        break
      case 'blank':
        this.#takeBytes(opening.bytes)
        break
      case 'chat':
        this.#first = undefined
        this.#takeBytes(opening.bytes)
        break
      case 'tls':
        this.#owner.tlsFound()
        break
      case 'foreign':
        this.#owner.foreignFound(opening.protocol)
        break
      case 'not-chat':
        this.#owner.notChatFound(opening)
        break
      default:
        opening satisfies never
    }
  }

  #keep(chunk: Buffer): void {
    this.#ahead.add(Buffer.from(chunk))
    if (this.#ahead.isFull) this.#owner.holdReading()
    // The person has seen the messages at the time of typing, and not those at the time of the line's turn.
    if (chunk.includes(newline) || chunk.includes(carriageReturn)) this.receiver.showsLife()
  }

  /** Takes as much as may be done in a turn; the rest waits for one to come. */
  #takeBytes(bytes: Buffer): void {
    const taken = this.#terminal.push(bytes)
    const rest = taken < bytes.length ? bytes.subarray(taken) : nothing
    this.#rest = this.#isNew && rest.length > 0 ? Buffer.from(rest) : rest
    this.#charge(this.#terminal.takeCost())
    if (this.#rest.length > 0) this.#waitFor(nextTurn())
  }

  #charge(cost: number): void {
    if (cost === 0) return
    const wait = this.receiver.charge(cost)
    if (wait) this.#waitFor(wait)
  }

  /** Reads no further bytes until this promise, and all earlier ones, have resolved: every charge is paid. */
  #waitFor(moment: Promise<unknown>): void {
    this.#waits++
    moment
      .then(() => {
        if (--this.#waits === 0) this.#goOn()
      })
      .catch((error: unknown) => this.#owner.failed(error))
  }

  #goOn(): void {
    while (!this.#stopped && !this.#waits && !this.#terminal.paused) {
      const rest = this.#rest
      this.#rest = nothing
      if (rest.length > 0) this.#takeBytes(rest)
      else if (!this.#ahead.isEmpty) this.#look(this.#ahead.take(), false)
      else break
    }
    // The rest follows when the terminal goes on, or when the charge is paid.
    if (this.#stopped) return
    if (!this.#ahead.isFull) this.#owner.goOnReading()
    this.#tellEnd()
  }

  get receiver(): Receiver {
    return this.#owner.receiver
  }

  /** The terminal has a line. */
  takeLine(line: Line): void {
    if (this.#stopped) return
    this.#lineCame = true
    if (this.#sent !== 'a line') {
      const isEmpty = line.text !== undefined && withoutFront(line.text) === ''
      this.#sent = isEmpty ? 'empty lines' : 'a line'
      if (!isEmpty) this.#owner.spoke()
    }
    this.receiver.receive(line, this.#isNew)
  }

  #tellEnd(): void {
    if (!this.#ended || this.#endTold || this.#rest.length > 0 || !this.#ahead.isEmpty) return
    if (this.#first && !this.#stopped && !this.#cutOff) this.#take(this.#first.end())
    if (this.#left || this.#rest.length > 0) return
    this.#terminal.end(this.#cutOff)
    if (this.#terminal.paused) return
    this.#endTold = true
    this.receiver.endOfInput()
  }
}
