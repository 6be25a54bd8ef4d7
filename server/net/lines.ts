import type { Line } from '../lib/line.ts'
import { BegunLine, hasKey } from './begun-line.ts'
import { decodeLine, unreadableLine, wholeLine } from './decode-line.ts'
import type { LineEnds } from './line-ends.ts'
import type { Erasure, LineLimits } from './partial-line.ts'
import { UncutBytes } from './uncut-bytes.ts'

export interface LineReaderOptions {
  /** They may change. */
  readonly limits: LineLimits
  /** Called for each line, empty ones too, in order. It may call every method of the reader. */
  readonly onLine: (line: Line) => void
  /** Ctrl-C where keys edit lines; what was typed of the line is dropped already. */
  readonly onInterrupt?: () => void
}

const nul = 0x00
const lf = 0x0a
const cr = 0x0d
const nothing = Buffer.alloc(0)

/**
 * Cuts bytes into capped lines. LF or CR ends a line, and one LF or NUL right behind a CR is swallowed, also across packets
 * (RFC 854 ends a line in CR LF, and Enter in character mode is CR NUL). CR CR LF and CR NUL LF are one end, too: a CR LF
 * looks like that where something on the way has taken its LF for a line end. So is LF CR, as some write it. A line is handed
 * over as soon as its CR is there, because in character mode nothing may follow for a long time. Whether a second CR ends an
 * empty line depends on the next byte; if none comes, `settle` decides that it does.
 *
 * A whole line inside one chunk is decoded from there; only partial lines are copied, so the chunk may be used again as soon
 * as `push` returns.
 */
export class LineReader {
  /**
   * Whether backspace, ^U, ^W and ^C edit every line, because the client is a telnet client. Otherwise they edit the lines that
   * end in CR, which come from a terminal that sends each key by itself, and stay in lines that end in LF alone.
   */
  editing = false

  readonly #options: LineReaderOptions
  readonly #begun: BegunLine
  readonly #uncut = new UncutBytes()
  /** The kind of the byte before. After several CRs (`crs`) the next byte tells how many empty lines they end; `lfcr` is LF CR. */
  #after: 'cr' | 'crs' | 'nul' | 'lf' | 'lfcr' | undefined
  /** How many CRs followed the first one, whose line was already delivered. */
  #moreCrs = 0
  /** Whether a line so far ended as telnet's do, in CR LF or CR NUL, and whether one ended otherwise. */
  #telnetEnding = false
  #otherEnding = false
  /** The last line ended in CR, perhaps with an LF or NUL behind it. */
  #endsInCr = false
  #cutting = false
  #paused = false
  #ended = false

  constructor(options: LineReaderOptions) {
    this.#options = options
    this.#begun = new BegunLine(options.limits)
  }

  /** Whether there were lines, and each ended in CR LF or CR NUL as telnet's do. An undecided CR does not count. */
  get onlyTelnetEndings(): boolean {
    return this.#telnetEnding && !this.#otherEnding
  }

  /** How many lines wait while paused, as `ends` counts them. */
  waitingEnds(ends: LineEnds): number {
    return this.#uncut.countEnds(ends)
  }

  /** How many keys have edited lines since the last call. */
  takeKeys(): number {
    return this.#begun.takeKeys()
  }

  /** Whether bytes have come that are no line yet. */
  get hasMore(): boolean {
    return this.#begun.exists || this.#uncut.restLength > 0 || !this.#uncut.isLast
  }

  /** Takes those bytes, for whoever reads the connection from now on; what telnet took back is a key in them. */
  takeMore(): readonly Buffer[] {
    const more = [this.#begun.copy(), ...this.#uncut.takeAll()]
    this.drop()
    return more
  }

  /** Drops the bytes that wait while paused, and the line that has begun. */
  drop(): void {
    this.#uncut.clear()
    this.#after = undefined
    this.#moreCrs = 0
    this.#begun.clear()
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
      this.#uncut.add(Buffer.from(chunk))
      return
    }
    this.#uncut.load(chunk)
    try {
      this.#cut()
    } finally {
      if (this.#uncut.chunk === chunk) this.#uncut.keepRest()
    }
  }

  /**
   * A shorter way to do the same for a chunk that is one plain line, where nothing else is under way. Answers false, and has done
   * nothing, if it is not.
   */
  pushWhole(chunk: Buffer): boolean {
    if (this.#paused || this.#cutting || this.#ended || this.isUndecided || this.hasMore) return false
    if (chunk.length - 1 > this.#options.limits.lineBytes) return false
    const text = wholeLine(chunk)
    if (text === undefined) return false
    this.#count(lf)
    this.#cutting = true
    try {
      this.#options.onLine({ text })
    } finally {
      this.#cutting = false
    }
    // What came or was decided meanwhile.
    if (this.#ended || !this.#uncut.isLast) this.#cut()
    return true
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

  /** Goes on with the waiting bytes: now, or if called from `onLine`, as soon as that returns. */
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
    // While paused, the bytes to erase may still wait.
    if (this.#paused && !this.#cutting) this.#uncut.add(what)
    else this.#begun.erase(what)
  }

  /** Cuts as many lines as it may. Never entered twice: changes by the callbacks take effect when they return. */
  #cut(): void {
    this.#cutting = true
    try {
      while (!this.#paused && this.#uncut.hasMore(this.#begun)) this.#step()
      if (this.#ended && !this.#paused) this.#deliverLast()
    } finally {
      this.#cutting = false
    }
  }

  #step(): void {
    if (this.#after) {
      this.#swallow()
      return
    }
    const uncut = this.#uncut
    const { at: start, chunk } = uncut
    const stop = uncut.nextEnding()
    const byte = chunk[stop]
    uncut.at = Math.min(stop + 1, chunk.length)
    const isTyped = this.#isTyped
    if (byte === lf || byte === cr) {
      this.#count(byte)
      this.#deliver(chunk, start, stop, isTyped)
    } else {
      this.#begun.append(chunk, start, stop)
      if (isTyped) this.#tellInterrupts()
    }
  }

  /** Whether keys edit the line; before its end has come, whether they probably will. */
  get #isTyped(): boolean {
    return this.editing || this.#endsInCr
  }

  #count(ending: number): void {
    this.#endsInCr = ending === cr
    if (ending === lf) {
      this.#otherEnding = true
      this.#after = 'lf'
      return
    }
    this.#after = 'cr'
    // Decided before the delivery if it can be: a prompt that this line brings up looks at the endings.
    while (this.#after && this.#uncut.restLength > 0 && !this.#hasEmptyLine) this.#swallow()
  }

  /** The byte after a line end tells which kind it was. */
  #swallow(): void {
    const uncut = this.#uncut
    const byte = uncut.chunk[uncut.at]
    if (this.#after === 'lf' || this.#after === 'lfcr') {
      const isCr = this.#after === 'lf' && byte === cr
      if (isCr || (this.#after === 'lfcr' && byte === nul)) uncut.at++
      this.#after = isCr ? 'lfcr' : undefined
    } else if (this.#hasEmptyLine) {
      this.#deliverEmpty()
    } else if (byte === cr && this.#after !== 'nul') {
      this.#after = 'crs'
      this.#moreCrs++
      uncut.at++
    } else if (byte === lf) {
      this.#telnetEnding = true
      this.#after = undefined
      this.#moreCrs = 0
      uncut.at++
    } else if (byte === nul && this.#after === 'cr') {
      this.#telnetEnding = true
      this.#after = 'nul'
      uncut.at++
    } else {
      if (this.#after === 'cr') this.#otherEnding = true
      this.#after = undefined
    }
  }

  /** Whether the CRs so far have ended an empty line: the next byte is not their LF. */
  get #hasEmptyLine(): boolean {
    const { at, chunk, restLength } = this.#uncut
    return this.#moreCrs > 0 && restLength > 0 && ![cr, lf].includes(chunk[at] ?? lf)
  }

  /** The CR before the last one was an ending of its own, and the last one ends an empty line. */
  #deliverEmpty(): void {
    this.#otherEnding = true
    this.#endsInCr = true
    this.#moreCrs--
    if (this.#moreCrs === 0) this.#after = 'cr'
    this.#deliver(nothing, 0, 0, false)
  }

  /** Whether a CR waits for the next byte. */
  get isUndecided(): boolean {
    return this.#moreCrs > 0
  }

  /** Nothing followed a CR for a while: it was the end of an empty line. */
  settle(): void {
    if (this.#cutting) return
    const uncut = this.#uncut
    while (!this.#paused && this.#moreCrs > 0 && uncut.restLength === 0 && uncut.isLast) this.#deliverEmpty()
  }

  #tellInterrupts(): void {
    for (let count = this.#begun.takeInterrupts(); count > 0; count--) this.#options.onInterrupt?.()
  }

  /** `mayBeTyped`: keys probably edited it before its end was there, so that Ctrl-C counts in any case. */
  #deliver(chunk: Buffer, start: number, end: number, mayBeTyped: boolean): void {
    const line = this.#read(chunk, start, end, mayBeTyped)
    this.#begun.clear()
    this.#options.onLine(this.#endsInCr ? inCr(line) : line)
  }

  #read(chunk: Buffer, start: number, end: number, mayBeTyped: boolean): Line {
    const isTyped = this.#isTyped
    const edits = isTyped || mayBeTyped
    if (!this.#begun.exists && !(edits && hasKey(chunk, start, end)))
      return end - start > this.#options.limits.lineBytes
        ? unreadableLine('line-too-long', chunk, start, end)
        : decodeLine(chunk, start, end)
    this.#begun.append(chunk, start, end)
    if (edits) this.#tellInterrupts()
    return this.#begun.read(isTyped)
  }

  #deliverLast(): void {
    while (this.#moreCrs > 0 && !this.#paused) this.#deliverEmpty()
    if (this.#moreCrs > 0) return
    if (this.#after === 'cr') this.#otherEnding = true
    this.#after = undefined
    if (this.#begun.isBegun(this.#isTyped)) this.#deliver(nothing, 0, 0, this.#isTyped)
  }
}

function inCr(line: Line): Line {
  return line.typed ? { ...line, inCr: true, typed: { ...line.typed, inCr: true } } : { ...line, inCr: true }
}
