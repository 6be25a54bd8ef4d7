import { boundaryBefore } from '../lib/graphemes.ts'
import { keyAtEnd } from '../lib/keys.ts'

/** Typing that is taken back by telnet's EC and EL. */
export type Erasure = 'character' | 'line'

/** What holds for the lines of a connection; it may change. */
export interface LineLimits {
  /** The longest line in bytes, its ending not counted. */
  readonly lineBytes: number
}

const smallest = 64
/** The longest sequence that a key sends, in bytes. */
const longestKey = 32
/** How far before the end of a line its last character may begin, in bytes. */
const longestCharacter = 512
const space = 0x20
const tab = 0x09
const replacement = '\uFFFD'
const nothing = Buffer.alloc(0)

/**
 * The bytes of a line whose end has not come yet, at most `lineBytes` of them. Of a longer line only its beginning and its
 * length are kept.
 */
export class PartialLine {
  readonly #limits: LineLimits
  readonly #startBytes: number
  readonly #beyond: number
  #buffer: Buffer = nothing
  #length = 0
  #overflowed = false
  /** The length of the whole line, including bytes that were not kept. */
  #total = 0
  #start = ''

  /** The limit may change; the line may be `beyond` bytes longer. Of one that is too long the first `startBytes` are kept. */
  constructor(limits: LineLimits, startBytes = 0, beyond = 0) {
    this.#limits = limits
    this.#startBytes = startBytes
    this.#beyond = beyond
  }

  get #mostBytes(): number {
    return this.#limits.lineBytes + this.#beyond
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
    if (length > this.#mostBytes) {
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

  /** Another line that is the same so far. */
  copy(): PartialLine {
    const copy = new PartialLine(this.#limits, this.#startBytes, this.#beyond)
    copy.#buffer = Buffer.from(this.bytes)
    copy.#length = this.#length
    copy.#overflowed = this.#overflowed
    copy.#total = this.#total
    copy.#start = this.#start
    return copy
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

  /** Removes the last character that a reader sees (a grapheme cluster), and the invisible keys after it. */
  eraseCharacter(): void {
    this.#eraseKeys()
    this.#length -= lengthOfLast(this.bytes)
  }

  /** Removes the last word, and the spaces after it. */
  eraseWord(): void {
    this.#eraseKeys()
    while (this.#endsInBlank()) this.#length--
    while (this.#length > 0 && !this.#endsInBlank()) this.#length--
  }

  #eraseKeys(): void {
    while (this.#length > 0) {
      const end = this.#buffer.toString('utf8', Math.max(0, this.#length - longestKey), this.#length)
      const key = keyAtEnd(end)
      if (key === '') return
      this.#length = Math.max(0, this.#length - Buffer.byteLength(key))
    }
  }

  #endsInBlank(): boolean {
    const last = this.#length > 0 ? this.#buffer[this.#length - 1] : undefined
    return last === space || last === tab
  }

  #grow(length: number): void {
    const size = Math.min(this.#mostBytes, Math.max(smallest, length, this.#buffer.length * 2))
    // Not from Node's shared pool, of which a few held bytes would keep 8 KiB alive.
    const larger = Buffer.allocUnsafeSlow(size)
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}

/** How many bytes the last character of UTF-8 has; a byte that is no UTF-8 counts as one. */
function lengthOfLast(bytes: Buffer): number {
  const end = bytes.length
  if (isAscii(bytes[end - 1])) return Math.min(1, end)
  // Back to a character of ASCII, which may carry marks, but joins nothing before it.
  let start = end - 1
  while (start > 0 && !isAscii(bytes[start]) && end - start < longestCharacter) start--
  const text = bytes.toString('utf8', start, end)
  // A bad byte is decoded as U+FFFD, which may also have been sent as such. Nothing behind it is joined to what is before it.
  const bad = text.lastIndexOf(replacement)
  if (bad === text.length - 1)
    return bytes.toString('latin1', Math.max(start, end - 3), end) === '\xef\xbf\xbd' ? 3 : 1
  const good = text.slice(bad + 1)
  return Buffer.byteLength(good.slice(boundaryBefore(good, good.length)))
}

/** Also where there is no byte. */
function isAscii(byte = 0): boolean {
  return byte < 0x80
}
