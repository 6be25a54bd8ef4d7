import type { LineEnds } from './line-ends.ts'

/** So many bytes are read ahead of what may be done: so it is seen in time that somebody has gone. */
const mostBytes = 64 * 1024
/** So many small pieces of that are put together. */
const mostPieces = 64
const nothing = Buffer.alloc(0)
/** Never changed. */
const none: Buffer[] = []

/** What a connection has sent and was not looked at yet. */
export class Ahead {
  #pieces: Buffer[] = none
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Nothing more should be read before some of it is taken. */
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
