/** What happened and is not shown yet, because a command runs or the person holds it: lines, in their order. */
export class HeldEvents {
  #lines: Buffer[] = none
  #bytes = 0

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Keeps a line, whose bytes must not be changed afterwards. Returns how many bytes are held now. */
  keep(line: Buffer): number {
    if (this.#lines.length === 0) this.#lines = [line]
    else this.#lines.push(line)
    this.#bytes += line.length
    return this.#bytes
  }

  /** Hands out what was held; nothing is held any more. */
  take(): readonly Buffer[] {
    const lines = this.#lines
    this.#lines = none
    this.#bytes = 0
    return lines
  }
}

/** The lines of all connections that hold none: it never changes. */
const none: Buffer[] = []
