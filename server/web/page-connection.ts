import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import type { Served } from '../admission/admission.ts'
import type { FoundBrowser } from '../chat/accounts/browser-sessions.ts'
import type { Faults } from '../chat/machine/faults.ts'
import type { Place } from '../dialects/paste.ts'
import { isCancel } from '../lib/blanks.ts'
import type { Line } from '../lib/line.ts'
import { type SocketWriter, written } from '../net/socket-output.ts'
import type { Connection, ConnectionHandler } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import type { BoundedSocket } from './bounded-socket.ts'
import { lineOf } from './frame-line.ts'
import type { FramedSocket } from './framed-socket.ts'
import type { Frames } from './frames.ts'
import type { MessageLimit } from './message-limit.ts'

/** What all WebSockets have in common. */
export interface PageParts {
  readonly faults: Faults
  readonly frames: Frames
  readonly session: (connection: Connection) => ConnectionHandler
  readonly writer: SocketWriter
}

/** Whose WebSocket it is. */
export interface PagePeer {
  readonly address: string
  readonly number: number
  readonly secure: boolean
  readonly relayed: boolean
  readonly place: () => Place
  /** The browser session of its cookie, if that is good. */
  readonly visitor: FoundBrowser | undefined
  /** Called once it is gone and what had come by it is done. */
  readonly onOver: () => void
}

/**
 * A message of more bytes ends the WebSocket. What is shorter, and longer than a line may be, is an error of the dialect, as
 * it is over TCP.
 */
export const mostMessage = 1024 * 1024
/** So many bytes, or lines, are read before their turn; then reading pauses. */
const mostAheadBytes = 64 * 1024
const mostAhead = 1_000
/** So often nothing comes back to what asks whether the peer is there before it is taken for gone. */
const mostSilent = 3

/** One WebSocket: a frame is a line, both ways. In everything else it is a connection like all others. */
export class PageConnection implements Connection, Served {
  readonly begins = 'json'
  readonly telnet = false
  readonly endsAsTelnet = false
  readonly address: string
  readonly number: number
  readonly secure: boolean
  readonly relayed: boolean
  readonly visitor: FoundBrowser | undefined
  readonly #ws: FramedSocket
  readonly #socket: Socket
  readonly #parts: PageParts
  readonly #place: () => Place
  readonly #session: ConnectionHandler
  readonly #onOver: () => void
  readonly #limit: MessageLimit
  #messages = 0
  /** Lines that have come before their turn, and how many bytes they are. */
  #ahead: { readonly line: Line; readonly bytes: number }[] = []
  #aheadBytes = 0
  #paused = false
  /** How many promises must resolve before the next line. */
  #waits = 0
  /** What has come in this turn was a line, which pays for itself. */
  #lineCame = false
  #cost = 0
  #silent = 0
  #finished = false
  #broken = false
  #gone = false

  /** `bounded` carries the frames of `ws`. */
  constructor(ws: FramedSocket, bounded: BoundedSocket, peer: PagePeer, parts: PageParts) {
    this.#ws = ws
    this.#socket = bounded.socket
    this.#parts = parts
    this.address = peer.address
    this.number = peer.number
    this.secure = peer.secure
    this.relayed = peer.relayed
    this.visitor = peer.visitor
    this.#place = peer.place
    this.#onOver = peer.onOver
    this.#session = parts.session(this)
    this.#listen()
    this.#session.greet()
    this.#limit = bounded.begin(() => this.#session.longestLine, mostMessage)
    // Behind what makes messages of the bytes: then it is known whether they have brought a line.
    this.#socket.on('data', (chunk: Buffer) => this.#guard(() => this.#came(chunk)))
  }

  get place(): Place {
    return this.#place()
  }

  // As one of all connections

  get isMember(): boolean {
    return this.#session.isMember
  }

  get farewell(): Served['farewell'] {
    return this.#session.farewell
  }

  get dialect(): string {
    return this.#session.dialect
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  reconfigured(): void {
    this.#session.reconfigured()
  }

  close(reason: string): void {
    this.#session.close(reason)
  }

  drop(reason: string): void {
    this.#session.close(reason)
  }

  // As the session's

  write(chunks: readonly Buffer[]): void {
    // Behind the frame that closes nothing may follow (RFC 6455, 5.5.1).
    if (this.#ws.readyState !== WebSocket.OPEN) return
    const { frames, writer } = this.#parts
    writer.write(
      this.#socket,
      chunks.map((chunk) => frames.of(chunk)),
    )
  }

  /** Whoever is asked for a secret knows that it is one, and hides it. */
  async hideInput(): Promise<'raw'> {
    return 'raw'
  }

  showInput(): void {}

  endPrompt(): void {}

  drained(): Promise<void> {
    return written(this.#socket)
  }

  get waitingLines(): number {
    return this.#ahead.length
  }

  dropWaiting(): number {
    const { length } = this.#ahead
    this.#ahead = []
    this.#aheadBytes = 0
    return length
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    if (this.#ahead.length > 0) this.#waitFor(nextTurn())
  }

  end(): void {
    if (this.#finished) return
    this.#finished = true
    this.dropWaiting()
    this.#ws.resume()
    this.#ws.finish()
  }

  destroy(): void {
    this.#broken = true
    this.#ws.terminate()
  }

  /** Asks whether the peer is still there; one that says nothing for long is taken for gone. */
  beat(): void {
    if (this.#ws.readyState !== WebSocket.OPEN || this.#ws.isPaused) return
    if (++this.#silent > mostSilent) this.destroy()
    // Whoever has much to read is asked nothing more.
    else if (this.queuedBytes === 0) this.#ws.ping()
  }

  #listen(): void {
    const ws = this.#ws
    ws.on('message', (data, isBinary) => this.#guard(() => this.#take(data, isBinary)))
    ws.on('ping', () => {
      this.#cost += costs.trifle
    })
    ws.on('tooLong', () => this.#guard(() => this.#tooLong()))
    // The close that follows tells all there is to know.
    ws.on('error', () => {
      this.#broken = true
    })
    ws.on('close', (code) => this.#guard(() => this.#closed(code)))
  }

  /** A defect ends this connection, and no other. */
  #guard(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#parts.faults.note(error, 'connection')
    this.#session.close('something went wrong in the server')
  }

  /** What brings no line costs something, too: pieces of frames, pings, what is no message. */
  #came(chunk: Buffer): void {
    this.#silent = 0
    if (!this.#lineCame) this.#cost += costs.trifle + chunk.length * costs.byte
    this.#lineCame = false
    const cost = this.#cost
    this.#cost = 0
    const wait = cost > 0 && !this.#finished ? this.#session.charge(cost) : undefined
    if (wait) this.#waitFor(wait)
  }

  #take(data: WebSocket.RawData, isBinary: boolean): void {
    this.#lineCame = true
    const isCut = this.#limit.wasCut(this.#messages++)
    if (this.#finished || !Buffer.isBuffer(data)) return
    const line = lineOf(data, isBinary, isCut ? 0 : this.#session.longestLine)
    if (this.#mayHandOver) {
      this.#session.receive(line, true)
      return
    }
    if (line.text !== undefined && isCancel(line.text) && this.#session.dropWaiting()) return
    this.#ahead.push({ line, bytes: data.length })
    this.#aheadBytes += data.length
    // Whoever sends a line has seen what was there then.
    this.#session.showsLife()
    this.#holdBack()
  }

  get #mayHandOver(): boolean {
    return !this.#paused && this.#waits === 0 && this.#ahead.length === 0
  }

  /** Reads no more as long as there is more than may be done. */
  #holdBack(): void {
    const isFull = this.#aheadBytes >= mostAheadBytes || this.#ahead.length >= mostAhead || this.#waits > 0
    if (isFull && !this.#finished) this.#ws.pause()
    else this.#ws.resume()
  }

  #waitFor(moment: Promise<unknown>): void {
    this.#waits++
    this.#holdBack()
    moment
      .then(() => {
        if (--this.#waits === 0) this.#goOn()
      })
      .catch((error: unknown) => this.#failed(error))
  }

  #goOn(): void {
    while (!this.#finished && !this.#paused && this.#waits === 0) {
      const next = this.#ahead.shift()
      if (!next) break
      this.#aheadBytes -= next.bytes
      this.#session.receive(next.line, false)
    }
    this.#holdBack()
    if (this.#gone && this.#ahead.length === 0) this.#session.endOfInput()
  }

  /** The message is longer than anything that is taken: its sender is told, and nothing of it is read. */
  #tooLong(): void {
    this.#session.receive({ error: 'line-too-long', start: '' })
    this.#session.endOfInput()
  }

  #closed(code: number): void {
    if (this.#gone) return
    this.#gone = true
    const isClean = !this.#broken && isFarewell(code)
    const more = this.#ahead.length > 0
    // Who says that they go have read what they leave.
    if (isClean && !more) this.#session.endOfInput()
    this.#session
      .closed(isClean, more)
      .catch((error: unknown) => this.#parts.faults.note(error, 'connection'))
      .then(() => this.#onOver())
    if (more && !this.#paused) this.#goOn()
  }
}

/** Whether a peer has said that it goes (RFC 6455, 7.4.1): by a close, or as its page was left. */
function isFarewell(code: number): boolean {
  return code === 1000 || code === 1001 || code === 1005
}
