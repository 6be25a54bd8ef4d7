/** What happened and is not shown yet, because a command runs or the person holds it: lines, in their order. */
export class HeldEvents {
  readonly #lines: Buffer[] = []
  #bytes = 0

  get lines(): readonly Buffer[] {
    return this.#lines
  }

  /** Keeps a line, whose bytes must not be changed afterwards. Returns how many bytes are held now. */
  keep(line: Buffer): number {
    this.#lines.push(line)
    this.#bytes += line.length
    return this.#bytes
  }
}
