import type { Clock } from '../lib/clock.ts'
import type { Line } from '../lib/line.ts'
import type { ConnectionHandler } from '../session/connection.ts'
import { costs } from '../session/costs.ts'
import { endOfKeys } from './begun-line.ts'
import type { LineEnds } from './line-ends.ts'
import { LineReader } from './lines.ts'
import { Telnet } from './telnet.ts'
import { commands } from './telnet-codes.ts'
import { LastBytes } from './unfinished.ts'

/** The session, as far as telnet tells it something. */
export type Typist = Pick<
  ConnectionHandler,
  | 'areYouThere'
  | 'charset'
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

/** Turns the bytes of a chat client into lines. It takes telnet out, and answers it. */
export class TerminalInput {
  readonly #owner: TerminalOwner
  readonly #lines: LineReader
  readonly #lastBytes = new LastBytes()
  /** Made at the first sign of telnet: most connections have none. */
  #telnet: Telnet | undefined
  #telnetTold = false
  #askedWhetherThere = false
  /** The client was asked by telnet to hide what is typed, and may answer. */
  #hasAsked = false
  #cost = 0

  constructor(owner: TerminalOwner) {
    this.#owner = owner
    this.#lines = new LineReader({
      limits: {
        get lineBytes() {
          return owner.receiver.longestLine
        },
      },
      onLine: (line) => owner.takeLine(line),
      onInterrupt: () => {
        if (owner.receiver.takesKeys) owner.receiver.interrupt()
      },
    })
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
    return this.#lines.paused
  }

  /** Begins telnet, on a listener where everybody speaks it. */
  startTelnet(): void {
    this.#telnet = this.#makeTelnet(true)
    this.#telnet.start()
    this.#tellTelnet()
  }

  /** Takes as many bytes as may be done in one turn; returns how many. */
  push(bytes: Buffer): number {
    const some = bytes.subarray(0, endOfKeys(bytes, keysInTurn))
    if ((this.#telnet || some.includes(commands.iac)) && !this.#isAllText) return this.#pushTelnet(some)
    this.#pushLines(some)
    return some.length
  }

  /** The cost of the telnet commands, and of the keys, since the last call. Lines are paid for by themselves. */
  takeCost(): number {
    const cost = this.#cost + this.#lines.takeKeys() * costs.trifle
    this.#cost = 0
    return cost
  }

  /** About how many whole lines have come and were not handed over. */
  waitingEnds(ends: LineEnds): number {
    return this.#lines.waitingEnds(ends)
  }

  /** Drops those lines, and one that has begun. */
  drop(): void {
    this.#lines.drop()
  }

  pause(): void {
    this.#lines.pause()
  }

  resume(): void {
    this.#lines.resume()
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
    this.#hasAsked = true
    this.#telnet ??= this.#makeTelnet(false)
    const answer = await this.#telnet.hideInput()
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
    return !this.telnet && !this.#hasAsked && this.#owner.receiver.charset !== 'utf-8'
  }

  #pushLines(chunk: Buffer): void {
    this.#lastBytes.note(chunk)
    // Whoever speaks telnet is a terminal, whatever its lines end in.
    this.#lines.editing ||= this.telnet
    this.#lines.push(chunk)
    // If Enter sends CR, it was pressed twice, unless the LF is still to come.
    if (this.#lines.isUndecided) this.#owner.clock.after(undecidedMs, () => this.#lines.settle())
  }

  #pushTelnet(bytes: Buffer): number {
    this.#telnet ??= this.#makeTelnet(false)
    const telnet = this.#telnet
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
      onData: (chunk) => this.#pushLines(chunk),
      isUnfinished: (byte) => this.#lastBytes.wants(byte),
      isBroken: () => this.#lastBytes.isBroken,
      onInterrupt: () => {
        this.#lines.eraseLine()
        owner.receiver.interrupt()
      },
      onAreYouThere: () => {
        this.#askedWhetherThere = true
      },
      onEraseCharacter: () => this.#lines.eraseCharacter(),
      onEraseLine: () => this.#lines.eraseLine(),
      onWindowSize: (columns) => owner.receiver.windowFound(columns),
      onTerminalType: (name) => owner.receiver.terminalFound(name),
      clock: owner.clock,
      active,
    })
  }

  #tellTelnet(): void {
    if (this.#telnetTold) return
    this.#telnetTold = true
    this.#owner.receiver.telnetFound()
  }
}
