import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { unclean } from '../injection/hostile.ts'

/**
 * How somebody is written to: in lines of text, the same in colour, or in JSON. `mixed` is who changes between
 * them and answers questions on the way, `edited` who has turned the line editor on (its screens are tested in
 * test/editor), `raw` who gets no lines at all.
 */
export type Kind = 'text' | 'color' | 'json' | 'mixed' | 'edited' | 'raw'

const iac = 0xff
/** How often a fence is sent again. */
const againMs = 500
const color = /\u001b\[(?:(?:1;)?3[1356]|0)m/g
/** In front of what rings the bell, for who has asked for that. */
const bell = /^\u0007/
/** What the line editor begins with: pastes in brackets. */
const editorBegins = '\u001b[?2004h'
/** Ends a sequence, a paste and a line that has begun in the editor. */
const fresh = '\u001b\u0003\u0003'
/** In front of an answer that is not to be seen, and behind it. */
const conceal = /\u001b\[2?8m/g

/** One connection, of which every line that comes is looked at. */
export class Peer {
  readonly socket: Socket
  /** Lines that break a rule. */
  readonly broken: string[] = []
  /** Bytes that came. */
  received = 0
  kind: Kind
  readonly #decoder = new StringDecoder('utf8')
  #tail = ''
  #fences = 0
  #fence: { readonly mark: string; readonly found: () => void } | undefined
  /** Of telnet's bytes: a command, an option or a subnegotiation has begun. */
  #telnet: 'data' | 'command' | 'option' | 'sub' | 'sub-command' = 'data'

  constructor(port: number, kind: Kind) {
    this.kind = kind
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => this.#fence?.found())
  }

  get closed(): boolean {
    return this.socket.destroyed
  }

  async connected(): Promise<void> {
    if (this.socket.connecting) await once(this.socket, 'connect')
  }

  send(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(bytes)
  }

  /**
   * Resolves when all that was sent is answered, or the connection is gone: true, or false if neither happens for
   * so long. Leaves questions, and whatever telnet has begun.
   */
  async settled(withinMs: number): Promise<boolean> {
    if (this.closed) return true
    const mark = `fence${++this.#fences}`
    const settled = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs)
      // A question that ends by mistakes drops what had arrived behind it, and so the first one.
      const again = setInterval(() => this.send(`/ping ${mark}\n`), againMs)
      this.#fence = {
        mark,
        found: () => {
          clearTimeout(timer)
          clearInterval(again)
          resolve(true)
        },
      }
    })
    if (this.kind === 'edited') this.send(fresh)
    this.send(`\n\n\n/cancel\n/cancel\n/cancel\n/cancel\n/ping ${mark}\n`)
    const whole = await settled
    this.#fence?.found()
    this.#fence = undefined
    return whole
  }

  /** Ends it, and resolves when it is gone. */
  async end(): Promise<void> {
    if (this.closed) return
    // A transfer that is refused is reset by the server.
    const gone = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    this.socket.end()
    // A server that waits for the rest of a request has all the time it was given.
    const timer = setTimeout(() => this.socket.destroy(), 3_000)
    await gone
    clearTimeout(timer)
  }

  #take(chunk: Buffer): void {
    this.received += chunk.length
    if (this.kind === 'raw') return
    const text = this.#decoder.write(this.#withoutTelnet(chunk))
    const whole = this.#tail + text
    // It may come in two pieces.
    if (this.kind === 'mixed' && whole.includes(editorBegins)) this.kind = 'edited'
    const lines = whole.split('\n')
    this.#tail = lines.pop() ?? ''
    for (const line of lines) this.#look(line.endsWith('\r') ? line.slice(0, -1) : line)
  }

  #look(line: string): void {
    if (!this.#isRight(line) && this.broken.length < 20) this.broken.push(JSON.stringify(line.slice(0, 300)))
    const mark = this.#fence?.mark
    // Behind a question too, which is on the same line.
    if (
      mark !== undefined &&
      (line.endsWith(`pong ${mark}`) ||
        line.includes(`pong ${mark}\u001b`) ||
        line.includes(`"text":"${mark}"`))
    )
      this.#fence?.found()
  }

  #isRight(line: string): boolean {
    switch (this.kind) {
      case 'text':
        return isText(line)
      case 'color':
        return isText(line.replace(color, ''))
      case 'json':
        return isJson(line)
      case 'mixed':
        return line.startsWith('{')
          ? isJson(line)
          : isRow(line.replace(bell, '').replace(color, '').replace(conceal, ''))
      default:
        return true
    }
  }

  #withoutTelnet(chunk: Buffer): Buffer {
    if (this.#telnet === 'data' && !chunk.includes(iac)) return chunk
    const kept: number[] = []
    for (const byte of chunk) {
      switch (this.#telnet) {
        case 'data':
          if (byte === iac) this.#telnet = 'command'
          else kept.push(byte)
          break
        case 'command':
          // IAC twice is one byte of the text.
          if (byte === iac) kept.push(byte)
          this.#telnet = byte === 250 ? 'sub' : byte > 250 && byte !== iac ? 'option' : 'data'
          break
        case 'option':
          this.#telnet = 'data'
          break
        case 'sub':
          if (byte === iac) this.#telnet = 'sub-command'
          break
        case 'sub-command':
          this.#telnet = byte === 240 ? 'data' : 'sub'
      }
    }
    return Buffer.from(kept)
  }
}

function isText(line: string): boolean {
  // Texts of several rows keep their tabs, behind the first row.
  if (line.startsWith('| ')) return !unclean.test(line.replaceAll('\t', ''))
  return /^[[*?!-]/.test(line) && !unclean.test(line)
}

/** A line, or a further row of one, where the client has told a width. */
function isRow(line: string): boolean {
  return isText(line) || (line.startsWith('  ') && !unclean.test(line))
}

function isJson(line: string): boolean {
  if (!line.startsWith('{') || unclean.test(line)) return false
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}
