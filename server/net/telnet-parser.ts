import { commands, type Verb } from './telnet-codes.ts'

export interface TelnetParserOptions {
  /** Bytes that are not telnet; the whole chunk if it has no telnet. */
  readonly onData: (chunk: Buffer) => void
  /** A command that stands alone, such as IP. */
  readonly onCommand: (command: number) => void
  readonly onNegotiation: (verb: Verb, option: number) => void
  /** The bytes between IAC SB and IAC SE, with doubled IACs undone, at most 256. */
  readonly onSubnegotiation: (option: number, value: Buffer) => void
}

type State = 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command'

const { iac, sb, se, dataMark } = commands
const lowestCommand = commands.eof
const maxSubnegotiation = 256
const iacData = Buffer.from([iac])
const nothing = Buffer.alloc(0)

/** The commands that a client sends together with a Synch. */
const signals: ReadonlySet<number> = new Set([
  commands.susp,
  commands.abort,
  commands.break,
  commands.interruptProcess,
  commands.abortOutput,
  commands.areYouThere,
])

/**
 * Cuts a telnet stream (RFC 854, 855) into data, commands, negotiations and subnegotiations, in their order,
 * wherever its packets are cut.
 *
 * A Synch is IAC DM with one of the two bytes sent as TCP urgent data, which a socket does not deliver in its
 * place, so one byte is missing: inetutils loses the IAC and leaves a bare DM, other clients lose the DM and
 * leave a bare IAC. Both are removed after the signal to which they belong. (Neither is lost text: 0xFF is
 * never in UTF-8, and 0xF2 would begin a character of the planes in which there are none.)
 */
export class TelnetParser {
  readonly #options: TelnetParserOptions
  #state: State = 'data'
  /** After a signal, up to the first byte of data. */
  #afterSignal = false
  #verb: Verb = commands.will
  #subnegotiation: number[] = []
  #chunk: Buffer = nothing
  #at = 0
  #signs = 0

  constructor(options: TelnetParserOptions) {
    this.#options = options
  }

  /** How many IACs the last `push` took. */
  get signs(): number {
    return this.#signs
  }

  /** Takes bytes from the connection, with at most this many IACs. Returns how many bytes it took. */
  push(chunk: Buffer, mostSigns = Number.POSITIVE_INFINITY): number {
    this.#chunk = chunk
    this.#at = 0
    this.#signs = 0
    while (this.#at < chunk.length && this.#signs < mostSigns) {
      if (this.#state === 'data') this.#takeData()
      else if (this.#state === 'subnegotiation') this.#takeValue()
      else this.#takeByte(chunk[this.#at++] ?? 0)
    }
    this.#chunk = nothing
    return this.#at
  }

  #takeData(): void {
    const chunk = this.#chunk
    const start = this.#at
    if (this.#afterSignal && chunk[start] !== iac) {
      this.#afterSignal = false
      if (chunk[start] === dataMark) {
        this.#at++
        return
      }
    }
    const next = chunk.indexOf(iac, start)
    const end = next < 0 ? chunk.length : next
    if (end > start) {
      this.#at = end
      this.#options.onData(end - start === chunk.length ? chunk : chunk.subarray(start, end))
    } else {
      this.#at++
      this.#signs++
      this.#state = 'command'
    }
  }

  /** Takes the bytes of a subnegotiation, up to the next IAC. */
  #takeValue(): void {
    const chunk = this.#chunk
    const next = chunk.indexOf(iac, this.#at)
    const end = next < 0 ? chunk.length : next
    const kept = Math.min(end, this.#at + maxSubnegotiation + 1 - this.#subnegotiation.length)
    for (let at = this.#at; at < kept; at++) this.#subnegotiation.push(chunk[at] ?? 0)
    this.#at = end
    if (next < 0) return
    this.#at++
    this.#signs++
    this.#state = 'subnegotiation-command'
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case 'command':
        this.#takeCommand(byte)
        return
      case 'option':
        this.#state = 'data'
        this.#options.onNegotiation(this.#verb, byte)
        return
      case 'subnegotiation-command':
        this.#takeSubnegotiationCommand(byte)
    }
  }

  #takeCommand(byte: number): void {
    this.#state = 'data'
    if (byte === iac) {
      // A bare IAC and the next command, see above.
      if (this.#afterSignal) this.#state = 'command'
      else this.#options.onData(iacData)
      this.#afterSignal = false
    } else if (byte < lowestCommand) {
      // No command begins like this; swallowing the byte could swallow the end of a line.
      this.#at--
    } else if (isVerb(byte)) {
      this.#verb = byte
      this.#state = 'option'
    } else if (byte === sb) {
      this.#subnegotiation = []
      this.#state = 'subnegotiation'
    } else if (byte !== se) {
      this.#afterSignal ||= signals.has(byte)
      this.#options.onCommand(byte)
    }
  }

  #takeSubnegotiationCommand(byte: number): void {
    if (byte === iac) {
      this.#state = 'subnegotiation'
      this.#keep(iac)
      return
    }
    const [option, ...value] = this.#subnegotiation
    this.#subnegotiation = []
    if (byte !== se) {
      // A subnegotiation that never ends would eat everything that follows, so any other command ends it.
      this.#takeCommand(byte)
      return
    }
    this.#state = 'data'
    if (option !== undefined) this.#options.onSubnegotiation(option, Buffer.from(value))
  }

  #keep(byte: number): void {
    if (this.#subnegotiation.length <= maxSubnegotiation) this.#subnegotiation.push(byte)
  }
}

function isVerb(byte: number): byte is Verb {
  return byte >= commands.will && byte <= commands.dont
}
