/** A client is asked so often at most; lists of types are shorter. */
const mostNames = 10
/** Terminals that cannot move their cursor, or are none. */
const dumb = /^(?:dumb|unknown|network|emacs|none|tty|vt52)\b/i
/** Clients for MUDs that do not tell their features. */
const ofMuds = /mud|mush|tintin|blowtorch|atlantis|kildclient|beip|potato/i

/**
 * The types that a client gives its terminal: each time it is asked it tells the next one, and at the end the last one again
 * (RFC 1091); some begin with the first one again. The third answer of MUD clients and screen readers is their features (MTTS).
 */
export class TerminalTypes {
  readonly #names: string[] = []
  #isDone = false

  /** Takes the next name. Answers whether there may be more. */
  take(name: string): boolean {
    this.#isDone ||= this.#names.includes(name) || this.#names.length === mostNames
    if (!this.#isDone) this.#names.push(name)
    return !this.#isDone
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /**
   * Whether it is a terminal whose row can be drawn again and again. MUD clients edit the line by themselves, and a screen
   * reader would read each drawing aloud.
   */
  get canDraw(): boolean {
    const [first = ''] = this.#names
    return (
      this.#isDone &&
      first !== '' &&
      !dumb.test(first) &&
      !ofMuds.test(first) &&
      !this.#names.some(tellsFeatures)
    )
  }
}

function tellsFeatures(name: string): boolean {
  return /^MTTS \d+$/i.test(name)
}
