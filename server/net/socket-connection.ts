import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Served } from '../admission/admission.ts'
import type { Faults } from '../chat/machine/faults.ts'
import type { Place } from '../dialects/paste.ts'
import type { Clock } from '../lib/clock.ts'
import type { Connection, ConnectionHandler, LineEditor } from '../session/connection.ts'
import type { NotChat } from './first-bytes.ts'
import { foreignAnswer, type Protocol } from './foreign.ts'
import { Intake, type IntakeOwner } from './intake.ts'
import { endGently } from './linger.ts'
import type { Peer } from './peer.ts'
import { stopTaking, takeBytes } from './shared-reading.ts'
import { type SocketWriter, written } from './socket-output.ts'
import { noTls } from './tls.ts'
import type { Transfers } from './transfers.ts'
import { keepReading, type Reader, stopKeeping } from './unwritable.ts'

/** What all connections have in common. */
export interface SocketParts {
  readonly clock: Clock
  readonly faults: Faults
  readonly session: (connection: Connection) => ConnectionHandler
  /** Takes over connections that are for a file. */
  readonly transfers: Transfers
  readonly writer: SocketWriter
}

/** Hears what comes by a socket. */
interface Hearer {
  read(chunk: Buffer): void
  /** The peer sends nothing more. */
  ended(): void
  /** The socket is closed. */
  closed(): void
}

/** The property of a socket with its connection. Listeners that find it there are the same for all: their own ones would take more. */
const hearer = Symbol('hearer')
type Heard = Socket & { [hearer]?: Hearer }

function onData(this: Heard, chunk: Buffer): void {
  this[hearer]?.read(chunk)
}

function onEnd(this: Heard): void {
  this[hearer]?.ended()
}

function onClose(this: Heard): void {
  this[hearer]?.closed()
}

/** A vanished peer is noticed after about this time without a sign of life. */
const keepAliveMs = 60_000

/** One TCP connection: it hands the bytes that come to its intake, writes the bytes of its session, and ends. */
export class SocketConnection implements Connection, Served, IntakeOwner, Reader, Hearer {
  readonly #socket: Socket
  readonly #peer: Peer
  readonly #parts: SocketParts
  readonly #intake: Intake
  readonly #session: ConnectionHandler
  #cancelGreeting: (() => void) | undefined
  /** The row of the editor is drawn when the peer has taken what waits. */
  #rowWaits = false
  #transfers = false
  #goneTold = false
  #sessionOver = false
  #closed = false
  #finished = false
  #broken = false

  /** Somebody listens for the errors of the socket already. */
  constructor(socket: Socket, peer: Peer, parts: SocketParts) {
    this.#socket = socket
    this.#peer = peer
    this.#parts = parts
    this.#intake = new Intake(this, { clock: parts.clock, mayTransfer: !peer.telnet })
    this.#session = parts.session(this)
    this.#listen(peer)
  }

  get address(): string {
    return this.#peer.address
  }

  get number(): number {
    return this.#peer.number
  }

  get secure(): boolean {
    return this.#peer.secure
  }

  get relayed(): boolean {
    return this.#peer.relayed
  }

  get place(): Place {
    return this.#peer.place
  }

  // For the admission (Served)

  get isMember(): boolean {
    return this.#session.isMember
  }

  get farewell(): Served['farewell'] {
    return this.#session.farewell
  }

  get dialect(): Served['dialect'] {
    return this.#transfers ? 'file' : this.#session.dialect
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
    if (!this.#transfers) this.#session.close(reason)
  }

  drop(reason: string): void {
    if (this.#transfers) this.#socket.destroy()
    else this.#session.close(reason)
  }

  // For the session (Connection)

  get telnet(): boolean {
    return this.#intake.terminal.telnet
  }

  get endsAsTelnet(): boolean {
    return this.#intake.terminal.endsAsTelnet
  }

  write(chunks: readonly Buffer[]): void {
    const socket = this.#socket
    const { editor } = this
    // A slow reader gets the row when they have read what is above it.
    const isSlow = editor.isOn && socket.writableNeedDrain
    this.#parts.writer.write(socket, this.#intake.terminal.frame(chunks, !isSlow))
    if (!isSlow || this.#rowWaits) return
    this.#rowWaits = true
    void written(socket).then(() => {
      this.#rowWaits = false
      this.#session.editing.redraw()
    })
  }

  get editor(): LineEditor {
    return this.#intake.terminal.editing
  }

  hideInput(): Promise<'hidden' | 'refused' | 'raw'> {
    return this.#intake.terminal.hideInput()
  }

  endPrompt(): void {
    this.#intake.terminal.endPrompt()
  }

  showInput(): void {
    this.#intake.terminal.showInput()
  }

  drained(): Promise<void> {
    return written(this.#socket)
  }

  get waitingLines(): number {
    return this.#intake.waitingLines
  }

  dropWaiting(): number {
    return this.#intake.dropWaiting()
  }

  pause(): void {
    this.#intake.pause()
  }

  resume(): void {
    this.#intake.resume()
  }

  end(): void {
    if (this.#finished) return
    this.#finished = true
    this.#intake.stop()
    this.#leaveGreeting()
    endGently(this.#socket, this.#parts.clock)
  }

  destroy(): void {
    this.#broken = true
    this.#socket.destroy()
  }

  // For the intake (IntakeOwner)

  /** Here, or at the proxy before this server. */
  get usesTls(): boolean {
    return this.encrypted || (this.relayed && this.secure)
  }

  get receiver(): ConnectionHandler {
    return this.#session
  }

  holdReading(): void {
    this.#socket.pause()
  }

  goOnReading(): void {
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  spoke(): void {
    // Called for a line only: telnet's negotiation does not mean that the person spoke first.
    this.#leaveGreeting()
  }

  tlsFound(): void {
    this.#leave()
    this.#socket.write(noTls)
    endGently(this.#socket, this.#parts.clock)
  }

  foreignFound(protocol: Protocol): void {
    this.#leave()
    this.#socket.write(foreignAnswer(protocol, this.place, this.encrypted))
    endGently(this.#socket, this.#parts.clock)
  }

  /** Gives the connection to a file transfer, or refuses it. */
  notChatFound({ allowed, back, line }: NotChat): void {
    const socket = this.#socket
    this.#leave()
    socket.pause()
    if (back.length > 0 && !socket.readableEnded) socket.unshift(back)
    const { address, number, place, secure } = this
    const peer = { socket, address, number, place, secure }
    if (allowed) this.#parts.transfers.take(line, peer)
    else this.#parts.transfers.refuse(peer)
  }

  /** A defect ends this connection, and no other. */
  failed(error: unknown): void {
    this.#parts.faults.note(error, 'connection')
    if (this.#transfers) this.#socket.destroy()
    else this.#session.close('something went wrong in the server')
  }

  // For the socket that is kept (Reader)

  unwritable(): void {
    this.#broken = true
    this.#tellGone()
  }

  #listen({ greetingDelayMs, telnet }: Peer): void {
    const socket: Heard = this.#socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    socket[hearer] = this
    takeBytes(socket, onData)
    socket.on('end', onEnd)
    socket.on('close', onClose)
    keepReading(socket, this)
    if (telnet) this.#intake.terminal.startTelnet()
    this.#cancelGreeting = this.#parts.clock.after(greetingDelayMs, () => {
      this.#cancelGreeting = undefined
      // A client that has begun a line has spoken first, even if the line is not complete.
      if (this.#intake.begun) return
      this.#greet()
    })
  }

  #greet(): void {
    this.#session.greet()
    // What is inside TLS is no telnet client.
    if (!this.encrypted) this.#intake.greeted()
  }

  // For the listeners of the socket (Hearer)

  read(chunk: Buffer): void {
    try {
      this.#intake.push(chunk)
    } catch (error) {
      this.failed(error)
    }
  }

  ended(): void {
    try {
      // Who presses Enter and sends nothing more reads who is here, however soon the input ends.
      if (this.#cancelGreeting && this.#intake.knocked) {
        this.#leaveGreeting()
        this.#greet()
      }
      this.#intake.end()
    } catch (error) {
      this.failed(error)
    }
  }

  closed(): void {
    this.#leaveGreeting()
    this.#closed = true
    if (this.#socket.errored) this.#broken = true
    this.#tellOver()
    if (this.#transfers) return
    this.#tellGone()
    try {
      this.#intake.close(unread(this.#socket))
    } catch (error) {
      this.failed(error)
    }
  }

  /** The peer is gone: tells the session, which still does the lines that had come, and then ends the connection. */
  #tellGone(): void {
    if (this.#goneTold) return
    this.#goneTold = true
    this.#session
      .closed(!this.#broken, this.#intake.isOpen)
      .catch((error: unknown) => this.#parts.faults.note(error, 'connection'))
      .then(() => {
        this.#sessionOver = true
        // Otherwise a transfer has the socket now.
        if (!this.#transfers) this.#socket.destroy()
        this.#tellOver()
      })
  }

  #tellOver(): void {
    if (this.#closed && this.#sessionOver) this.#peer.over()
  }

  /** The connection is no chat: its session ends without a word. */
  #leave(): void {
    this.#finished = true
    this.#transfers = true
    this.#intake.leave()
    this.#leaveGreeting()
    stopTaking(this.#socket, onData)
    this.#socket.off('end', onEnd)
    stopKeeping(this.#socket)
    this.#tellGone()
  }

  #leaveGreeting(): void {
    this.#cancelGreeting?.()
    this.#cancelGreeting = undefined
  }
}

/** The bytes that Node.js has already read from a closed socket. */
function* unread(socket: Socket): Generator<Buffer> {
  for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) yield chunk
}
