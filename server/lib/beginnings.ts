import { Sorted } from './sorted.ts'

/**
 * Names that change all the time, found by how they begin without a walk through all. They are put in order when somebody first
 * asks; until then a change costs nothing.
 */
export class Beginnings {
  readonly #all: () => Iterable<string>
  #inOrder: Sorted<string> | undefined

  /** `all`: the names that there are when it is called; none of them twice. */
  constructor(all: () => Iterable<string>) {
    this.#all = all
  }

  /** A name is new; nothing happens if it is there. */
  add(name: string): void {
    if (!this.#inOrder?.has(name)) this.#inOrder?.add(name)
  }

  delete(name: string): void {
    this.#inOrder?.delete(name)
  }

  /** The names that begin so, in the order of their characters; none may come or go during the walk. */
  *from(begun: string): Iterable<string> {
    this.#inOrder ??= new Sorted(byCharacters, this.#all())
    for (const name of this.#inOrder.from(begun)) {
      if (!name.startsWith(begun)) return
      yield name
    }
  }
}

function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
