import type { Settings } from '../chat/model/people.ts'
import type { CharsetName } from '../lib/charset-names.ts'
import { decodedFrom, editedFrom, encodedIn, hasPoint } from '../lib/charsets.ts'
import type { Line } from '../lib/line.ts'
import { composedCharacters, substituteFor } from './substitutes.ts'

/** What it needs of its connection. */
interface Around {
  readonly connection: { readonly telnet: boolean }
}

const iac = 0xff

/**
 * The character set of one connection, for what comes and what goes. It is UTF-8 unless the person has chosen another one: then
 * each line is read when its turn comes, so that lines behind a /charset are read in the new one, though they came with it.
 */
export class Encoding {
  readonly #around: Around
  #charset: CharsetName | undefined
  /** The person chose it at this connection: what an account remembers counts no more. */
  #isChosen = false
  #terminalType: string | undefined
  /** Whether the person has to read how to go back to UTF-8, or has read it. */
  #back: 'unknown' | 'to-tell' | 'told' = 'unknown'

  constructor(around: Around) {
    this.#around = around
  }

  get charset(): CharsetName | 'utf-8' {
    return this.#charset ?? 'utf-8'
  }

  set charset(charset: CharsetName | 'utf-8') {
    this.#charset = charset === 'utf-8' ? undefined : charset
    this.#back = 'unknown'
  }

  /** The person chooses one. */
  choose(charset: CharsetName | 'utf-8'): void {
    this.charset = charset
    this.#isChosen = true
  }

  /** What kind of terminal the client says it is, in small letters. */
  get terminalType(): string | undefined {
    return this.#terminalType
  }

  /** The type of the terminal, as telnet tells it. */
  terminalFound(type: string): void {
    this.#terminalType = type.toLowerCase()
  }

  /** Takes what the account of the person remembers for terminals of this type, if there is something. */
  remember({ charsets }: Settings): void {
    const type = this.#terminalType
    if (this.#isChosen || type === undefined || !charsets || !Object.hasOwn(charsets, type)) return
    this.charset = charsets[type] ?? 'utf-8'
  }

  /** The line as it reads in this character set. Lines of UTF-8 stay as they are. */
  read(line: Line): Line {
    const charset = this.#charset
    if (charset === undefined || line.isRead) return line
    const { keyed } = line.error === 'line-too-long' ? {} : line
    const bytes = keyed ?? (line.error ? line.bytes : bytesBeyondAscii(line.text))
    if (!bytes) return line
    // Text of another character set hardly ever looks like UTF-8.
    if (!line.error && !keyed && this.#back === 'unknown') this.#back = 'to-tell'
    const text = keyed ? editedFrom(charset, keyed) : decodedFrom(charset, bytes)
    const inCr = line.inCr ? ({ inCr: true } as const) : {}
    if (text !== undefined) return { text, isRead: true, ...inCr }
    const start = line.error ? line.start : bytes.toString('latin1')
    return { error: 'bad-encoding', start, isRead: true, ...inCr }
  }

  /** What to tell the person who seems to have UTF-8 after all; once. */
  takeAdvice(): string | undefined {
    if (this.#back !== 'to-tell') return undefined
    this.#back = 'told'
    return `That line looks like UTF-8, and was read as ${this.charset}. If it is wrong for others, /charset utf-8 goes back.`
  }

  /** The bytes of a text for this terminal. */
  bytesOf(text: string): Buffer {
    const charset = this.#charset
    if (charset === undefined) return Buffer.from(text)
    if (isAscii(text)) return Buffer.from(text, 'latin1')
    const bytes = encoded(charset, text)
    return this.#around.connection.telnet ? withDoubledIac(bytes) : bytes
  }

  /** The same of texts in UTF-8, which all terminals of UTF-8 share. */
  ofUtf8(texts: readonly Buffer[]): readonly Buffer[] {
    const charset = this.#charset
    if (charset === undefined) return texts
    const { telnet } = this.#around.connection
    return texts.map((bytes) => {
      const shared = sharedBytes(charset, bytes)
      // Telnet's bytes are doubled for those that speak it only.
      return telnet ? withDoubledIac(shared) : shared
    })
  }
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text)
}

/** The bytes that came, which were UTF-8; undefined if all character sets agree about them. */
function bytesBeyondAscii(text: string): Buffer | undefined {
  return isAscii(text) ? undefined : Buffer.from(text)
}

/** What all terminals of a character set are sent of the same bytes of UTF-8, as long as those are used. */
const encodings = new WeakMap<Buffer, Map<CharsetName, Buffer>>()

function sharedBytes(charset: CharsetName, bytes: Buffer): Buffer {
  const known = encodings.get(bytes) ?? new Map<CharsetName, Buffer>()
  const found = known.get(charset) ?? encoded(charset, bytes.toString())
  encodings.set(bytes, known.set(charset, found))
  return found
}

function encoded(charset: CharsetName, text: string): Buffer {
  if (isAscii(text)) return Buffer.from(text, 'latin1')
  const substitutes = new Map<string, string>()
  let shown = ''
  for (const character of composedCharacters(text)) {
    if (hasAll(charset, character)) {
      shown += character
      continue
    }
    const substitute = substitutes.get(character) ?? shownFor(charset, character)
    substitutes.set(character, substitute)
    shown += substitute
  }
  return encodedIn(charset, shown)
}

function hasAll(charset: CharsetName, character: string): boolean {
  for (const point of character) if (!hasPoint(charset, point)) return false
  return true
}

/** What stands for a character that the set does not have, of what it has. */
function shownFor(charset: CharsetName, character: string): string {
  const has = (point: string) => hasPoint(charset, point)
  return [...substituteFor(character, has)].map((point) => (has(point) ? point : '?')).join('')
}

/** Telnet takes a byte of 255 for the beginning of a command, unless it comes twice (RFC 854). */
function withDoubledIac(bytes: Buffer): Buffer {
  if (!bytes.includes(iac)) return bytes
  return Buffer.from([...bytes].flatMap((byte) => (byte === iac ? [iac, iac] : [byte])))
}
