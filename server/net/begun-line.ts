import { editingKeys, isEditingKey } from '../lib/keyed-text.ts'
import type { Line } from '../lib/line.ts'
import { cutAt, decodeLine, startBytes, unreadableLine } from './decode-line.ts'
import { type Erasure, type LineLimits, PartialLine } from './partial-line.ts'

const { backspace, ctrlC, ctrlW, del } = editingKeys
/** A line may be longer than allowed by this many bytes while it is typed: what is deleted does not count. */
const mostTooMany = 4096
/** What telnet's EC is as a key. */
const takingBack = Buffer.from([del])

/**
 * The line that has begun, read in two ways: its bytes as they came, and as the keys among them edit it. Which of the two it
 * is, its end tells: a script ends lines in LF, and its control characters are text.
 */
export class BegunLine {
  readonly #limits: LineLimits
  /** Once some have come. */
  #bytes: PartialLine | undefined
  /** The same as edited, once a key has come. */
  #typed: PartialLine | undefined
  /** The bytes as they came, with keys in place of what telnet took back; once it did. */
  #keyed: PartialLine | undefined
  #interrupts = 0
  #keys = 0

  /** The limit may change. */
  constructor(limits: LineLimits) {
    this.#limits = limits
  }

  /** The bytes as they came, to be added to. */
  get #came(): PartialLine {
    this.#bytes ??= new PartialLine(this.#limits, startBytes, mostTooMany)
    return this.#bytes
  }

  /** Whether bytes have come that are kept. */
  get exists(): boolean {
    return this.#bytes?.begun || this.#typed !== undefined || this.#keyed !== undefined
  }

  /** Whether anything is left of the line, as it is typed or as it came. */
  isBegun(isTyped: boolean): boolean {
    return (isTyped && this.#typed ? this.#typed : this.#bytes)?.begun === true
  }

  /** How often Ctrl-C came since the last call. */
  takeInterrupts(): number {
    const count = this.#interrupts
    this.#interrupts = 0
    return count
  }

  /** How many keys were pressed since the last call. */
  takeKeys(): number {
    const count = this.#keys
    this.#keys = 0
    return count
  }

  /** Appends a copy of the bytes of `source` from `start` to before `end`. */
  append(source: Buffer, start: number, end: number): void {
    const came = this.#came
    let from = start
    for (let at = nextKey(source, start, end); at < end; at = nextKey(source, from, end)) {
      this.#typed ??= came.copy()
      this.#typed.append(source, from, at)
      if (source[at] === ctrlC) this.#interrupts++
      press(this.#typed, source[at])
      this.#keys++
      from = at + 1
    }
    this.#typed?.append(source, from, end)
    came.append(source, start, end)
    this.#keyed?.append(source, start, end)
  }

  /** What telnet takes back is gone from both. */
  erase(what: Erasure): void {
    if (what === 'line') this.#keyed = undefined
    else {
      this.#keyed ??= this.#came.copy()
      this.#keyed.append(takingBack, 0, 1)
    }
    this.#bytes?.erase(what)
    this.#typed?.erase(what)
  }

  /** A copy of the line as it stands, of as much as is kept. */
  copy(): Buffer {
    return Buffer.from((this.#typed ?? this.#came).bytes)
  }

  clear(): void {
    this.#bytes = undefined
    this.#typed = undefined
    this.#keyed = undefined
    this.#interrupts = 0
  }

  /** The line; with what its keys have made of it if it `isTyped`. */
  read(isTyped: boolean): Line {
    const line = this.#read(this.#came)
    const keyed = this.#keyedBytes
    if (!isTyped || !this.#typed) return { ...line, ...keyed }
    return { ...line, typed: { ...this.#read(this.#typed), ...keyed } }
  }

  /** A copy of what other character sets than UTF-8 may read otherwise, if there is something. */
  get #keyedBytes(): { keyed?: Buffer } {
    if (!this.#typed && !this.#keyed) return {}
    const { bytes, overflowed } = this.#keyed ?? this.#came
    return overflowed || bytes.every((byte) => byte <= 0x7f) ? {} : { keyed: Buffer.from(bytes) }
  }

  #read(part: PartialLine): Line {
    const { bytes, length, overflowed } = part
    if (overflowed) return { error: 'line-too-long', start: part.start, ...cutAt(part.total) }
    return length > this.#limits.lineBytes
      ? unreadableLine('line-too-long', bytes, 0, length)
      : decodeLine(bytes, 0, length)
  }
}

/** Whether there is a key in the bytes that edits the line. */
export function hasKey(bytes: Buffer, start: number, end: number): boolean {
  return nextKey(bytes, start, end) < end
}

/** Behind which byte the first `most` keys are; the length of the bytes if there are no more of them. */
export function endOfKeys(bytes: Buffer, most: number): number {
  let at = 0
  for (let keys = 0; keys < most && at < bytes.length; keys++) at = nextKey(bytes, at, bytes.length) + 1
  return Math.min(at, bytes.length)
}

function nextKey(bytes: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && !isEditingKey(bytes[at])) at++
  return at
}

/** Does to the line what the driver of a terminal does (termios(3): ERASE, WERASE, KILL, INTR). */
function press(line: PartialLine, key: number | undefined): void {
  if (key === ctrlW) line.eraseWord()
  else if (key === backspace || key === del) line.eraseCharacter()
  else line.clear()
}
