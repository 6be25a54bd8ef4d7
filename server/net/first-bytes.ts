import { type FirstLine, readFirstLine } from './first-line.ts'
import type { Protocol } from './foreign.ts'
import { handshakeByte } from './tls.ts'

/** What the first bytes of a connection mean. */
export type Opening =
  /** Not known yet: more bytes are needed. */
  | { readonly kind: 'more' }
  /** Lines behind which another protocol may still begin: empty ones, NICK and PASS. They are chat; the caller pushes the `rest` again. */
  | { readonly kind: 'blank'; readonly bytes: Buffer; readonly rest: Buffer }
  /** The connection is chat, and has sent these bytes. */
  | { readonly kind: 'chat'; readonly bytes: Buffer }
  /** A client begins TLS, which this server does not speak here. */
  | { readonly kind: 'tls' }
  /** The client of another protocol has the wrong port. */
  | { readonly kind: 'foreign'; readonly protocol: Protocol }
  | NotChat

/** A file transfer or an HTTP request. `back` are the bytes that belong to it; it is refused unless it is `allowed` here. */
export interface NotChat {
  readonly kind: 'not-chat'
  readonly line: Exclude<FirstLine, { kind: 'unknown' | 'chat' | 'foreign' }>
  readonly back: Buffer
  readonly allowed: boolean
}

const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
const lineFeed = 0x0a
const carriageReturn = 0x0d
/** The byte order mark, which some editors and PowerShell put before UTF-8; it is no part of the text. */
const mark = Buffer.from('\ufeff')
const more: Opening = { kind: 'more' }

/** Finds out by the first bytes what a connection is. The bytes are raw, because the bytes of a file may follow the first line. */
export class FirstBytes {
  #held: Buffer = nothing
  #mayTransfer: boolean
  /** The last empty line ended in a carriage return, so that a NUL belongs to it: Enter of telnet (RFC 854). */
  #afterReturn = false

  /** Whether file transfers are allowed: not on a telnet listener, and not after an empty line. */
  constructor(mayTransfer: boolean) {
    this.#mayTransfer = mayTransfer
  }

  /** Whether bytes have come whose meaning is not known yet. */
  get begun(): boolean {
    return this.#held.length > 0
  }

  push(chunk: Buffer): Opening {
    const bytes = withoutMarks(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]))
    this.#held = nothing
    if (bytes[0] === handshakeByte) return { kind: 'tls' }
    const blank = blankBytes(bytes, this.#afterReturn)
    if (blank > 0) {
      this.#afterReturn = bytes[blank - 1] === carriageReturn
      // Enter, or the beginning of a request.
      this.#mayTransfer = false
      return { kind: 'blank', bytes: bytes.subarray(0, blank), rest: bytes.subarray(blank) }
    }
    const { length, line } = readFirstLine(bytes)
    if (line.kind === 'chat' && length > 0 && beginsIrc(bytes)) {
      this.#mayTransfer = false
      return { kind: 'blank', bytes: bytes.subarray(0, length), rest: bytes.subarray(length) }
    }
    if (line.kind !== 'unknown') return this.#opening(line, bytes, bytes.subarray(length))
    this.#held = bytes
    return more
  }

  /** The peer sends nothing more: a first line without a newline is a line too. */
  end(): Opening {
    const bytes = this.#held
    this.#held = nothing
    if (bytes.length === 0) return more
    const whole = Buffer.concat([bytes, newline])
    const opening = this.#opening(readFirstLine(whole).line, whole, nothing)
    return opening.kind === 'chat' ? { kind: 'chat', bytes } : opening
  }

  /** `rest` are the bytes after the line. */
  #opening(line: FirstLine, bytes: Buffer, rest: Buffer): Opening {
    if (line.kind === 'unknown' || line.kind === 'chat') return { kind: 'chat', bytes }
    if (line.kind === 'foreign') return line
    if (line.kind === 'http') return { kind: 'not-chat', line, back: bytes, allowed: this.#mayTransfer }
    if (!this.#mayTransfer) return { kind: 'chat', bytes }
    return { kind: 'not-chat', line, back: rest, allowed: true }
  }
}

function withoutMarks(bytes: Buffer): Buffer {
  let begin = 0
  while (
    bytes.length - begin >= mark.length &&
    bytes.compare(mark, 0, mark.length, begin, begin + mark.length) === 0
  )
    begin += mark.length
  return bytes.subarray(begin)
}

/** Whether it begins with what an IRC client sends before USER, and people may type, too. */
function beginsIrc(bytes: Buffer): boolean {
  const verb = bytes.toString('latin1', 0, 5)
  return verb === 'NICK ' || verb === 'PASS '
}

/** How many bytes at the beginning belong to empty lines; `afterReturn`: a carriage return has come before them. */
function blankBytes(bytes: Buffer, afterReturn: boolean): number {
  let count = 0
  for (let before = afterReturn; count < bytes.length; count++) {
    const byte = bytes[count]
    if (byte !== lineFeed && byte !== carriageReturn && !(byte === 0 && before)) break
    before = byte === carriageReturn
  }
  return count
}
