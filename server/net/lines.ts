import { isUtf8 } from 'node:buffer'
import { type Line, type LineError, longestTyped } from '../lib/line.ts'
import type { LineEnds } from './line-ends.ts'
import { PartialLine } from './partial-line.ts'

export interface LineReaderOptions {
  /** The longest line in bytes, its ending not counted; it may change. */
  readonly limits: { readonly lineBytes: number }
  /** Called for each line, empty ones too, in order. It may call every method of the reader. */
  readonly onLine: (line: Line) => void
  /** Ctrl-C while `editing`; what was typed of the line is dropped already. */
  readonly onInterrupt?: () => void
}

/** How the lines so far ended. */
export interface LineEndings {
  readonly lf: number
  readonly cr: number
  readonly crlf: number
  readonly crnul: number
}

const nul = 0x00
const ctrlC = 0x03
const backspace = 0x08
const lf = 0x0a
const cr = 0x0d
const ctrlU = 0x15
const ctrlW = 0x17
const del = 0x7f
/** So much of the beginning of a line is told that cannot be read. */
const startBytes = 100
const nothing = Buffer.alloc(0)

type Erasure = 'character' | 'line'

/**
 * Cuts bytes into capped lines. LF or CR ends a line, and one LF or NUL right behind a CR is swallowed, also
 * across packets (RFC 854 ends a line in CR LF, and Enter in character mode is CR NUL). CR CR LF and CR NUL LF are one end
 * too: so comes a CR LF that something on the way has taken for LF. So is LF CR, as some write it. A line is handed over as soon as its CR is there,
 * because in character mode nothing may follow for a long time; whether a CR right behind it ends an empty line, the byte
 * behind that tells, or `settle`.
 *
 * A whole line inside one chunk is decoded from there; only partial lines are copied, so the chunk may be
 * used again as soon as `push` is back.
 */
export class LineReader {
  /**
   * Whether backspace, ^U, ^W and ^C act on the line. For the time in which the client leaves the echo to the
   * server: it may then send each key by itself (BusyBox does). Otherwise these bytes stay in the line.
   */
  editing = false

  readonly #options: LineReaderOptions
  readonly #partial: PartialLine
  readonly #endings = { lf: 0, cr: 0, crlf: 0, crnul: 0 }
  #chunk: Buffer = nothing
  #at = 0
  /** Where the next LF and CR of the chunk are, so that a byte that is nowhere is looked for only once. */
  #nextLf = -1
  #nextCr = -1
  /** What came behind the chunk while it could not be cut: copies of bytes, and telnet's EC and EL among them. */
  #queue: (Buffer | Erasure)[] = []
  /** What the byte before was: behind `crs` the next one tells how many empty lines there are; `lfcr` is LF CR. */
  #after: 'cr' | 'crs' | 'nul' | 'lf' | 'lfcr' | undefined
  /** CRs behind the first, whose line is out already. */
  #moreCrs = 0
  #cutting = false
  #paused = false
  #ended = false

  constructor(options: LineReaderOptions) {
    this.#options = options
    this.#partial = new PartialLine(options.limits, startBytes)
  }

  /**
   * How the lines so far ended. A CR that was the last byte so far is not counted until the next byte tells
   * which ending it is.
   */
  get endings(): LineEndings {
    return { ...this.#endings }
  }

  /** Whether there were lines, and each ended in CR LF or CR NUL as telnet's do. An undecided CR does not count. */
  get onlyTelnetEndings(): boolean {
    const { lf, cr, crlf, crnul } = this.#endings
    return lf + cr === 0 && crlf + crnul > 0
  }

  /** Bytes held: of the line that has begun, and of what waits while paused. */
  get pendingBytes(): number {
    const queued = this.#queue.reduce((sum, item) => sum + (Buffer.isBuffer(item) ? item.length : 0), 0)
    return this.#partial.length + this.#restLength + queued
  }

  /** Line ends in what waits while paused, as `ends` counts them. */
  waitingEnds(ends: LineEnds): number {
    const rest = ends.countIn(this.#chunk, this.#at)
    return this.#queue.reduce((sum, item) => sum + (Buffer.isBuffer(item) ? ends.countIn(item) : 0), rest)
  }

  /** Forgets what waits while paused, and the line that has begun. */
  drop(): void {
    this.#unload()
    this.#queue = []
    this.#after = undefined
    this.#moreCrs = 0
    this.#partial.clear()
  }

  get paused(): boolean {
    return this.#paused
  }

  /**
   * Takes bytes from the connection and delivers the lines they complete; while paused they are copied and wait.
   * @throws Error after `end`
   */
  push(chunk: Buffer): void {
    if (this.#ended) throw new Error('The line reader has been ended.')
    if (chunk.length === 0) return
    if (this.#paused || this.#cutting) {
      this.#queue.push(Buffer.from(chunk))
      return
    }
    this.#load(chunk)
    this.#cut()
    // Whoever pushed owns the chunk, so what is left of it has to be copied.
    if (this.#chunk === chunk) this.#keepRest()
  }

  /** The peer's FIN: a last line without an ending is delivered too (`printf /quit | nc`), after what waits. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    if (!this.#paused && !this.#cutting) this.#cut()
  }

  /** Stops after the current line; the rest waits. The caller pauses the socket too, or it grows. */
  pause(): void {
    this.#paused = true
  }

  /** Goes on with what waits, now, or when called from `onLine` as soon as that is back. */
  resume(): void {
    this.#paused = false
    if (!this.#cutting) this.#cut()
  }

  /** Takes back the last character of the line that has begun (telnet EC). A line already too long stays so. */
  eraseCharacter(): void {
    this.#erase('character')
  }

  /** Drops the line that has begun (telnet EL, IP), also one that is too long. */
  eraseLine(): void {
    this.#erase('line')
  }

  #erase(what: Erasure): void {
    // While paused the bytes that it is about may still wait.
    if (this.#paused && !this.#cutting) this.#queue.push(what)
    else if (what === 'character') this.#partial.eraseCharacter()
    else this.#partial.clear()
  }

  get #restLength(): number {
    return this.#chunk.length - this.#at
  }

  #load(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
    this.#nextLf = -1
    this.#nextCr = -1
  }

  #unload(): void {
    this.#load(nothing)
  }

  #keepRest(): void {
    const consumed = this.#at
    this.#chunk = Buffer.from(this.#chunk.subarray(consumed))
    this.#at = 0
    this.#nextLf -= consumed
    this.#nextCr -= consumed
  }

  /** Cuts all that may be cut. Not entered twice: what the callbacks change is seen after they are back. */
  #cut(): void {
    this.#cutting = true
    try {
      while (!this.#paused && this.#hasMore()) this.#step()
      if (this.#ended && !this.#paused) this.#deliverLast()
    } finally {
      this.#cutting = false
    }
  }

  #hasMore(): boolean {
    if (this.#restLength > 0) return true
    this.#unload()
    for (;;) {
      const next = this.#queue.shift()
      if (next === undefined) return false
      if (Buffer.isBuffer(next)) {
        this.#load(next)
        return true
      }
      this.#erase(next)
    }
  }

  #step(): void {
    if (this.#after) {
      this.#swallow()
      return
    }
    const chunk = this.#chunk
    const start = this.#at
    const stop = this.editing ? this.#nextKey() : this.#nextEnding()
    const byte = chunk[stop]
    this.#at = Math.min(stop + 1, chunk.length)
    if (byte === lf || byte === cr) {
      this.#count(byte)
      this.#deliver(chunk, start, stop)
    } else {
      this.#partial.append(chunk, start, stop)
      if (byte !== undefined) this.#edit(byte)
    }
  }

  #count(ending: number): void {
    if (ending === lf) {
      this.#endings.lf++
      this.#after = 'lf'
      return
    }
    this.#after = 'cr'
    // Decided before the delivery if it can be: a prompt that this line brings up looks at the endings.
    while (this.#after && this.#restLength > 0 && !this.#hasEmptyLine) this.#swallow()
  }

  /** The byte behind a CR tells which ending it was. */
  #swallow(): void {
    const byte = this.#chunk[this.#at]
    if (this.#after === 'lf' || this.#after === 'lfcr') {
      const isCr = this.#after === 'lf' && byte === cr
      if (isCr || (this.#after === 'lfcr' && byte === nul)) this.#at++
      this.#after = isCr ? 'lfcr' : undefined
    } else if (this.#hasEmptyLine) {
      this.#deliverEmpty()
    } else if (byte === cr && this.#after !== 'nul') {
      this.#after = 'crs'
      this.#moreCrs++
      this.#at++
    } else if (byte === lf) {
      if (this.#after !== 'nul') this.#endings.crlf++
      this.#after = undefined
      this.#moreCrs = 0
      this.#at++
    } else if (byte === nul && this.#after === 'cr') {
      this.#endings.crnul++
      this.#after = 'nul'
      this.#at++
    } else {
      if (this.#after === 'cr') this.#endings.cr++
      this.#after = undefined
    }
  }

  /** Whether the CRs so far have ended an empty line: what is behind them is not their LF. */
  get #hasEmptyLine(): boolean {
    return this.#moreCrs > 0 && this.#restLength > 0 && ![cr, lf].includes(this.#chunk[this.#at] ?? lf)
  }

  /** The CR before the last one was an ending of its own, and the last one ends an empty line. */
  #deliverEmpty(): void {
    this.#endings.cr++
    this.#moreCrs--
    if (this.#moreCrs === 0) this.#after = 'cr'
    this.#deliver(nothing, 0, 0)
  }

  /** Whether a CR waits for the byte behind it. */
  get isUndecided(): boolean {
    return this.#moreCrs > 0
  }

  /** Nothing came behind a CR for a while: it was the end of an empty line. */
  settle(): void {
    if (this.#cutting) return
    while (!this.#paused && this.#moreCrs > 0 && this.#restLength === 0 && this.#queue.length === 0)
      this.#deliverEmpty()
  }

  /** Where the next LF or CR is; the chunk's length if there is none. */
  #nextEnding(): number {
    if (this.#nextLf < this.#at) this.#nextLf = find(this.#chunk, lf, this.#at)
    if (this.#nextCr < this.#at) this.#nextCr = find(this.#chunk, cr, this.#at)
    return Math.min(this.#nextLf, this.#nextCr, this.#chunk.length)
  }

  /** Where the next byte is that ends or edits the line; the chunk's length if there is none. */
  #nextKey(): number {
    const chunk = this.#chunk
    let at = this.#at
    while (at < chunk.length && !isKey(chunk[at])) at++
    return at
  }

  #edit(byte: number): void {
    if (byte === backspace || byte === del) {
      this.#partial.eraseCharacter()
    } else if (byte === ctrlW) {
      this.#partial.eraseWord()
    } else {
      this.#partial.clear()
      if (byte === ctrlC) this.#options.onInterrupt?.()
    }
  }

  #deliver(chunk: Buffer, start: number, end: number): void {
    const line = this.#read(chunk, start, end)
    this.#partial.clear()
    this.#options.onLine(line)
  }

  #read(chunk: Buffer, start: number, end: number): Line {
    const partial = this.#partial
    const { lineBytes } = this.#options.limits
    if (!partial.begun)
      return end - start > lineBytes
        ? unreadable('line-too-long', chunk, start, end)
        : decode(chunk, start, end)
    partial.append(chunk, start, end)
    const { bytes, length, overflowed } = partial
    if (overflowed) return { error: 'line-too-long', start: partial.start, ...cutAt(partial.total) }
    // What has begun may be longer than what is allowed since then.
    return length > lineBytes ? unreadable('line-too-long', bytes, 0, length) : decode(bytes, 0, length)
  }

  #deliverLast(): void {
    while (this.#moreCrs > 0 && !this.#paused) this.#deliverEmpty()
    if (this.#moreCrs > 0) return
    if (this.#after === 'cr') this.#endings.cr++
    this.#after = undefined
    if (this.#partial.begun) this.#deliver(nothing, 0, 0)
  }
}

function find(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

function isKey(byte: number | undefined): boolean {
  return (
    byte === lf ||
    byte === cr ||
    byte === backspace ||
    byte === del ||
    byte === ctrlU ||
    byte === ctrlW ||
    byte === ctrlC
  )
}

function decode(bytes: Buffer, start: number, end: number): Line {
  const text = bytes.toString('utf8', start, end)
  // Bad bytes are decoded as U+FFFD, which may also have been sent as such.
  if (text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end)))
    return unreadable('bad-encoding', bytes, start, end)
  return { text }
}

function unreadable(error: LineError, bytes: Buffer, start: number, end: number): Line {
  const begin = bytes.toString('latin1', start, Math.min(start + startBytes, end))
  const cut = cutAt(end - start)
  // In the middle of a character: it is no fault of the encoding.
  return { error: cut.cut ? 'line-too-long' : error, start: begin, ...cut }
}

function cutAt(length: number): { cut?: true } {
  return length === longestTyped ? { cut: true } : {}
}
