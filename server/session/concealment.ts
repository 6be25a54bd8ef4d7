import type { Connection } from './connection.ts'

/** ECMA-48 SGR 8 hides what a terminal shows from here on, SGR 28 ends it. */
const conceal = '\u001b[8m'
const reveal = '\u001b[28m'

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

  /** Begins. Answers what to print behind the question and behind the answer, and whether to warn. */
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
