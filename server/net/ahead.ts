import type { LineEnds } from './line-ends.ts'

/** How many bytes are read before their turn, so that the server soon notices that the peer has gone. */
const mostBytes = 64 * 1024
/** From this many small pieces on, they are joined. */
const mostPieces = 64
const nothing = Buffer.alloc(0)
/** Never changed. */
const none: Buffer[] = []

/** The bytes that a connection has sent and that wait for their turn. */
export class Ahead {
  #pieces: Buffer[] = none
  #bytes = 0

  get isEmpty(): boolean {
    return this.#bytes === 0
  }

  /** Whether no more should be read before some of them are taken. */
  get isFull(): boolean {
    return this.#bytes >= mostBytes
  }

  add(chunk: Buffer): void {
    if (this.#pieces.length === 0) this.#pieces = [chunk]
    else this.#pieces.push(chunk)
    this.#bytes += chunk.length
    if (this.#pieces.length > mostPieces) this.#pieces = [Buffer.concat(this.#pieces)]
  }

  /** Takes all bytes. */
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

  /** About how many lines end in these bytes. */
  lineEnds(ends: LineEnds): number {
    return this.#pieces.reduce((sum, bytes) => sum + ends.countIn(bytes), 0)
  }
}
