import { nobody, type State } from './state.ts'

/** Holds what the page knows, and tells those who look at it of changes: all that happen in one turn together. */
export class Store {
  #state = nobody
  readonly #listeners = new Set<() => void>()
  readonly #later: (run: () => void) => void
  #told = true

  constructor(later: (run: () => void) => void = (run) => queueMicrotask(run)) {
    this.#later = later
  }

  get state(): State {
    return this.#state
  }

  change(next: (state: State) => State): void {
    const state = next(this.#state)
    if (state === this.#state) return
    this.#state = state
    if (!this.#told) return
    this.#told = false
    this.#later(() => {
      this.#told = true
      for (const listener of this.#listeners) listener()
    })
  }

  /** Calls `listener` after each change, until what it returns is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
