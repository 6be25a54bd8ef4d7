import { type FirstLine, readFirstLine } from './first-line.ts'
import { handshakeByte } from './tls.ts'

/** What the first bytes of a connection mean. */
export type Opening =
  /** Not known yet: more bytes are needed. */
  | { readonly kind: 'more' }
  /** Empty lines, which are chat. The caller pushes the `rest` again. */
  | { readonly kind: 'blank'; readonly bytes: Buffer; readonly rest: Buffer }
  /** The connection is chat, and has sent these bytes. */
  | { readonly kind: 'chat'; readonly bytes: Buffer }
  /** A client begins TLS, which this server does not speak here. */
  | { readonly kind: 'tls' }
  | NotChat

/** A file transfer or an HTTP request. `back` are the bytes that belong to it; it is refused unless it is `allowed` here. */
export interface NotChat {
  readonly kind: 'not-chat'
  readonly line: Exclude<FirstLine, { kind: 'unknown' | 'chat' }>
  readonly back: Buffer
  readonly allowed: boolean
}

const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
/** The byte order mark, which some editors and PowerShell put before UTF-8; it is no part of the text. */
const mark = Buffer.from('\ufeff')
const more: Opening = { kind: 'more' }

/** Finds out by the first bytes what a connection is. The bytes are raw, because the bytes of a file may follow the first line. */
export class FirstBytes {
  #held: Buffer = nothing
  #mayTransfer: boolean

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
    const blank = blankBytes(bytes)
    if (blank > 0) {
      // Enter, or the beginning of a request.
      this.#mayTransfer = false
      return { kind: 'blank', bytes: bytes.subarray(0, blank), rest: bytes.subarray(blank) }
    }
    const { length, line } = readFirstLine(bytes)
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

/** How many bytes at the beginning belong to empty lines. */
function blankBytes(bytes: Buffer): number {
  let count = 0
  while (bytes[count] === 0x0a || bytes[count] === 0x0d) count++
  return count
}
