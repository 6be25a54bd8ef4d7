import type { Clock } from '../lib/clock.ts'
import { charsetAnswer, charsetRequest } from './telnet-charset.ts'
import { commands, options, type Verb } from './telnet-codes.ts'
import { type HideAnswer, TelnetEcho } from './telnet-echo.ts'
import { TelnetOption } from './telnet-option.ts'
import { TelnetParser } from './telnet-parser.ts'
import { TerminalTypes } from './terminal-types.ts'
import { byteOfKey } from './unfinished.ts'

export interface TelnetOptions {
  /** Sends telnet bytes, in order with everything else that goes to the client. */
  readonly write: (bytes: Buffer) => void
  /** Bytes of the client, without telnet. The chunk may be used again when this returns. */
  readonly onData: (chunk: Buffer) => void
  /** Whether this byte continues a character of UTF-8: then it is no key. */
  readonly isUnfinished: (byte: number) => boolean
  /** Whether the last byte cannot be of UTF-8: then what follows is a letter of another encoding, and no telnet. */
  readonly isBroken?: () => boolean
  /** IP or BRK: drop the line that has begun, leave a question. */
  readonly onInterrupt: () => void
  /** AYT: say something. */
  readonly onAreYouThere: () => void
  readonly onEraseCharacter: () => void
  readonly onEraseLine: () => void
  /** The size of the window in characters; undefined if the client does not know. */
  readonly onWindowSize?: (columns: number | undefined, rows: number | undefined) => void
  /** The terminal's name as the client gives it, printable ASCII, at most 40 characters. */
  readonly onTerminalType?: (name: string) => void
  /**
   * The client begins (true) or has stopped (false) to leave the echo to the server. In between it may send
   * each key by itself, so the server has to do the editing. Comes in order with the data.
   */
  readonly onEcho?: (byServer: boolean) => void
  /**
   * After `offerCharacters` the client begins (true) to send each key by itself; or it refuses that or has stopped it by itself
   * (false), and is not asked again before the next `offerCharacters`. Comes in order with the data.
   */
  readonly onCharacters?: (on: boolean) => void
  /** The client has told all the types of its terminal, or tells none; `canDraw`: its row can be drawn again and again. */
  readonly onTypesKnown?: (canDraw: boolean) => void
  readonly clock: Clock
  /** A listener for telnet clients only, which are asked at connect (`start`). */
  readonly active: boolean
}

const { iac, sb, se } = commands
const maxTerminalType = 40
/** The names of terminals, and of programs that are one; no MUD client is called so. */
const usualTerminal =
  /xterm|vt\d|ansi|linux|screen|tmux|rxvt|putty|dumb|unknown|network|cons\d|eterm|konsole|sun|nvt/i
const terminalTypeIs = 0
const windowSizeBytes = 4
/** The most bytes of a text that a client sends of an option. */
const longestText = 256
const terminalTypeSend = 1

/**
 * The telnet of one connection (RFC 854-857, 860, 1073, 1091, 1143). It takes telnet bytes out of what the client
 * sends and answers them.
 *
 * Nothing is sent to a client that has shown no sign of telnet, because nc prints it; only `hideInput` does, and
 * its caller decides, and `askAboutTerminal`. SUPPRESS-GO-AHEAD is refused unless the server offers it.
 */
export class Telnet {
  readonly #options: TelnetOptions
  readonly #parser: TelnetParser
  readonly #echo: TelnetEcho
  readonly #windowSize: TelnetOption
  readonly #terminalType: TelnetOption
  readonly #binary: TelnetOption
  readonly #endOfRecord: TelnetOption
  readonly #ourCharset: TelnetOption
  readonly #theirCharset: TelnetOption
  #charsetAsked = false
  #seen: boolean
  #asked = false
  #terminalTypeAsked = false
  #terminalTypeKnown = false
  #wasAsked = false
  readonly #types = new TerminalTypes()
  #interrupted = false

  constructor(telnetOptions: TelnetOptions) {
    this.#options = telnetOptions
    this.#seen = telnetOptions.active
    this.#parser = new TelnetParser({
      onData: (chunk) => {
        this.#tellInterrupt()
        telnetOptions.onData(chunk)
      },
      onCommand: (command) => this.#takeCommand(command),
      onNegotiation: (verb, option) => this.#negotiate(verb, option),
      onSubnegotiation: (option, value) => this.#takeSubnegotiation(option, value),
      isKnown: () => this.#seen,
      wasAsked: () => this.#wasAsked,
      isBroken: () => telnetOptions.isBroken?.() ?? false,
      isInCharacter: (command) => this.#isInCharacter(command),
      limitOf: (option) => limitOf(option),
    })
    this.#echo = new TelnetEcho({
      sendEcho: this.#sender(commands.will, commands.wont, options.echo),
      sendGoAhead: this.#sender(commands.will, commands.wont, options.suppressGoAhead),
      onEcho: (byServer) => telnetOptions.onEcho?.(byServer),
      onCharacters: (on) => telnetOptions.onCharacters?.(on),
      clock: telnetOptions.clock,
    })
    this.#windowSize = new TelnetOption(true, this.#sender(commands.do, commands.dont, options.windowSize))
    this.#terminalType = new TelnetOption(
      true,
      this.#sender(commands.do, commands.dont, options.terminalType),
    )
    this.#binary = new TelnetOption(true, this.#sender(commands.do, commands.dont, options.binary))
    this.#endOfRecord = new TelnetOption(
      true,
      this.#sender(commands.will, commands.wont, options.endOfRecord),
    )
    this.#ourCharset = new TelnetOption(true, this.#sender(commands.will, commands.wont, options.charset))
    this.#theirCharset = new TelnetOption(true, this.#sender(commands.do, commands.dont, options.charset))
  }

  /** Whether the client has sent a telnet command, or the listener is for telnet. */
  get seen(): boolean {
    return this.#seen
  }

  /** To be called at connect: on an active listener the client is asked for its window size and terminal. */
  start(): void {
    if (this.#options.active) this.askAboutTerminal()
  }

  /** How many telnet commands the last `push` took. */
  get signs(): number {
    return this.#parser.signs
  }

  /** Takes bytes from the connection, with at most this many commands. Returns how many bytes it took. */
  push(chunk: Buffer, mostSigns?: number): number {
    const taken = this.#parser.push(chunk, mostSigns)
    this.#tellInterrupt()
    return taken
  }

  /** A prompt was printed that waits on its line for an answer: MUD clients that want to know get EOR (RFC 885). */
  endPrompt(): void {
    if (this.#endOfRecord.state === 'yes') this.#options.write(Buffer.from([iac, commands.eor]))
  }

  /** No more bytes come. */
  end(): void {
    this.#parser.end()
  }

  /**
   * Asks the client not to show what is typed (WILL ECHO without SGA, which keeps the line editing of inetutils
   * and PuTTY). Answers within 300 ms; a client that says yes later hides from then on, and `showInput`
   * ends it in every case.
   */
  hideInput(): Promise<HideAnswer> {
    this.#wasAsked = true
    return this.#echo.hideInput()
  }

  /** Ends `hideInput`: typing is visible again. */
  showInput(): void {
    this.#echo.showInput()
  }

  /**
   * Asks the client to send each key by itself, and to show nothing (WILL ECHO and WILL SUPPRESS-GO-AHEAD). `onCharacters`
   * tells what it answers.
   */
  offerCharacters(): void {
    this.#wasAsked = true
    this.#echo.offerCharacters()
  }

  /** The client is to send lines again, and to show what is typed. */
  endCharacters(): void {
    this.#echo.endCharacters()
  }

  /** Whether the client was asked anything: what comes may be its answer. */
  get wasAsked(): boolean {
    return this.#wasAsked
  }

  /** Whether the client has a terminal whose row can be drawn again and again, as far as it has told. */
  get canDraw(): boolean {
    return this.#types.canDraw
  }

  /**
   * After IP, inetutils sends DO TIMING-MARK in the same packet, and drops all output before the answer to it. So the session
   * is told of the interrupt after that answer; otherwise before anything else happens.
   */
  #tellInterrupt(): void {
    if (!this.#interrupted) return
    this.#interrupted = false
    this.#options.onInterrupt()
  }

  #takeCommand(command: number): void {
    this.#seen = true
    this.#tellInterrupt()
    if (this.#isInCharacter(command)) {
      this.#options.onData(Buffer.from([byteOfKey.get(command) ?? command]))
      this.askAboutTerminal()
      return
    }
    switch (command) {
      case commands.interruptProcess:
      case commands.break:
        this.#interrupted = true
        break
      case commands.areYouThere:
        this.#options.onAreYouThere()
        break
      case commands.eraseCharacter:
        this.#options.onEraseCharacter()
        break
      case commands.eraseLine:
        this.#options.onEraseLine()
    }
    this.askAboutTerminal()
  }

  #isInCharacter(command: number): boolean {
    const byte = byteOfKey.get(command)
    return byte !== undefined && this.#options.isUnfinished(byte)
  }

  #negotiate(verb: Verb, option: number): void {
    this.#seen = true
    const on = verb === commands.will || verb === commands.do
    if (verb === commands.do || verb === commands.dont) this.#negotiateOurs(option, on)
    else this.#negotiateTheirs(option, on)
    this.askAboutTerminal()
  }

  #negotiateOurs(option: number, on: boolean): void {
    if (option === options.echo || option === options.suppressGoAhead) {
      this.#tellInterrupt()
      if (option === options.echo) this.#echo.receiveEcho(on)
      else this.#echo.receiveGoAhead(on)
    } else if (option === options.endOfRecord) this.#endOfRecord.receive(on)
    else if (option === options.charset) this.#negotiateCharset(on)
    // Not a state but a question, answered each time (RFC 860).
    else if (option === options.timingMark && on) this.#send(commands.will, option)
    else if (on) this.#send(commands.wont, option)
  }

  #negotiateTheirs(option: number, on: boolean): void {
    if (option === options.windowSize) this.#windowSize.receive(on)
    else if (option === options.terminalType) this.#negotiateTerminalType(on)
    else if (option === options.binary) this.#binary.receive(on)
    else if (option === options.charset) this.#theirCharset.receive(on)
    else if (on) this.#send(commands.dont, option)
  }

  #negotiateTerminalType(on: boolean): void {
    this.#terminalType.receive(on)
    if (!on) this.#options.onTypesKnown?.(false)
    if (this.#terminalType.state !== 'yes' || this.#terminalTypeAsked) return
    this.#terminalTypeAsked = true
    this.#askForType()
  }

  #askForType(): void {
    this.#options.write(Buffer.from([iac, sb, options.terminalType, terminalTypeSend, iac, se]))
  }

  #negotiateCharset(on: boolean): void {
    this.#ourCharset.receive(on)
    if (this.#ourCharset.state !== 'yes' || this.#charsetAsked) return
    this.#charsetAsked = true
    this.#options.write(charsetRequest)
  }

  #takeSubnegotiation(option: number, value: Buffer): void {
    this.#seen = true
    if (option === options.windowSize && this.#windowSize.state === 'yes') this.#takeWindowSize(value)
    if (option === options.terminalType && this.#terminalType.state === 'yes') this.#takeTerminalType(value)
    if (option === options.charset && this.#theirCharset.state === 'yes') this.#answerCharset(value)
    this.askAboutTerminal()
  }

  #answerCharset(value: Buffer): void {
    const answer = charsetAnswer(value)
    if (answer) this.#options.write(answer)
  }

  /** RFC 1073: two numbers of 16 bits; 0 means that the client does not know. */
  #takeWindowSize(value: Buffer): void {
    if (value.length !== windowSizeBytes) return
    this.#options.onWindowSize?.(value.readUInt16BE(0) || undefined, value.readUInt16BE(2) || undefined)
  }

  /** RFC 1091: only the first name is that of the terminal; the others tell more about the client. */
  #takeTerminalType(value: Buffer): void {
    if (value[0] !== terminalTypeIs || this.#types.isDone) return
    const name = value
      .toString('latin1', 1)
      .replace(/[^ -~]/g, '')
      .slice(0, maxTerminalType)
    if (name === '') return
    const isFirst = !this.#terminalTypeKnown
    this.#terminalTypeKnown = true
    if (isFirst) this.#options.onTerminalType?.(name)
    if (isFirst && !usualTerminal.test(name)) {
      // A MUD client says its own name. It does not ask for these two unless they are offered.
      this.#endOfRecord.request(true)
      this.#ourCharset.request(true)
    }
    if (!this.#options.onTypesKnown) return
    if (this.#types.take(name)) this.#askForType()
    else this.#options.onTypesKnown(this.#types.canDraw)
  }

  /** Once, at the first sign of telnet, or where the caller takes the client for one: lists fit the window. */
  askAboutTerminal(): void {
    if (this.#asked) return
    this.#asked = true
    this.#wasAsked = true
    this.#windowSize.request(true)
    this.#terminalType.request(true)
    // Without it inetutils takes bytes of UTF-8 for keys: the 0x83 of "Ã" for Ctrl-C, the 0x9D of a quote for ^].
    this.#binary.request(true)
  }

  #sender(on: Verb, off: Verb, option: number): (turnOn: boolean) => void {
    return (turnOn) => this.#send(turnOn ? on : off, option)
  }

  #send(verb: Verb, option: number): void {
    this.#options.write(Buffer.from([iac, verb, option]))
  }
}

/** What is sent of an option between IAC SB and IAC SE. RFC 1073 has four bytes of any value; all others are texts. */
function limitOf(option: number): { readonly most: number; readonly binary: boolean } {
  return option === options.windowSize
    ? { most: windowSizeBytes, binary: true }
    : { most: longestText, binary: false }
}
