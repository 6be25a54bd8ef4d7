import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { MessageLimit } from './message-limit.ts'

/** What a client of a WebSocket sends, with messages cut off that are longer than is taken: see MessageLimit. */
export class BoundedSocket extends Duplex {
  readonly socket: Socket
  readonly #behind: Buffer
  #limit: MessageLimit | undefined

  /** Reads nothing from `socket` before `begin`; `behind` was read from it already. */
  constructor(socket: Socket, behind: Buffer) {
    // What nobody takes at once stays in the socket, which holds enough.
    super({ autoDestroy: false, readableHighWaterMark: 1 })
    this.socket = socket
    this.#behind = behind
    socket.once('close', () => this.destroy())
  }

  /** Begins to read. Answers the limit, which knows what was cut off; for `longest` and `most` see there. */
  begin(longest: () => number, most: number): MessageLimit {
    const limit = new MessageLimit(longest, most)
    this.#limit = limit
    this.#pass(limit.take(this.#behind))
    this.socket.on('data', (chunk: Buffer) => this.#pass(limit.take(chunk)))
    this.socket.once('end', () => this.push(null))
    this.socket.resume()
    return limit
  }

  #pass(pieces: readonly Buffer[]): void {
    let isFull = false
    for (const piece of pieces) isFull = !this.push(piece) || isFull
    if (isFull) this.socket.pause()
  }

  override _read(): void {
    if (this.#limit) this.socket.resume()
  }

  /** The answer to a handshake and frames that control the connection; they wait for nothing, and stay in order with all else. */
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.socket.write(chunk)
    done()
  }

  override _final(done: () => void): void {
    this.socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy()
    done(error)
  }
}
