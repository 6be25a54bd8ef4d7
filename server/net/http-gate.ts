import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Clock } from '../lib/clock.ts'
import { endGently } from './linger.ts'

/** A request line and its headers. */
export const mostHead = 16 * 1024
/** The whole head has to be there by then, however it comes. */
const headMs = 20_000
/** Of chunks so many bytes at a time: what is behind the last one is parsed before it can be held back. */
const pieceBytes = 8 * 1024
const nothing = Buffer.alloc(0)

/**
 * What Node's HTTP server gets of a connection: one request, and nothing that comes behind it. The head is handed over
 * when it is whole, then as many bytes as `admit` says. What is sent goes to the connection, which ends gently.
 */
export class HttpGate extends Duplex {
  /** Of who is at the other end; a proxy's socket has its own. */
  readonly address: string
  readonly socket: Socket
  /** Whether the one request has been seen. */
  taken = false
  readonly #clock: Clock
  readonly #refuse: () => void
  #head: Head | undefined = new Head()
  /** What came behind the head before it was known what that is. */
  #behind: Buffer | undefined = nothing
  /** Bytes that may still pass. */
  #admitted = 0
  #cancelDeadline: () => void

  /** `socket` has been read from by nobody, or has got back what was read. */
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
      /** It may be sooner than the time for a head. */
      stallMs: number
      /** Called where the first line is none of HTTP/1: nobody waits for what should follow it. */
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
    socket.on('end', () => this.#onEnd())
    socket.on('close', () => this.destroy())
    socket.resume()
  }

  /** The one request is known: so many bytes of a body belong to it; Infinity if only its own end will tell. */
  admit(bytes: number): void {
    this.taken = true
    this.#admitted = bytes
    this.#cancelDeadline()
    // The parser is still at the head, and takes nothing more meanwhile.
    process.nextTick(() => {
      const behind = this.#behind ?? nothing
      this.#behind = undefined
      // What comes during an answer is left where it is: it is nobody's, and no sign that the answer is being read.
      if (this.#admitted === 0) return
      this.#pass(behind)
      if (this.socket.readableEnded) this.#onEnd()
      else this.socket.resume()
    })
  }

  /** Another request showed up: all that follows is nobody's. */
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
    // Without an end it is too long, and the parser says so.
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

  #onEnd(): void {
    // Who has said all and waits for the answer gets it; of anything else nothing can come.
    if (this.#head !== undefined) this.destroy()
    else if (this.#behind === undefined && this.#admitted > 0) this.push(null)
  }

  #giveUp(): void {
    if (this.writable) this.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  }
}

const newline = 0x0a
const carriageReturn = 0x0d
/** What some put in front of UTF-8. */
const mark = Buffer.from('\ufeff')

/** The head of a request as it comes, each byte looked at once. A mark and empty lines in front of it are left out. */
class Head {
  /** It ends here: an empty line was there. */
  whole = false
  /** The first line is none of a request. */
  wrong = false
  length = 0
  readonly #pieces: Buffer[] = []
  #lines = 0
  #lineBytes = 0
  #marked = 0

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  /** Answers how many bytes of the chunk were taken. */
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

  /** Whether the first line, which ends with this, is a request's. */
  #isRequest(end: Buffer): boolean {
    const line = Buffer.concat([...this.#pieces, end]).toString('latin1')
    return /^\S+ +\S+ +HTTP\/1\.\d[ \t]*\r?$/.test(line)
  }
}
