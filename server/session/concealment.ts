import type { Clock } from '../lib/clock.ts'
import type { Connection } from './connection.ts'

/** ECMA-48 SGR 8 hides what a terminal shows from here on, SGR 28 ends it. */
const conceal = '\u001b[8m'
const reveal = '\u001b[28m'

/** How long, and for how many addresses, the server remembers that a terminal there may still hide its text. */
const rememberedMs = 10 * 60_000
const mostRemembered = 1000

/**
 * The addresses of people who left in the middle of a hidden answer: Ctrl-C ends nc, and the terminal goes on hiding its
 * text, because nothing can reach it any more. The next connection from there probably comes from the same terminal.
 */
export class Unrevealed {
  readonly #clock: Pick<Clock, 'ticks'>
  /** Until when, in ticks, by address; the oldest first. */
  readonly #addresses = new Map<string, number>()

  constructor(clock: Pick<Clock, 'ticks'>) {
    this.#clock = clock
  }

  note(address: string): void {
    this.#addresses.delete(address)
    this.#addresses.set(address, this.#clock.ticks() + rememberedMs)
    const [oldest] = this.#addresses.keys()
    if (this.#addresses.size > mostRemembered && oldest !== undefined) this.#addresses.delete(oldest)
  }

  /** The text to print first for a connection from this address, which is then forgotten. */
  take(address: string): string {
    const until = this.#addresses.get(address)
    this.#addresses.delete(address)
    return until !== undefined && until > this.#clock.ticks() ? reveal : ''
  }
}

/**
 * Keeps a secret off the screen while it is typed: by telnet ECHO, or where there is no telnet by hiding
 * the characters on the terminal. Telnet stays off until `end`, because BusyBox can do it only once a
 * connection, and a command may ask for two secrets.
 */
export class Concealment {
  readonly #connection: Connection
  readonly #terminal: { readonly concealPasswords: boolean }
  #byTelnet = false

  /** The setting may change. */
  constructor(connection: Connection, terminal: { readonly concealPasswords: boolean }) {
    this.#connection = connection
    this.#terminal = terminal
  }

  /** Begins. Returns the text to print after the question, the text to print after the answer, and whether to warn that typing is visible. */
  async begin(): Promise<{ before: string; after: string; visible: boolean }> {
    const how = await this.#connection.hideInput()
    this.#byTelnet ||= how === 'hidden'
    // The client does not show the Enter either.
    if (how === 'hidden') return { before: '', after: '\r\n', visible: false }
    if (how === 'raw' && this.#terminal.concealPasswords)
      return { before: conceal, after: reveal, visible: false }
    return { before: '', after: '', visible: how === 'refused' }
  }

  end(): void {
    if (!this.#byTelnet) return
    this.#byTelnet = false
    this.#connection.showInput()
  }
}
