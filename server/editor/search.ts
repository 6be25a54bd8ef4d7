import { boundaryBefore, boundaryFrom } from '../lib/graphemes.ts'
import type { History } from './history.ts'

/** In UTF-16 units. */
const longestQuery = 200

/** A search in the lines that were entered (Ctrl-R): each character that is typed makes it narrower. */
export class Search {
  readonly #history: Pick<History, 'find' | 'line'>
  #query = ''
  /** How many lines ago the found one was entered. */
  #ago: number | undefined
  #isThere = true

  constructor(history: Pick<History, 'find' | 'line'>) {
    this.#history = history
  }

  get query(): string {
    return this.#query
  }

  /** Whether a line with all of the query was found; also while there is no query. */
  get isThere(): boolean {
    return this.#isThere
  }

  /** The line that was found, its age, and where the query stands in it; the last one found while the query finds none. */
  get found(): { readonly line: string; readonly ago: number; readonly cursor: number } | undefined {
    const line = this.#ago === undefined ? undefined : this.#history.line(this.#ago)
    if (line === undefined || this.#ago === undefined) return undefined
    return { line, ago: this.#ago, cursor: boundaryFrom(line, Math.max(0, line.indexOf(this.#query))) }
  }

  /** More of the query was typed. Answers whether it is found. */
  type(text: string): boolean {
    let isFound = true
    // One by one, however many came together.
    for (const point of text) {
      if (this.#query.length + point.length > longestQuery) return false
      this.#query += point
      isFound = this.#look(this.#ago ?? 0)
    }
    return isFound
  }

  /** Takes back the last character of the query. */
  erase(): boolean {
    this.#query = this.#query.slice(0, boundaryBefore(this.#query, this.#query.length))
    if (this.#query === '') this.#ago = undefined
    return this.#look(0)
  }

  /** Looks for an older line. */
  older(): boolean {
    return this.#look(this.#ago === undefined ? 0 : this.#ago + 1)
  }

  #look(ago: number): boolean {
    this.#isThere = true
    if (this.#query === '') return true
    const found = this.#history.find(this.#query, ago)
    this.#isThere = found !== undefined
    if (found !== undefined) this.#ago = found
    return this.#isThere
  }
}
