/** Of one's own lines so many are kept, and so many bytes of UTF-8 with their ends, whichever is less. */
export const historyLimits = { lines: 50, bytes: 2048 } as const

/**
 * The lines that were entered at one connection. They are kept as one string whose characters are bytes of UTF-8, since many
 * connections have a history and few look at it.
 */
export class History {
  /** The lines, the oldest first, each behind an LF. */
  #bytes = ''

  /** Keeps a line, unless it is the last one again, or longer than all that is kept. */
  add(line: string): void {
    // `latin1` makes a flat string of one byte a character.
    const entry = `\n${Buffer.from(line).toString('latin1')}`
    if (line === '' || this.#bytes === entry || this.#bytes.endsWith(entry)) return
    if (entry.length > historyLimits.bytes) return
    let kept = this.#bytes
    let lines = countLines(kept)
    while (lines >= historyLimits.lines || kept.length + entry.length > historyLimits.bytes) {
      const end = kept.indexOf('\n', 1)
      kept = end < 0 ? '' : kept.slice(end)
      lines--
    }
    // Through a buffer, so that nothing else of what it was made of stays in memory.
    this.#bytes = Buffer.from(kept + entry, 'latin1').toString('latin1')
  }

  get length(): number {
    return countLines(this.#bytes)
  }

  /** The line that was entered so many lines ago: 0 is the last one. Undefined if it is not kept. */
  line(ago: number): string | undefined {
    const lines = this.#bytes.split('\n')
    const at = lines.length - 1 - ago
    return at < 1 ? undefined : Buffer.from(lines[at] ?? '', 'latin1').toString()
  }

  /** The newest line with this text in it, at least so many lines ago: its age, and undefined if there is none. */
  find(text: string, ago: number): number | undefined {
    const wanted = Buffer.from(text).toString('latin1')
    const lines = this.#bytes.split('\n').reverse()
    // The first one of the reversed lines is the last that was entered, and the last is what stands before the first LF.
    const found = lines.findIndex((line, index) => index >= ago && line.includes(wanted))
    return found < 0 || found >= lines.length - 1 ? undefined : found
  }
}

function countLines(bytes: string): number {
  let count = 0
  for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) count++
  return count
}
