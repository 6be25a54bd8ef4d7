import type { LineEnds } from './line-ends.ts'

/** So many bytes are read before their turn, so that the server sees in time that somebody has gone. */
const mostBytes = 64 * 1024
/** From so many small pieces on, they are put together to one. */
const mostPieces = 64
const nothing = Buffer.alloc(0)
/** Never changed. */
const none: Buffer[] = []

/** The bytes that a connection has sent and nobody has looked at yet. */
export class Ahead {
  #pieces: Buffer[] = none
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Whether nothing more should be read before some of it is taken. */
  get isFull(): boolean {
    return this.#bytes >= mostBytes
  }

  add(chunk: Buffer): void {
    if (this.#pieces.length === 0) this.#pieces = [chunk]
    else this.#pieces.push(chunk)
    this.#bytes += chunk.length
    if (this.#pieces.length > mostPieces) this.#pieces = [Buffer.concat(this.#pieces)]
  }

  /** All of it; it is empty then. */
  take(): Buffer {
    const [first = nothing] = this.#pieces
    const bytes = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces)
    this.drop()
    return bytes
  }

  drop(): void {
    this.#pieces = none
    this.#bytes = 0
  }

  /** How many lines end in it, or nearly so many. */
  lineEnds(ends: LineEnds): number {
    return this.#pieces.reduce((sum, bytes) => sum + ends.countIn(bytes), 0)
  }
}
