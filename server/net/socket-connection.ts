import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Faults } from '../chat/faults.ts'
import type { Place } from '../dialects/paste.ts'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { Connection } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import type { Session } from '../session/session.ts'
import { readFirstLine } from './first-line.ts'
import { LineReader } from './lines.ts'
import { endGently } from './linger.ts'
import { Telnet } from './telnet.ts'
import { commands } from './telnet-codes.ts'
import { handshakeByte } from './tls.ts'
import type { Transfers } from './transfers.ts'

/** What all connections have in common. Limits are read when they are needed, and may change. */
export interface SocketParts {
  readonly clock: Clock
  readonly faults: Faults
  readonly limits: { readonly lineBytes: number }
  readonly session: (connection: Connection) => Session
  /** What takes over a connection that is for a file. */
  readonly transfers: Transfers
}

export interface Peer {
  readonly address: string
  /** Of the connection, for the log. */
  readonly number: number
  /** Nobody on the way can read it. */
  readonly secure: boolean
  /** A proxy is between. */
  readonly relayed: boolean
  /** Where it has found the server, by the configuration of now. */
  readonly place: () => Place
  /** Everybody on this listener speaks telnet. */
  readonly telnet: boolean
  /** How long to wait for a client that speaks first, in ms, before it is greeted. */
  readonly greetingDelayMs: number
}

/** A vanished peer is noticed after about this time without a sign of life. */
const keepAliveMs = 60_000
/**
 * From so many bytes on, several chunks are sent from where they are. What is smaller is sooner copied; larger copies
 * for each of many connections keep the garbage collector busy.
 */
const worthGathering = 4096
/** So much telnet of one connection is done in a turn of the event loop: bytes and commands. Then others have theirs. */
const telnetInTurn = { bytes: 4096, commands: 64 } as const
const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
/**
 * The alert handshake_failure (RFC 5246, 7.2.2) in the oldest record, which every client reads: what a client of TLS
 * is told where none is spoken.
 */
const noTls = Buffer.from([0x15, 3, 1, 0, 2, 2, 40])

/** So long a CR waits for an LF that belongs to it. */
const undecidedMs = 50

/** One TCP connection: bytes to lines for the session, and the session's bytes out. */
export class SocketConnection implements Connection {
  readonly address: string
  readonly number: number
  readonly secure: boolean
  readonly relayed: boolean
  readonly #socket: Socket
  readonly #parts: SocketParts
  readonly #place: () => Place
  readonly #lines: LineReader
  /** Made with the first sign of telnet: most connections show none. */
  #telnet: Telnet | undefined
  readonly #session: Session
  #cancelGreeting: (() => void) | undefined
  /** The first bytes, until it is clear that somebody chats. */
  #first: Buffer | undefined = nothing
  /** Files may come and go here; on a telnet listener, and behind an empty line, they may not. */
  #mayTransfer: boolean
  #transfers = false
  /** What came and was not looked at yet: telnet that waits for its turn. */
  #rest: Buffer = nothing
  /** Nothing more is read until what was read is paid for, or others have had their turn. */
  #waits = 0
  /** A line has come of the bytes that are being looked at. */
  #lineCame = false
  #askedWhetherThere = false
  #telnetTold = false
  #ended = false
  #finished = false
  #broken = false

  constructor(socket: Socket, peer: Peer, parts: SocketParts) {
    this.#socket = socket
    this.#parts = parts
    this.address = peer.address
    this.number = peer.number
    this.#place = peer.place
    this.secure = peer.secure
    this.relayed = peer.relayed
    const longestLine = () => this.#session.longestLine
    this.#lines = new LineReader({
      limits: {
        get lineBytes() {
          return longestLine()
        },
      },
      onLine: (line) => this.#takeLine(line),
      onInterrupt: () => this.#session.interrupt(),
    })
    this.#mayTransfer = !peer.telnet
    this.#session = parts.session(this)
    this.#listen(peer)
  }

  get place(): Place {
    return this.#place()
  }

  get session(): Session {
    return this.#session
  }

  /** What is spoken here. */
  get dialect(): 'text' | 'json' | 'file' {
    return this.#transfers ? 'file' : this.#session.format
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket
  }

  /** Tells why and ends the connection; a transfer is let go on. */
  close(reason: string): void {
    if (!this.#transfers) this.#session.close(reason)
  }

  /** Ends the connection, whatever it is. */
  drop(reason: string): void {
    if (this.#transfers) this.#socket.destroy()
    else this.#session.close(reason)
  }

  get telnet(): boolean {
    return this.#telnet?.seen ?? false
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  write(chunks: readonly Buffer[]): void {
    const socket = this.#socket
    if (!socket.writable) return
    const [first] = chunks
    const size = chunks.length === 1 ? 0 : chunks.reduce((sum, { length }) => sum + length, 0)
    if (chunks.length === 1 && first) socket.write(first)
    else if (size < worthGathering) socket.write(Buffer.concat(chunks, size))
    else {
      // One system call for all of them.
      socket.cork()
      for (const chunk of chunks) socket.write(chunk)
      socket.uncork()
    }
  }

  async hideInput(): Promise<'hidden' | 'refused' | 'raw'> {
    // Raw nc would print telnet bytes; who ends every line as telnet does is likely to be a telnet client.
    if (!this.telnet && !this.#lines.onlyTelnetEndings) return 'raw'
    const answer = await this.#speakTelnet().hideInput()
    return answer === 'silent' ? 'raw' : answer
  }

  showInput(): void {
    this.#telnet?.showInput()
  }

  drained(): Promise<void> {
    const socket = this.#socket
    if (socket.writableLength === 0 || socket.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      // `drain` comes only where a write went over the high-water mark; what is below it is not worth waiting for.
      if (!socket.writableNeedDrain) return resolve()
      socket.on('drain', done)
      socket.on('close', done)
    })
  }

  pause(): void {
    this.#lines.pause()
    this.#socket.pause()
  }

  resume(): void {
    this.#lines.resume()
    if (this.#lines.paused) return
    if (this.#rest.length > 0) this.#waitFor(nextTurn())
    else if (!this.#waits) this.#socket.resume()
    this.#tellEnd()
  }

  end(): void {
    if (this.#finished) return
    this.#finished = true
    this.#leaveGreeting()
    endGently(this.#socket, this.#parts.clock)
  }

  destroy(): void {
    this.#broken = true
    this.#socket.destroy()
  }

  #listen({ greetingDelayMs, telnet }: Peer): void {
    const socket = this.#socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', () => {
      this.#broken = true
    })
    socket.on('close', () => {
      this.#leaveGreeting()
      if (!this.#transfers) this.#tellClosed(!this.#broken)
    })
    if (telnet) {
      this.#telnet = this.#makeTelnet(true)
      this.#telnet.start()
      this.#tellTelnet()
    }
    this.#cancelGreeting = this.#parts.clock.after(greetingDelayMs, () => {
      this.#cancelGreeting = undefined
      // Whoever has begun to speak did so first, also if the line is not whole yet.
      if (!this.#first?.length) this.#session.greet()
    })
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#finished) return
    try {
      this.#lineCame = false
      if (this.#first) this.#takeFirst(this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk]))
      else this.#takeBytes(chunk)
      // What brings a line is paid for with that.
      if (!this.#lineCame && !this.#finished) this.#charge(costs.trifle + chunk.length * costs.byte)
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #onEnd = (): void => {
    try {
      this.#takeEnd()
    } catch (error) {
      this.#failed(error)
    }
  }

  #takeEnd(): void {
    // A first line without a newline is one all the same.
    const first = this.#first
    if (first?.length && !this.#finished && !this.#takeOver(Buffer.concat([first, newline]), nothing)) {
      this.#first = undefined
      this.#takeBytes(first)
    }
    if (this.#transfers) return
    this.#ended = true
    this.#tellEnd()
  }

  /** A defect: it ends this connection, and no other. */
  #failed(error: unknown): void {
    this.#parts.faults.note(error, 'connection')
    if (this.#transfers) this.#socket.destroy()
    else this.#session.close('something went wrong in the server')
  }

  #tellClosed(clean: boolean): void {
    this.#session.closed(clean).catch((error: unknown) => this.#parts.faults.note(error, 'connection'))
  }

  /** Looks at the first bytes, raw as they came: what follows the first line may be those of a file. */
  #takeFirst(bytes: Buffer): void {
    if (bytes[0] === handshakeByte) {
      this.#leave()
      this.#socket.write(noTls)
      endGently(this.#socket, this.#parts.clock)
      return
    }
    const blank = blankBytes(bytes)
    if (blank > 0) {
      // Somebody pressed Enter, or a request begins with it.
      this.#mayTransfer = false
      this.#first = nothing
      this.#takeBytes(bytes.subarray(0, blank))
      if (blank < bytes.length && !this.#finished) this.#takeFirst(bytes.subarray(blank))
      return
    }
    const { line, length } = readFirstLine(bytes)
    if (line.kind === 'unknown') {
      this.#first = bytes
    } else if (!this.#takeOver(bytes, bytes.subarray(length))) {
      this.#first = undefined
      this.#takeBytes(bytes)
    }
  }

  /** Gives the connection to a transfer if it begins like one. `rest` is what came behind the first line. */
  #takeOver(bytes: Buffer, rest: Buffer): boolean {
    const { line } = readFirstLine(bytes)
    if (line.kind === 'unknown' || line.kind === 'chat') return false
    if (line.kind !== 'http' && !this.#mayTransfer) return false
    const socket = this.#socket
    this.#leave()
    socket.pause()
    const back = line.kind === 'http' ? bytes : rest
    if (back.length > 0 && !socket.readableEnded) socket.unshift(back)
    const peer = { socket, address: this.address, place: this.place }
    if (this.#mayTransfer) this.#parts.transfers.take(line, peer)
    else this.#parts.transfers.refuse(peer)
    return true
  }

  /** What is spoken here is no chat: its session ends unseen. */
  #leave(): void {
    this.#finished = true
    this.#transfers = true
    this.#first = undefined
    this.#leaveGreeting()
    this.#socket.off('data', this.#onData).off('end', this.#onEnd)
    this.#tellClosed(true)
  }

  #takeBytes(chunk: Buffer): void {
    if (this.#rest.length > 0) {
      this.#rest = Buffer.concat([this.#rest, chunk])
      return
    }
    if (!this.#telnet && !chunk.includes(commands.iac)) {
      this.#pushLines(chunk)
      return
    }
    this.#takeTelnet(chunk)
  }

  #pushLines(chunk: Buffer): void {
    this.#lines.push(chunk)
    // Somebody whose Enter is CR has pressed it twice, unless its LF is still to come.
    if (this.#lines.isUndecided) this.#parts.clock.after(undecidedMs, () => this.#lines.settle())
  }

  /** Takes as much as may be done in a turn; the rest waits for one to come. */
  #takeTelnet(bytes: Buffer): void {
    const telnet = this.#speakTelnet()
    const taken = telnet.push(bytes.subarray(0, telnetInTurn.bytes), telnetInTurn.commands)
    this.#rest = bytes.subarray(taken)
    if (telnet.seen) this.#tellTelnet()
    // However often it was asked in one go: the answer is the same.
    if (this.#askedWhetherThere) this.#session.areYouThere()
    const asked = this.#askedWhetherThere ? costs.line : 0
    this.#askedWhetherThere = false
    this.#charge(telnet.signs * costs.trifle + asked)
    if (this.#rest.length > 0) this.#waitFor(nextTurn())
  }

  #charge(cost: number): void {
    if (cost === 0) return
    const wait = this.#session.charge(cost)
    if (wait) this.#waitFor(wait)
  }

  /** Reads no more until then, and until all that is waited for already: what is charged meanwhile is paid, too. */
  #waitFor(moment: Promise<unknown>): void {
    this.#waits++
    this.#socket.pause()
    moment
      .then(() => {
        if (--this.#waits === 0) this.#goOn()
      })
      .catch((error: unknown) => this.#failed(error))
  }

  #goOn(): void {
    // What is left to do is done when the lines go on.
    if (this.#finished || this.#socket.destroyed || this.#lines.paused) return
    const rest = this.#rest
    this.#rest = nothing
    if (rest.length > 0) this.#takeTelnet(rest)
    if (this.#waits || this.#lines.paused) return
    this.#socket.resume()
    this.#tellEnd()
  }

  #takeLine(line: Line): void {
    if (this.#finished) return
    this.#lineCame = true
    // Telnet's own opening is no word of the person: only a line says that they spoke first.
    this.#leaveGreeting()
    this.#session.receive(line)
  }

  #leaveGreeting(): void {
    this.#cancelGreeting?.()
    this.#cancelGreeting = undefined
  }

  #speakTelnet(): Telnet {
    this.#telnet ??= this.#makeTelnet(false)
    return this.#telnet
  }

  #makeTelnet(active: boolean): Telnet {
    return new Telnet({
      write: (bytes) => this.#session.send(bytes),
      onData: (chunk) => this.#pushLines(chunk),
      onInterrupt: () => {
        this.#lines.eraseLine()
        this.#session.interrupt()
      },
      onAreYouThere: () => {
        this.#askedWhetherThere = true
      },
      onEraseCharacter: () => this.#lines.eraseCharacter(),
      onEraseLine: () => this.#lines.eraseLine(),
      onWindowSize: (columns) => this.#session.windowFound(columns),
      onTerminalType: (name) => this.#session.terminalFound(name),
      onEcho: (byServer) => {
        this.#lines.editing = byServer
      },
      clock: this.#parts.clock,
      active,
    })
  }

  #tellTelnet(): void {
    if (this.#telnetTold) return
    this.#telnetTold = true
    this.#session.telnetFound()
  }

  #tellEnd(): void {
    if (!this.#ended || this.#rest.length > 0) return
    this.#lines.end()
    if (!this.#lines.paused) this.#session.endOfInput()
  }
}

/** How many bytes in front belong to empty lines. */
function blankBytes(bytes: Buffer): number {
  let count = 0
  while (bytes[count] === 0x0a || bytes[count] === 0x0d) count++
  return count
}
