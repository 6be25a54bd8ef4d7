import { commands, type Verb } from './telnet-codes.ts'
import { isLineEnd, mayBeCommand, mayBeNegotiation } from './telnet-sign.ts'

export interface TelnetParserOptions {
  /** Bytes that are not telnet; the whole chunk if it has no telnet. */
  readonly onData: (chunk: Buffer) => void
  /** A command that stands alone, such as IP. */
  readonly onCommand: (command: number) => void
  readonly onNegotiation: (verb: Verb, option: number) => void
  /** The bytes between IAC SB and IAC SE, with doubled IACs undone. */
  readonly onSubnegotiation: (option: number, value: Buffer) => void
  /** Whether the client has shown that it speaks telnet; until then, 0xFF may as well be data. */
  readonly isKnown: () => boolean
  /** Whether the client was sent a request, so that it may refuse. */
  readonly wasAsked: () => boolean
  /** Whether the last byte of data cannot be of UTF-8: then what follows is no telnet either. */
  readonly isBroken: () => boolean
  /** Whether this command stands for a byte of a character that has begun. */
  readonly isInCharacter: (command: number) => boolean
  /** How long the value of this option is at most, in bytes, and whether there may be any bytes in it. */
  readonly limitOf: (option: number) => { readonly most: number; readonly binary: boolean }
}

type State = 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command'

const { iac, sb, se, dataMark } = commands
const lowestCommand = commands.eof
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
 *
 * What only looks like telnet is data, so that nothing is lost in silence and a line that has it is refused: 0xFF of a client that
 * has shown no telnet (`telnet-sign`), an option that is a line end, and a subnegotiation that is longer than its value may be
 * or has a line end in it, because its end was lost.
 */
export class TelnetParser {
  readonly #options: TelnetParserOptions
  #state: State = 'data'
  /** After a signal, up to the first byte of data. */
  #afterSignal = false
  #verb: Verb = commands.will
  /** The option and its value so far. */
  #subnegotiation: number[] = []
  /** 0xFF was data before: the client is probably no telnet client. */
  #hasData255 = false
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
      else this.#takeByte(chunk[this.#at++] ?? 0)
    }
    this.#chunk = nothing
    return this.#at
  }

  /** No more bytes come: what has begun and is not telnet yet is data. */
  end(): void {
    if (this.#state === 'command' && !this.#options.isKnown()) this.#giveBack(iac)
    else if (this.#state === 'option' && !this.#options.isKnown()) this.#giveBack(iac, this.#verb)
    else if (this.#state === 'subnegotiation') this.#giveBackValue()
    this.#state = 'data'
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

  #takeByte(byte: number): void {
    switch (this.#state) {
      case 'command':
        this.#takeCommand(byte)
        return
      case 'option':
        this.#takeOption(byte)
        return
      case 'subnegotiation':
        this.#takeValue(byte)
        return
      case 'subnegotiation-command':
        this.#takeSubnegotiationCommand(byte)
    }
  }

  #takeCommand(byte: number): void {
    this.#state = 'data'
    if (!this.#options.isKnown() && !this.#mayBegin(byte)) {
      // The next byte is looked at once more, as data.
      this.#at--
      this.#giveBack(iac)
      return
    }
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

  /** Whether a client that has shown no telnet yet begins it with this byte behind an IAC. */
  #mayBegin(byte: number): boolean {
    const { isBroken, isInCharacter } = this.#options
    if (isBroken()) return false
    if (isVerb(byte)) return true
    const next = this.#chunk.subarray(this.#at, this.#at + 2)
    return !this.#hasData255 && mayBeCommand(byte, next, isInCharacter(byte))
  }

  #takeOption(option: number): void {
    this.#state = 'data'
    const isKnown = this.#options.isKnown()
    if (isKnown ? !isLineEnd(option) : this.#mayBeginWith(this.#verb, option)) {
      this.#options.onNegotiation(this.#verb, option)
      return
    }
    this.#at--
    this.#giveBack(iac, this.#verb)
  }

  #mayBeginWith(verb: Verb, option: number): boolean {
    return mayBeNegotiation(verb, option, {
      wasAsked: this.#options.wasAsked(),
      hadData: this.#hasData255,
    })
  }

  #takeValue(byte: number): void {
    if (byte === iac) {
      this.#signs++
      this.#state = 'subnegotiation-command'
    } else {
      this.#keep(byte)
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

  /** Takes a byte of a subnegotiation, if there may be one more like it. */
  #keep(byte: number): void {
    this.#subnegotiation.push(byte)
    const [option = byte] = this.#subnegotiation
    const { most, binary } = this.#options.limitOf(option)
    if (this.#subnegotiation.length - 1 <= most && (binary || !isLineEnd(byte))) return
    // Its end was lost. The last byte may end a line, or begin something.
    this.#subnegotiation.pop()
    this.#at--
    this.#state = 'data'
    this.#giveBackValue()
  }

  #giveBackValue(): void {
    const bytes = this.#subnegotiation
    this.#subnegotiation = []
    this.#giveBack(iac, sb, ...bytes)
  }

  #giveBack(...bytes: number[]): void {
    this.#hasData255 = true
    this.#afterSignal = false
    this.#options.onData(Buffer.from(bytes))
  }
}

function isVerb(byte: number): byte is Verb {
  return byte >= commands.will && byte <= commands.dont
}
