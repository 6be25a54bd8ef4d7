import type { EditedLine } from './edited-line.ts'

/** How much may be pasted at once. */
export interface PasteLimits {
  readonly pasteRows: number
  /** Bytes of UTF-8, all rows together. */
  readonly pasteBytes: number
}

/** Why a paste was not taken: it has too many rows, or is too large. */
export type TooMuch = 'rows' | 'bytes'

/** Why a paste goes nowhere: also because a line would be too long, or because one answer is asked for. */
export type PasteRefusal = TooMuch | 'line' | 'answer'

/** What is being pasted, up to its end. */
export class Paste {
  readonly #limits: PasteLimits
  #parts: string[] = []
  #bytes = 0
  #rows = 1
  #tooMuch: TooMuch | undefined

  constructor(limits: PasteLimits) {
    this.#limits = limits
  }

  /** Takes the next part, whose rows end in LF. */
  add(text: string): void {
    if (this.#tooMuch !== undefined) return
    this.#bytes += Buffer.byteLength(text)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#rows++
    if (this.#bytes > this.#limits.pasteBytes) this.#tooMuch = 'bytes'
    // One more, because the last one may be empty.
    else if (this.#rows > this.#limits.pasteRows + 1) this.#tooMuch = 'rows'
    if (this.#tooMuch === undefined) this.#parts.push(text)
    else this.#parts = []
  }

  /** Whether a row of it has ended. */
  get hasRowEnd(): boolean {
    return this.#rows > 1
  }

  /** Its rows, without empty ones at its end; or why it is too much. */
  end(): readonly string[] | TooMuch {
    if (this.#tooMuch !== undefined) return this.#tooMuch
    const rows = this.#parts.join('').replace(/\n+$/, '').split('\n')
    return rows.length > this.#limits.pasteRows ? 'rows' : rows
  }
}

/** The lines that several rows are, pasted at the cursor of a line: what stood in it is around them. */
export function linesOf(rows: readonly string[], { text, cursor }: EditedLine): readonly string[] {
  const last = rows.length - 1
  return rows.map(
    (row, at) => (at === 0 ? text.slice(0, cursor) : '') + row + (at === last ? text.slice(cursor) : ''),
  )
}
