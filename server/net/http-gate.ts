import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Clock } from '../lib/clock.ts'
import { endGently } from './linger.ts'
import { plainAnswer } from './plain-answer.ts'

/** A request line and its headers. */
export const mostHead = 16 * 1024
/** The whole head has to come within this time, in ms. */
const headMs = 20_000
/** How many bytes of a chunked body are handed over at a time: bytes after its end are parsed before they can be held back. */
const pieceBytes = 8 * 1024
const nothing = Buffer.alloc(0)

/**
 * Hands one request of a connection to Node's HTTP server, and nothing that follows it: the head when it is complete, then as
 * many bytes as `admit` says. The answer goes to the connection, which then ends gently.
 */
export class HttpGate extends Duplex {
  /** The address of the peer; the socket may be a proxy's, and then its request may tell it. */
  address: string
  readonly socket: Socket
  /** Whether the request has come. */
  taken = false
  /** Whoever takes the body and answers is told here that it is none, or has ended too soon. */
  onBroken: ((error: NodeJS.ErrnoException) => void) | undefined
  readonly #clock: Clock
  readonly #refuse: () => void
  #head: Head | undefined = new Head()
  /** The bytes after the head, until it is known how long the body is. */
  #behind: Buffer | undefined = nothing
  /** How many bytes may still pass. */
  #admitted = 0
  #cancelDeadline: () => void

  /** Nothing was read from `socket`, or it got back what was read. */
  constructor(
    socket: Socket,
    {
      address,
      clock,
      refuse,
      stallMs,
    }: {
      address: string
      clock: Clock
      /** When the head must be complete; perhaps sooner than usual. */
      stallMs: number
      /** Called if the first line is not HTTP/1: then nothing more is awaited. */
      refuse: () => void
    },
  ) {
    super({ autoDestroy: false })
    this.socket = socket
    this.address = address
    this.#clock = clock
    this.#refuse = refuse
    this.#cancelDeadline = clock.after(Math.min(headMs, stallMs), () => this.#giveUp())
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onClose)
    socket.resume()
  }

  /** The request is known: `bytes` of a body belong to it; Infinity for a chunked body. */
  admit(bytes: number): void {
    this.taken = true
    this.#admitted = bytes
    this.#cancelDeadline()
    // The parser is still at the head, and takes no more bytes meanwhile.
    process.nextTick(() => {
      const behind = this.#behind ?? nothing
      this.#behind = undefined
      // Bytes that come during the answer stay unread: they belong to nothing, and are no sign that the peer reads.
      if (this.#admitted === 0) return
      this.#pass(behind)
      if (this.socket.readableEnded) this.#onEnd()
      else this.socket.resume()
    })
  }

  /**
   * Gives the connection to whoever goes on with it in another protocol, and has nothing to do with it any more. Answers what
   * has come behind the head.
   */
  release(): Buffer {
    const behind = this.#behind ?? nothing
    this.taken = true
    this.#head = undefined
    this.#behind = undefined
    this.#admitted = 0
    this.#cancelDeadline()
    this.socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    return behind
  }

  /** The parser can take no more. Returns whether somebody answers already: beside that, nothing may be written. */
  breakOff(error: NodeJS.ErrnoException): boolean {
    if (!this.taken) return false
    this.onBroken?.(error)
    return this.onBroken !== undefined || this.#admitted === 0
  }

  /** A second request has begun: all further bytes are dropped. */
  shut(): void {
    this.#admitted = 0
  }

  override _read(): void {
    if (this.#head !== undefined || (this.#behind === undefined && this.#admitted > 0)) this.socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    this.#admitted = 0
    this.#head = undefined
    this.#behind = undefined
    this.#cancelDeadline()
    endGently(this.socket, this.#clock)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#admitted = 0
    this.#cancelDeadline()
    this.socket.off('data', this.#onData)
    this.socket.destroy()
    done(error)
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#head === undefined) {
      this.#pass(chunk)
      return
    }
    const used = this.#head.add(chunk)
    if (this.#head.wrong) {
      this.#refuse()
      return
    }
    if (!this.#head.whole && this.#head.length < mostHead) return
    const { bytes } = this.#head
    this.#head = undefined
    this.#behind = chunk.subarray(used)
    this.socket.pause()
    // A head without an end is too long, and the parser says so.
    this.push(bytes)
  }

  #pass(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#admitted > 0; ) {
      const piece = chunk.subarray(at, at + Math.min(this.#admitted, pieceBytes))
      at += piece.length
      this.#admitted -= piece.length
      if (!this.push(piece)) this.socket.pause()
    }
  }

  readonly #onClose = (): void => {
    this.destroy()
  }

  readonly #onEnd = (): void => {
    // A complete request gets its answer; an incomplete one cannot become complete any more.
    if (this.#head !== undefined) this.#endHead(this.#head)
    else if (this.#behind === undefined && this.#admitted > 0) this.push(null)
  }

  #endHead(head: Head): void {
    if (head.length === 0) this.destroy()
    else if (this.writable)
      this.end(plainAnswer(400, 'That request has no end: an empty line stands behind its head.'))
  }

  #giveUp(): void {
    if (this.writable) this.end(plainAnswer(408, 'That request did not come in time.'))
  }
}

const newline = 0x0a
const carriageReturn = 0x0d
/** The byte order mark of UTF-8. */
const mark = Buffer.from('\ufeff')

/** The head of a request as it comes; each byte is read once. A byte order mark and empty lines before it are left out. */
class Head {
  /** The head is complete: its empty line has come. */
  whole = false
  /** The first line is no request line. */
  wrong = false
  length = 0
  readonly #pieces: Buffer[] = []
  #lines = 0
  #lineBytes = 0
  #marked = 0

  /** For the parser, which is strict: lines may have come with a bare LF, as of nc, and the path may have letters beyond ASCII. */
  get bytes(): Buffer {
    const head = Buffer.concat(this.#pieces)
      .toString('latin1')
      .replace(/(?<!\r)\n/g, '\r\n')
    const end = head.indexOf('\n')
    const first = head
      .slice(0, end < 0 ? undefined : end)
      .replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`)
    return Buffer.from(end < 0 ? first : first + head.slice(end), 'latin1')
  }

  /** Takes bytes of the head; returns how many of the chunk belong to it. */
  add(chunk: Buffer): number {
    let begin = this.length === 0 ? undefined : 0
    let at = 0
    for (; at < chunk.length && !this.whole; at++) {
      const byte = chunk[at] ?? 0
      if (begin === undefined) {
        if (byte === mark[this.#marked]) this.#marked++
        else if (byte !== newline && byte !== carriageReturn) begin = at
      }
      if (byte === newline) {
        if (begin !== undefined && this.#lines++ === 0)
          this.wrong = !this.#isRequest(chunk.subarray(begin, at))
        this.whole = begin !== undefined && this.#lineBytes === 0
        this.#lineBytes = 0
      } else if (begin !== undefined && byte !== carriageReturn) this.#lineBytes++
    }
    if (begin !== undefined) {
      this.#pieces.push(chunk.subarray(begin, at))
      this.length += at - begin
    }
    return at
  }

  /** Whether the first line, which ends with these bytes, is a request line. */
  #isRequest(end: Buffer): boolean {
    const line = Buffer.concat([...this.#pieces, end]).toString('latin1')
    return /^\S+ +\S+ +HTTP\/1\.\d[ \t]*\r?$/.test(line)
  }
}
