import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { ConnectionHandler } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import { endOfKeys } from './begun-line.ts'
import { endOfControls } from './key-toll.ts'
import { type EditingOwner, LineEditing } from './line-editing.ts'
import type { LineEnds } from './line-ends.ts'
import { LineReader, type LineReaderOptions } from './lines.ts'
import { Telnet } from './telnet.ts'
import { commands } from './telnet-codes.ts'
import { LastBytes } from './unfinished.ts'

/** The session, as far as telnet tells it something. */
export type Typist = Pick<
  ConnectionHandler,
  | 'areYouThere'
  | 'charset'
  | 'editing'
  | 'interrupt'
  | 'longestLine'
  | 'send'
  | 'takesKeys'
  | 'telnetFound'
  | 'terminalFound'
  | 'windowFound'
>

/** The owner of the terminal: gets its lines and keys. */
export interface TerminalOwner {
  readonly clock: Clock
  readonly receiver: Typist
  /** The peer uses TLS. */
  readonly usesTls: boolean
  takeLine(line: Line): void
}

/** How much telnet of one connection is done in one turn of the event loop, in bytes and commands. */
const telnetInTurn = { bytes: 4096, commands: 64 } as const
/** How many keys of one connection edit its lines in one turn: to find where a character begins takes some time. */
const keysInTurn = 64
/** How long a CR waits for its LF, in ms. */
const undecidedMs = 50
/** How many bytes of keys the line editor takes in one turn: a key may cost more than a byte of a line. */
const keyBytesInTurn = 1024
/** Telnet's commands as the keys that they stand for: Ctrl-C, Backspace, Ctrl-U. */
const keys = {
  interrupt: Buffer.from('\u0003'),
  eraseCharacter: Buffer.from('\u007f'),
  eraseLine: Buffer.from('\u0015'),
} as const

/** Turns the bytes of a chat client into lines. It takes telnet out, and answers it. */
export class TerminalInput implements EditingOwner, LineReaderOptions {
  readonly #owner: TerminalOwner
  readonly #lines: LineReader
  readonly #lastBytes = new LastBytes()
  /** Made at the first sign of telnet: most connections have none. */
  #telnet: Telnet | undefined
  #telnetTold = false
  #askedWhetherThere = false
  #cost = 0
  /** Lines that the present chunk has brought, and whether the first line of all was among them. */
  #linesCame = 0
  #isFirst = true
  #firstText: string | undefined
  readonly #editing: LineEditing

  constructor(owner: TerminalOwner) {
    this.#owner = owner
    this.#lines = new LineReader(this)
    this.#editing = new LineEditing(this)
  }

  // For the line reader: functions of its own would be kept for each connection (LineReaderOptions)

  get limits(): this {
    return this
  }

  onLine(line: Line): void {
    this.takeLine(line)
  }

  onInterrupt(): void {
    if (this.#owner.receiver.takesKeys) this.#owner.receiver.interrupt()
  }

  /** See LineLimits. */
  get lineBytes(): number {
    return this.#owner.receiver.longestLine
  }

  get clock(): Clock {
    return this.#owner.clock
  }

  get receiver(): Typist {
    return this.#owner.receiver
  }

  /** The line editor, for the session. */
  get editing(): LineEditing {
    return this.#editing
  }

  /** What is to be written for these bytes of the session; `draws`: also the row of the editor. */
  frame(chunks: readonly Buffer[], draws: boolean): readonly Buffer[] {
    return this.#editing.keyboard?.frame(chunks, draws) ?? chunks
  }

  /** Whether the client speaks telnet. */
  get telnet(): boolean {
    return this.#telnet?.seen ?? false
  }

  /** Whether it may be a telnet client that has not negotiated. Over TLS that is a program: telnet clients do not speak TLS. */
  get endsAsTelnet(): boolean {
    return !this.telnet && !this.#owner.usesTls && this.#lines.onlyTelnetEndings
  }

  /** Whether lines wait. */
  get paused(): boolean {
    return this.#lines.paused || this.#editing.keyboard?.paused === true
  }

  /** Whether the client sends keys, and not lines. */
  get sendsKeys(): boolean {
    return this.#editing.isOn
  }

  /** Begins telnet, on a listener where everybody speaks it. */
  startTelnet(): void {
    this.#telnet = this.#makeTelnet(true)
    this.#telnet.start()
    this.#tellTelnet()
  }

  /** For the editor: its telnet, begun if there was none. */
  beginTelnet(): Telnet {
    this.#telnet ??= this.#makeTelnet(false)
    return this.#telnet
  }

  /** Takes as many bytes as may be done in one turn; returns how many. */
  push(bytes: Buffer): number {
    if (!this.#telnet && !this.#isFirst && !this.sendsKeys && this.#lines.pushWhole(bytes))
      return bytes.length
    const most = this.#inTurn(bytes)
    const some = most < bytes.length ? bytes.subarray(0, most) : bytes
    if ((this.#telnet || some.includes(commands.iac)) && !this.#isAllText) return this.#pushTelnet(some)
    this.takeKeys(some)
    return some.length
  }

  #inTurn(bytes: Buffer): number {
    const { keyboard } = this.#editing
    if (!keyboard) return endOfKeys(bytes, keysInTurn)
    return endOfControls(bytes.subarray(0, keyBytesInTurn), keysInTurn / keyboard.weight)
  }

  /** The cost of the telnet commands, and of the keys, since the last call. Lines are paid for by themselves. */
  takeCost(): number {
    const keys = this.#lines.takeKeys() * costs.trifle
    const cost = this.#cost + keys + (this.#editing.keyboard?.takeCost() ?? 0)
    this.#cost = 0
    return cost
  }

  /** About how many whole lines have come and were not handed over. */
  waitingEnds(ends: LineEnds): number {
    return this.#lines.waitingEnds(ends) + (this.#editing.keyboard?.waitingEnds(ends) ?? 0)
  }

  /** Drops those lines, and one that has begun. */
  drop(): void {
    this.#lines.drop()
    this.#editing.keyboard?.drop()
  }

  pause(): void {
    this.#lines.pause()
    this.#editing.keyboard?.pause()
  }

  resume(): void {
    this.#lines.resume()
    if (!this.#lines.paused) this.#editing.keyboard?.resume()
  }

  /** No more bytes will come. Bytes without a line end are a last line, unless the connection was `cutOff`. */
  end(cutOff: boolean): void {
    this.#telnet?.end()
    if (cutOff) this.#lines.eraseLine()
    this.#lines.end()
  }

  async hideInput(): Promise<'hidden' | 'refused' | 'raw'> {
    // Plain nc would print telnet bytes; a client that ends every line as telnet does is probably a telnet client.
    if (!this.telnet && !this.endsAsTelnet) return 'raw'
    const answer = await this.beginTelnet().hideInput()
    return answer === 'silent' ? 'raw' : answer
  }

  endPrompt(): void {
    this.#telnet?.endPrompt()
  }

  showInput(): void {
    this.#telnet?.showInput()
  }

  /** 0xFF is a letter too ("я" of cp1251): no sign of telnet has come yet, nor will an answer to one. */
  get #isAllText(): boolean {
    return !this.telnet && !this.#telnet?.wasAsked && this.#owner.receiver.charset !== 'utf-8'
  }

  /** Takes bytes without telnet. */
  takeKeys(chunk: Buffer): void {
    this.#lastBytes.note(chunk)
    const { keyboard } = this.#editing
    if (keyboard) keyboard.push(chunk)
    else this.#pushLines(chunk)
  }

  takeBegun(): readonly Buffer[] {
    return this.#lines.takeMore()
  }

  #pushLines(chunk: Buffer): void {
    this.#linesCame = 0
    // Whoever speaks telnet is a terminal, whatever its lines end in.
    this.#lines.editing ||= this.telnet
    this.#lines.push(chunk)
    // Enter alone may be pressed to see who is there.
    if (this.#isFirst && this.#linesCame > 0 && this.#firstText !== '') {
      const text = this.#firstText
      this.#isFirst = false
      // It may be a login with its password.
      this.#firstText = undefined
      this.#editing.firstLine(text, this.#linesCame === 1 && !this.#lines.hasMore)
    }
    // If Enter sends CR, it was pressed twice, unless the LF is still to come.
    if (this.#lines.isUndecided) this.#owner.clock.after(undecidedMs, () => this.#lines.settle())
  }

  /** A line has come, by the line reader or from the editor. */
  takeLine(line: Line): void {
    this.#linesCame++
    if (this.#isFirst) this.#firstText = line.text
    this.#owner.takeLine(line)
  }

  #pushTelnet(bytes: Buffer): number {
    const telnet = this.beginTelnet()
    const taken = telnet.push(bytes.subarray(0, telnetInTurn.bytes), telnetInTurn.commands)
    if (telnet.seen) this.#tellTelnet()
    this.#cost += telnet.signs * costs.trifle
    // One answer is enough for several questions in one packet.
    if (this.#askedWhetherThere) {
      this.#askedWhetherThere = false
      this.#cost += costs.line
      this.#owner.receiver.areYouThere()
    }
    return taken
  }

  #makeTelnet(active: boolean): Telnet {
    const owner = this.#owner
    return new Telnet({
      write: (bytes) => owner.receiver.send(bytes),
      onData: (chunk) => this.takeKeys(chunk),
      isUnfinished: (byte) => this.#lastBytes.wants(byte),
      isBroken: () => this.#lastBytes.isBroken,
      onInterrupt: () => {
        if (this.#press(keys.interrupt)) return
        this.#lines.eraseLine()
        owner.receiver.interrupt()
      },
      onAreYouThere: () => {
        this.#askedWhetherThere = true
      },
      onEraseCharacter: () => {
        if (!this.#press(keys.eraseCharacter)) this.#lines.eraseCharacter()
      },
      onEraseLine: () => {
        if (!this.#press(keys.eraseLine)) this.#lines.eraseLine()
      },
      onWindowSize: (columns) => {
        this.#editing.windowFound(columns)
        owner.receiver.windowFound(columns)
      },
      onTerminalType: (name) => owner.receiver.terminalFound(name),
      onCharacters: (on) => this.#editing.characters(on),
      onTypesKnown: (canDraw) => this.#editing.typesKnown(canDraw),
      clock: owner.clock,
      active,
    })
  }

  /** Presses a key for which telnet has a command of its own. Answers whether the client sends keys. */
  #press(key: Buffer): boolean {
    this.#editing.keyboard?.push(key)
    return this.sendsKeys
  }

  #tellTelnet(): void {
    if (this.#telnetTold) return
    this.#telnetTold = true
    this.#owner.receiver.telnetFound()
  }
}
