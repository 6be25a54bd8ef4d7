import type { EditedLine, Span } from './edited-line.ts'

/** Something that Tab may put into the line. */
export interface Candidate {
  readonly text: string
  /** What is shown behind the line while this candidate stands in it, such as the name of a file. */
  readonly hint?: string
}

/** What Tab may put in place of the part of the line that ends at the cursor. */
export interface Completion {
  /** Where that part begins, in UTF-16 units. */
  readonly start: number
  /** The best first; none if nothing fits. */
  readonly candidates: readonly Candidate[]
}

/** Finds what may be completed, for a line and the place of the cursor in UTF-16 units. */
export type Complete = (line: string, cursor: number) => Completion

/** Goes round through the candidates of a completion, and what was typed. */
export class Cycle {
  readonly #choices: readonly Candidate[]
  #span: Span
  #at = 0

  /** Undefined if there is nothing to choose. */
  static begin({ text, cursor }: EditedLine, complete: Complete): Cycle | undefined {
    const { start, candidates } = complete(text, cursor)
    return candidates.length === 0 || start < 0 || start > cursor
      ? undefined
      : new Cycle([{ text: text.slice(start, cursor) }, ...candidates], { start, end: cursor })
  }

  private constructor(choices: readonly Candidate[], span: Span) {
    this.#choices = choices
    this.#span = span
  }

  /** Whether there is nothing to choose: the one candidate stands in the line. */
  get isDecided(): boolean {
    return this.#choices.length === 2
  }

  get hint(): string {
    return this.#choices[this.#at]?.hint ?? ''
  }

  /** Puts the next candidate into the line, or the one before, as far as `mayPut` lets it. Answers whether it did. */
  turn(by: 1 | -1, line: EditedLine, mayPut: (span: Span, text: string) => boolean): boolean {
    const count = this.#choices.length
    const next = (this.#at + by + count) % count
    const { text = '' } = this.#choices[next] ?? {}
    if (!mayPut(this.#span, text)) return false
    line.replace(this.#span, text)
    this.#at = next
    this.#span = { start: this.#span.start, end: this.#span.start + text.length }
    return true
  }
}
