/** So many different rows are known; then they are collected anew. */
const mostRows = 256
/** A longer text is sent as it is: a copy of it for each row would cost more than a second piece. */
const longestCopied = 4096

/**
 * Rows in which nothing is typed look the same at many terminals. Their bytes are made once, and those of a message with such
 * a row below it, too: a message to a thousand people who only read costs one copy.
 */
export class SharedRows {
  readonly #rows = new Map<string, Buffer>()
  /** By the message, then by the row: with the message they go. */
  readonly #framed = new WeakMap<Buffer, Map<Buffer, Buffer>>()

  /** The bytes of a row; they must not be changed. */
  bytesOf(row: string): Buffer {
    const known = this.#rows.get(row)
    if (known) return known
    if (this.#rows.size >= mostRows) this.#rows.clear()
    const bytes = Buffer.from(row)
    this.#rows.set(row, bytes)
    return bytes
  }

  /** `before`, the message, and the row (of `bytesOf`) as one piece; undefined if it is too long for that. */
  framed(before: Buffer, message: Buffer, row: Buffer): Buffer | undefined {
    if (message.length > longestCopied) return undefined
    const framed = this.#framed.get(message)
    const known = framed?.get(row)
    if (known) return known
    const made = Buffer.concat([before, message, row])
    if (framed) framed.set(row, made)
    else this.#framed.set(message, new Map([[row, made]]))
    return made
  }
}
