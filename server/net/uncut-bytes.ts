import type { LineEnds } from './line-ends.ts'
import type { Erasure } from './partial-line.ts'

const lf = 0x0a
const cr = 0x0d
/** Telnet's erasures as the keys Backspace and Ctrl-U. */
const keyOf = { character: Buffer.from('\u007f'), line: Buffer.from('\u0015') } as const
const nothing = Buffer.alloc(0)
/** Where nothing waits after the chunk; it never changes. */
const none: (Buffer | Erasure)[] = []
/** The place of a byte that is not there: beyond every chunk, and no number that needs an object of its own. */
const nowhere = 0x3fffffff

/**
 * The bytes of one connection that have come and are not cut into lines yet: the present chunk, and copies of the chunks after
 * it, with telnet's erasures between them.
 */
export class UncutBytes {
  #chunk: Buffer = nothing
  /** The place of the next byte in the chunk; the caller moves it on when it takes bytes. */
  at = 0
  /** The places of the next LF and CR in the chunk, so that a missing byte is searched only once. */
  #nextLf = -1
  #nextCr = -1
  #queue = none

  get chunk(): Buffer {
    return this.#chunk
  }

  /** How many bytes of the chunk are left. */
  get restLength(): number {
    return this.#chunk.length - this.at
  }

  /** Whether nothing waits after the chunk. */
  get isLast(): boolean {
    return this.#queue.length === 0
  }

  /** How many lines end in the chunk and after it, as `ends` counts them. */
  countEnds(ends: LineEnds): number {
    const rest = ends.countIn(this.#chunk, this.at)
    return this.#queue.reduce((sum, item) => sum + (Buffer.isBuffer(item) ? ends.countIn(item) : 0), rest)
  }

  /** Begins this chunk; the one before must be used up. */
  load(chunk: Buffer): void {
    this.#chunk = chunk
    this.at = 0
    this.#nextLf = -1
    this.#nextCr = -1
  }

  /** Adds bytes, which must not be changed afterwards, or an erasure after all that waits. */
  add(item: Buffer | Erasure): void {
    if (this.#queue.length === 0) this.#queue = [item]
    else this.#queue.push(item)
  }

  /**
   * Whether a byte is left. If this chunk is used up, it goes on with the next one; erasures between them act on the line that
   * has begun.
   */
  hasMore(begun: { erase(what: Erasure): void }): boolean {
    if (this.restLength > 0) return true
    this.load(nothing)
    for (;;) {
      const next = this.#queue.shift()
      if (next === undefined) return false
      if (Buffer.isBuffer(next)) {
        this.load(next)
        return true
      }
      begun.erase(next)
    }
  }

  /** Copies what is left of a chunk that belongs to somebody else, who may use it again. */
  keepRest(): void {
    const consumed = this.at
    this.#chunk = Buffer.from(this.#chunk.subarray(consumed))
    this.at = 0
    this.#nextLf -= consumed
    this.#nextCr -= consumed
  }

  /** All bytes, with erasures as keys; nothing is left. They may be those of the present chunk. */
  takeAll(): readonly Buffer[] {
    const waiting = this.#queue.map((item) => (Buffer.isBuffer(item) ? item : keyOf[item]))
    const all = [this.#chunk.subarray(this.at), ...waiting]
    this.clear()
    return all
  }

  /** Drops all bytes. */
  clear(): void {
    this.load(nothing)
    this.#queue = none
  }

  /** Where the next LF or CR is; the chunk's length if there is none. */
  nextEnding(): number {
    if (this.#nextLf < this.at) this.#nextLf = find(this.#chunk, lf, this.at)
    if (this.#nextCr < this.at) this.#nextCr = find(this.#chunk, cr, this.at)
    return Math.min(this.#nextLf, this.#nextCr, this.#chunk.length)
  }
}

function find(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at < 0 ? nowhere : at
}
