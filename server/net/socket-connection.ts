import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import type { Served } from '../admission/admission.ts'
import type { Faults } from '../chat/machine/faults.ts'
import type { Place } from '../dialects/paste.ts'
import { isCancel, longestCancel } from '../lib/blanks.ts'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { Connection } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import type { Session } from '../session/session.ts'
import { readFirstLine } from './first-line.ts'
import { LineEnds } from './line-ends.ts'
import { LineReader } from './lines.ts'
import { endGently } from './linger.ts'
import { Telnet } from './telnet.ts'
import { commands } from './telnet-codes.ts'
import { handshakeByte } from './tls.ts'
import type { Transfers } from './transfers.ts'
import { LastBytes } from './unfinished.ts'
import { keepReading } from './unwritable.ts'

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
  /** Called once the connection is gone and what had come by it is done. */
  readonly onOver: () => void
}

/** A vanished peer is noticed after about this time without a sign of life. */
const keepAliveMs = 60_000
/**
 * From so many bytes on, several chunks are sent from where they are. What is smaller is sooner copied; larger copies
 * for each of many connections keep the garbage collector busy.
 */
const worthGathering = 4096
/** So many bytes are read ahead of what may be done: so it is seen in time that somebody has gone. */
const readAheadBytes = 64 * 1024
/** So many small pieces of that are put together. */
const piecesAtMost = 64
/** So much telnet of one connection is done in a turn of the event loop: bytes and commands. Then others have theirs. */
const telnetInTurn = { bytes: 4096, commands: 64 } as const
const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
/** What some editors and PowerShell put in front of UTF-8: it is no part of what is said. */
const mark = Buffer.from('\ufeff')
const carriageReturn = Buffer.from('\r')
/**
 * The alert handshake_failure (RFC 5246, 7.2.2) in the oldest record, which every client reads: what a client of TLS
 * is told where none is spoken.
 */
const noTls = Buffer.from([0x15, 3, 1, 0, 2, 2, 40])

/** So long a CR waits for an LF that belongs to it. */
const undecidedMs = 50

/** One TCP connection: bytes to lines for the session, and the session's bytes out. */
export class SocketConnection implements Connection, Served {
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
  readonly #onOver: () => void
  #stopKeeping: () => void = () => undefined
  readonly #lastBytes = new LastBytes()
  #cancelGreeting: (() => void) | undefined
  /** The first bytes, until it is clear that somebody chats. */
  #first: Buffer | undefined = nothing
  /** Files may come and go here; on a telnet listener, and behind an empty line, they may not. */
  #mayTransfer: boolean
  #transfers = false
  /** Telnet that waits for its turn. */
  #rest: Buffer = nothing
  /** What came and was not looked at yet. */
  #ahead: Buffer[] = []
  #aheadBytes = 0
  /** Made when it is asked how many lines wait. */
  #ends: LineEnds | undefined
  /** Nothing more is looked at until what was is paid for, or others have had their turn. */
  #waits = 0
  /** A line has come of the bytes that are being looked at. */
  #lineCame = false
  /** Those have come just now. */
  #isNew = false
  #askedWhetherThere = false
  #telnetTold = false
  #ended = false
  /** The end was none: a line that has no end was cut off. */
  #cutOff = false
  #endTold = false
  #goneTold = false
  #sessionOver = false
  #closed = false
  #finished = false
  #broken = false

  constructor(socket: Socket, peer: Peer, parts: SocketParts) {
    this.#socket = socket
    this.#parts = parts
    this.address = peer.address
    this.number = peer.number
    this.#place = peer.place
    this.#onOver = peer.onOver
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

  get isMember(): boolean {
    return this.#session.person?.kind === 'account'
  }

  get farewell(): Served['farewell'] {
    return this.#session.farewell
  }

  reconfigured(): void {
    this.#session.reconfigured()
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

  get endsAsTelnet(): boolean {
    return !this.telnet && this.#lines.onlyTelnetEndings
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
    if (!this.telnet && !this.endsAsTelnet) return 'raw'
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

  get waitingLines(): number {
    this.#ends ??= new LineEnds()
    const ends = this.#ends
    const read = this.#lines.waitingEnds(ends)
    return [this.#rest, ...this.#ahead].reduce((sum, bytes) => sum + ends.countIn(bytes), read)
  }

  dropWaiting(): number {
    const lines = this.waitingLines
    this.#lines.drop()
    this.#rest = nothing
    this.#ahead = []
    this.#aheadBytes = 0
    return lines
  }

  pause(): void {
    this.#lines.pause()
  }

  resume(): void {
    this.#lines.resume()
    if (this.#lines.paused) return
    if (this.#rest.length > 0 || this.#aheadBytes > 0) this.#waitFor(nextTurn())
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
    socket.on('close', this.#onClose)
    this.#stopKeeping = keepReading(socket, () => {
      this.#broken = true
      this.#tellGone()
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
      if (this.#mayLook) this.#look(chunk, true)
      // What was typed when more had come than is looked at is behind all of that.
      else if (!this.#isCancel(chunk) || !this.#session.dropWaiting()) this.#keep(chunk)
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #onEnd = (): void => {
    try {
      this.#ended = true
      this.#tellEnd()
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #onClose = (): void => {
    this.#leaveGreeting()
    this.#closed = true
    this.#tellOver()
    if (this.#transfers) return
    this.#tellGone()
    try {
      this.#cutOff = !this.#ended
      this.#ended = true
      if (this.#finished) return
      // What Node.js has read already.
      for (let chunk = this.#socket.read(); chunk !== null; chunk = this.#socket.read()) this.#keep(chunk)
      this.#goOn()
    } catch (error) {
      this.#failed(error)
    }
  }

  get #mayLook(): boolean {
    return !this.#waits && this.#rest.length === 0 && this.#aheadBytes === 0 && !this.#lines.paused
  }

  /** `isNew`: it has come just now. */
  #look(chunk: Buffer, isNew: boolean): void {
    this.#lineCame = false
    this.#isNew = isNew
    if (this.#first) this.#takeFirst(this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk]))
    else this.#takeBytes(chunk)
    this.#isNew = false
    // What brings a line is paid for with that.
    if (!this.#lineCame && !this.#finished) this.#charge(costs.trifle + chunk.length * costs.byte)
  }

  #isCancel(chunk: Buffer): boolean {
    return chunk.length <= longestCancel && isCancel(chunk.toString())
  }

  #keep(chunk: Buffer): void {
    this.#ahead.push(chunk)
    this.#aheadBytes += chunk.length
    if (this.#ahead.length > piecesAtMost) this.#ahead = [Buffer.concat(this.#ahead)]
    if (this.#aheadBytes >= readAheadBytes) this.#socket.pause()
    // Whoever has typed a line has seen what was there then, and not what will be there when its turn comes.
    if (chunk.includes(newline) || chunk.includes(carriageReturn)) this.#session.showsLife()
  }

  #takeKept(): Buffer {
    const [first = nothing] = this.#ahead
    const bytes = this.#ahead.length === 1 ? first : Buffer.concat(this.#ahead)
    this.#ahead = []
    this.#aheadBytes = 0
    return bytes
  }

  /** A defect: it ends this connection, and no other. */
  #failed(error: unknown): void {
    this.#parts.faults.note(error, 'connection')
    if (this.#transfers) this.#socket.destroy()
    else this.#session.close('something went wrong in the server')
  }

  /** Nothing reaches the peer any more; what had come is done, and then it is over. */
  #tellGone(): void {
    if (this.#goneTold) return
    this.#goneTold = true
    this.#session
      .closed(!this.#broken, !this.#endTold && !this.#finished)
      .catch((error: unknown) => this.#parts.faults.note(error, 'connection'))
      .then(() => {
        this.#sessionOver = true
        // A transfer has it now, or it is closed already, or there is nobody to talk to.
        if (!this.#transfers) this.#socket.destroy()
        this.#tellOver()
      })
  }

  #tellOver(): void {
    if (this.#closed && this.#sessionOver) this.#onOver()
  }

  /** Looks at the first bytes, raw as they came: what follows the first line may be those of a file. */
  #takeFirst(bytes: Buffer): void {
    const marked = Math.min(bytes.length, mark.length)
    if (marked > 0 && bytes.compare(mark, 0, marked, 0, marked) === 0) {
      if (bytes.length > mark.length) this.#takeFirst(bytes.subarray(mark.length))
      else this.#first = bytes.length < mark.length ? bytes : nothing
      return
    }
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
    this.#stopKeeping()
    this.#tellGone()
  }

  #takeBytes(chunk: Buffer): void {
    if (!this.#telnet && !chunk.includes(commands.iac)) {
      this.#pushLines(chunk)
      return
    }
    this.#takeTelnet(chunk)
  }

  #pushLines(chunk: Buffer): void {
    this.#lastBytes.note(chunk)
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

  /** Looks at no more until then, and until all that is waited for already: what is charged meanwhile is paid, too. */
  #waitFor(moment: Promise<unknown>): void {
    this.#waits++
    moment
      .then(() => {
        if (--this.#waits === 0) this.#goOn()
      })
      .catch((error: unknown) => this.#failed(error))
  }

  #goOn(): void {
    while (!this.#finished && !this.#waits && !this.#lines.paused) {
      const rest = this.#rest
      this.#rest = nothing
      if (rest.length > 0) this.#takeTelnet(rest)
      else if (this.#aheadBytes > 0) this.#look(this.#takeKept(), false)
      else break
    }
    // What is left to do is done when the lines go on, or when that is paid for.
    if (this.#finished) return
    if (this.#aheadBytes < readAheadBytes && this.#socket.isPaused()) this.#socket.resume()
    this.#tellEnd()
  }

  #takeLine(line: Line): void {
    if (this.#finished) return
    this.#lineCame = true
    // Telnet's own opening is no word of the person: only a line says that they spoke first.
    this.#leaveGreeting()
    this.#session.receive(line, this.#isNew)
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
      isUnfinished: (byte) => this.#lastBytes.wants(byte),
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
    if (!this.#ended || this.#endTold || this.#rest.length > 0 || this.#aheadBytes > 0) return
    const first = this.#first
    // A first line without a newline is one all the same.
    if (first?.length && !this.#finished && !this.#cutOff) {
      if (this.#takeOver(Buffer.concat([first, newline]), nothing)) return
      this.#first = undefined
      this.#takeBytes(first)
    }
    if (this.#transfers || this.#rest.length > 0) return
    if (this.#cutOff) this.#lines.eraseLine()
    this.#lines.end()
    if (this.#lines.paused) return
    this.#endTold = true
    this.#session.endOfInput()
  }
}

/** How many bytes in front belong to empty lines. */
function blankBytes(bytes: Buffer): number {
  let count = 0
  while (bytes[count] === 0x0a || bytes[count] === 0x0d) count++
  return count
}
