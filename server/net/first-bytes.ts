import { type FirstLine, readFirstLine } from './first-line.ts'
import { handshakeByte } from './tls.ts'

/** What the first bytes of a connection come to. */
export type Opening =
  /** Not told yet. */
  | { readonly kind: 'more' }
  /** Empty lines, which are chat; what comes behind them is looked at again. */
  | { readonly kind: 'blank'; readonly bytes: Buffer; readonly rest: Buffer }
  /** Somebody chats, and has said this. */
  | { readonly kind: 'chat'; readonly bytes: Buffer }
  /** A client of TLS, where none is spoken. */
  | { readonly kind: 'tls' }
  | Other

/** A transfer or a request, which is given `back` what belongs to it, and is refused where it is not `allowed`. */
export interface Other {
  readonly kind: 'other'
  readonly line: Exclude<FirstLine, { kind: 'unknown' | 'chat' }>
  readonly back: Buffer
  readonly allowed: boolean
}

const nothing = Buffer.alloc(0)
const newline = Buffer.from('\n')
/** What some editors and PowerShell put in front of UTF-8: it is no part of what is said. */
const mark = Buffer.from('\ufeff')
const more: Opening = { kind: 'more' }

/** Looks at the first bytes of a connection, raw as they came: what follows the first line may be those of a file. */
export class FirstBytes {
  #held: Buffer = nothing
  #mayTransfer: boolean

  /** Files may come and go here; on a telnet listener, and behind an empty line, they may not. */
  constructor(mayTransfer: boolean) {
    this.#mayTransfer = mayTransfer
  }

  /** Somebody has begun to speak, also if the line is not whole yet. */
  get begun(): boolean {
    return this.#held.length > 0
  }

  push(chunk: Buffer): Opening {
    const bytes = withoutMarks(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]))
    this.#held = nothing
    if (bytes[0] === handshakeByte) return { kind: 'tls' }
    const blank = blankBytes(bytes)
    if (blank > 0) {
      // Somebody pressed Enter, or a request begins with it.
      this.#mayTransfer = false
      return { kind: 'blank', bytes: bytes.subarray(0, blank), rest: bytes.subarray(blank) }
    }
    const { length, line } = readFirstLine(bytes)
    if (line.kind !== 'unknown') return this.#opening(line, bytes, bytes.subarray(length))
    this.#held = bytes
    return more
  }

  /** Nothing more will come: a first line without a newline is one all the same. */
  end(): Opening {
    const bytes = this.#held
    this.#held = nothing
    if (bytes.length === 0) return more
    const whole = Buffer.concat([bytes, newline])
    const opening = this.#opening(readFirstLine(whole).line, whole, nothing)
    return opening.kind === 'chat' ? { kind: 'chat', bytes } : opening
  }

  /** `rest` is what came behind the line. */
  #opening(line: FirstLine, bytes: Buffer, rest: Buffer): Opening {
    if (line.kind === 'unknown' || line.kind === 'chat') return { kind: 'chat', bytes }
    if (line.kind === 'http') return { kind: 'other', line, back: bytes, allowed: this.#mayTransfer }
    if (!this.#mayTransfer) return { kind: 'chat', bytes }
    return { kind: 'other', line, back: rest, allowed: true }
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

/** How many bytes in front belong to empty lines. */
function blankBytes(bytes: Buffer): number {
  let count = 0
  while (bytes[count] === 0x0a || bytes[count] === 0x0d) count++
  return count
}
