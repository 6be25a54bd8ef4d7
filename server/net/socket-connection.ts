import type { Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { Connection } from '../session/connection.ts'
import type { Session } from '../session/session.ts'
import { httpAnswer, isHttp } from './first-line.ts'
import { LineReader } from './lines.ts'
import { Telnet } from './telnet.ts'

export interface SocketOptions {
  readonly clock: Clock
  /** The peer's. */
  readonly address: string
  /** The longest line, in bytes. */
  readonly lineBytes: number
  /** Everybody on this listener speaks telnet. */
  readonly telnet: boolean
  /** How long to wait for a client that speaks first, in ms, before it is greeted. */
  readonly greetingDelayMs: number
  readonly session: (connection: Connection) => Session
}

/** A vanished peer is noticed after about this time without a sign of life. */
const keepAliveMs = 60_000
/** How long a peer may take to close its side after it was sent the last byte and the end. */
const lingerMs = 1_000
/** How long it may take until it was sent the last byte. */
const lastBytesMs = 10_000

/** One TCP connection: bytes to lines for the session, and the session's bytes out. */
export class SocketConnection implements Connection {
  readonly address: string
  columns: number | undefined
  readonly #socket: Socket
  readonly #options: SocketOptions
  readonly #lines: LineReader
  readonly #telnet: Telnet
  readonly #session: Session
  #cancelGreeting: () => void = () => {}
  #firstLine = true
  #telnetTold = false
  #ended = false
  #finished = false
  #broken = false

  constructor(socket: Socket, options: SocketOptions) {
    this.#socket = socket
    this.#options = options
    this.address = options.address
    this.#lines = new LineReader({
      maxBytes: options.lineBytes,
      onLine: (line) => this.#takeLine(line),
      onInterrupt: () => this.#session.interrupt(),
    })
    this.#telnet = new Telnet({
      write: (bytes) => this.#session.send(bytes),
      onData: (chunk) => this.#lines.push(chunk),
      onInterrupt: () => {
        this.#lines.eraseLine()
        this.#session.interrupt()
      },
      onAreYouThere: () => this.#session.areYouThere(),
      onEraseCharacter: () => this.#lines.eraseCharacter(),
      onEraseLine: () => this.#lines.eraseLine(),
      onWindowSize: (columns) => {
        this.columns = columns
      },
      onTerminalType: (name) => this.#session.terminalFound(name),
      onEcho: (byServer) => {
        this.#lines.editing = byServer
      },
      clock: options.clock,
      active: options.telnet,
    })
    this.#session = options.session(this)
    this.#listen()
  }

  get session(): Session {
    return this.#session
  }

  get telnet(): boolean {
    return this.#telnet.seen
  }

  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  async hideInput(): Promise<'hidden' | 'refused' | 'raw'> {
    // Raw nc would print telnet bytes; who ends every line as telnet does is likely to be a telnet client.
    if (!this.#telnet.seen && !this.#lines.onlyTelnetEndings) return 'raw'
    const answer = await this.#telnet.hideInput()
    return answer === 'silent' ? 'raw' : answer
  }

  showInput(): void {
    this.#telnet.showInput()
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
    if (!this.#lines.paused) this.#socket.resume()
    this.#tellEnd()
  }

  end(): void {
    if (this.#finished) return
    this.#finished = true
    this.#cancelGreeting()
    const { clock } = this.#options
    const destroy = () => this.#socket.destroy()
    let cancel = clock.after(lastBytesMs, destroy)
    this.#socket.end(() => {
      cancel()
      cancel = clock.after(lingerMs, destroy)
    })
    // What still comes is read and thrown away: closing with unread bytes makes the kernel send a reset,
    // and then the peer may never see the last answer.
    this.#socket.resume()
    this.#socket.once('close', () => cancel())
  }

  destroy(): void {
    this.#broken = true
    this.#socket.destroy()
  }

  #listen(): void {
    const socket = this.#socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    socket.on('data', (chunk: Buffer) => this.#takeBytes(chunk))
    socket.on('end', () => {
      this.#ended = true
      this.#lines.end()
      this.#tellEnd()
    })
    socket.on('error', () => {
      this.#broken = true
    })
    socket.on('close', () => {
      this.#cancelGreeting()
      void this.#session.closed(!this.#broken)
    })
    this.#telnet.start()
    if (this.#options.telnet) this.#tellTelnet()
    this.#cancelGreeting = this.#options.clock.after(this.#options.greetingDelayMs, () =>
      this.#session.greet(),
    )
  }

  #takeBytes(chunk: Buffer): void {
    if (this.#finished) return
    this.#telnet.push(chunk)
    if (this.#telnet.seen) this.#tellTelnet()
  }

  #takeLine(line: Line): void {
    if (this.#finished) return
    // Telnet's own opening is no word of the person: only a line says that they spoke first.
    this.#cancelGreeting()
    if (this.#firstLine && line.text !== undefined && isHttp(line.text)) {
      this.write(Buffer.from(httpAnswer))
      this.end()
      return
    }
    this.#firstLine = false
    this.#session.receive(line)
  }

  #tellTelnet(): void {
    if (this.#telnetTold) return
    this.#telnetTold = true
    this.#session.telnetFound()
  }

  #tellEnd(): void {
    if (this.#ended && !this.#lines.paused) this.#session.endOfInput()
  }
}
