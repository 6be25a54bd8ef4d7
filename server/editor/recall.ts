import type { EditedLine } from './edited-line.ts'
import { History } from './history.ts'
import { Search } from './search.ts'

/** Brings lines back that were entered before (Up, Down, Ctrl-R), and keeps the one that was begun meanwhile. */
export class Recall {
  #history: History | undefined
  /** How many lines ago the line was entered that stands in the editor; undefined for a new one. */
  #ago: number | undefined
  /** The new line, while an older one stands in its place. */
  #begun = ''

  /** A line was entered. */
  add(line: string): void {
    this.#history ??= new History()
    this.#history.add(line)
    this.rest()
  }

  /** The line that stands in the editor is a new one. */
  rest(): void {
    this.#ago = undefined
    this.#begun = ''
  }

  /** Keeps no line. */
  forget(): void {
    this.#history = undefined
    this.rest()
  }

  /** Goes one line back, or forth. Answers whether there is one. */
  go(by: 'back' | 'forth', line: EditedLine): boolean {
    if (by === 'back') return this.goTo(this.#ago === undefined ? 0 : this.#ago + 1, line)
    if (this.#ago === undefined) return false
    if (this.#ago > 0) return this.goTo(this.#ago - 1, line)
    const begun = this.#begun
    this.rest()
    line.set(begun)
    return true
  }

  /** Puts the line that was entered so many lines ago into the editor. Answers whether it is there. */
  goTo(ago: number, line: EditedLine, cursor?: number): boolean {
    const entered = this.#history?.line(ago)
    if (entered === undefined) return false
    if (this.#ago === undefined) this.#begun = line.text
    this.#ago = ago
    line.set(entered, cursor)
    return true
  }

  /** Begins a search; undefined where there is nothing to search. */
  search(): Search | undefined {
    return this.#history && new Search(this.#history)
  }
}
