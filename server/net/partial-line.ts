import { keyAtEnd } from '../lib/keys.ts'

/** Typing that is taken back by telnet's EC and EL. */
export type Erasure = 'character' | 'line'

const smallest = 64
/** The longest sequence that a key sends, in bytes. */
const longestKey = 32
const nothing = Buffer.alloc(0)

/**
 * The bytes of a line whose end has not come yet, at most `lineBytes` of them. Of a longer line only its beginning and its
 * length are kept.
 */
export class PartialLine {
  readonly #limits: { readonly lineBytes: number }
  readonly #startBytes: number
  #buffer: Buffer = nothing
  #length = 0
  #overflowed = false
  /** The length of the whole line, including bytes that were not kept. */
  #total = 0
  #start = ''

  /** The limit may change. Of a line that is too long the first `startBytes` are kept. */
  constructor(limits: { readonly lineBytes: number }, startBytes = 0) {
    this.#limits = limits
    this.#startBytes = startBytes
  }

  /** How the line begins that has grown longer than allowed, a byte a character. */
  get start(): string {
    return this.#start
  }

  /** Bytes held. */
  get length(): number {
    return this.#length
  }

  /** Whether the line has grown longer than allowed. */
  get overflowed(): boolean {
    return this.#overflowed
  }

  /** How long the line is so far, kept or not, as far as nothing of it was erased. */
  get total(): number {
    return this.#total
  }

  /** Whether anything of a line has come, kept or not. */
  get begun(): boolean {
    return this.#length > 0 || this.#overflowed
  }

  /** A view of the bytes held, good until the next change. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Appends a copy of the bytes of `source` from `start` to before `end`. */
  append(source: Buffer, start: number, end: number): void {
    const total = this.#total + end - start
    this.#total = total
    if (this.#overflowed || start === end) return
    const length = this.#length + end - start
    if (length > this.#limits.lineBytes) {
      const first = Buffer.concat(
        [this.bytes, source.subarray(start, end)],
        Math.min(length, this.#startBytes),
      )
      this.clear()
      this.#total = total
      this.#overflowed = true
      this.#start = first.toString('latin1')
      return
    }
    if (length > this.#buffer.length) this.#grow(length)
    source.copy(this.#buffer, this.#length, start, end)
    this.#length = length
  }

  /** Forgets the line, and frees the memory: most connections are idle. */
  clear(): void {
    this.#buffer = nothing
    this.#length = 0
    this.#overflowed = false
    this.#total = 0
    this.#start = ''
  }

  erase(what: Erasure): void {
    if (what === 'character') this.eraseCharacter()
    else this.clear()
  }

  /** Removes the last UTF-8 code point, and the invisible keys after it. */
  eraseCharacter(): void {
    this.#eraseKeys()
    const last = this.#length - 1
    let start = last
    // A code point has at most three continuation bytes (RFC 3629).
    while (start > 0 && start > last - 3 && isContinuation(this.#buffer[start])) start--
    this.#length = Math.max(0, start)
  }

  /** Removes the last word, and the spaces after it. */
  eraseWord(): void {
    this.#eraseKeys()
    while (this.#endsInSpace()) this.#length--
    while (this.#length > 0 && !this.#endsInSpace()) this.#length--
  }

  #eraseKeys(): void {
    while (this.#length > 0) {
      const end = this.#buffer.toString('utf8', Math.max(0, this.#length - longestKey), this.#length)
      const key = keyAtEnd(end)
      if (key === '') return
      this.#length = Math.max(0, this.#length - Buffer.byteLength(key))
    }
  }

  #endsInSpace(): boolean {
    return this.#length > 0 && this.#buffer[this.#length - 1] === 0x20
  }

  #grow(length: number): void {
    const size = Math.min(this.#limits.lineBytes, Math.max(smallest, length, this.#buffer.length * 2))
    // Not from Node's shared pool, of which a few held bytes would keep 8 KiB alive.
    const larger = Buffer.allocUnsafeSlow(size)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
