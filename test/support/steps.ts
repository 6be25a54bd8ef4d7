/** Counts each step of a walk through a Map or a Set, wherever it is; answers how many there were. */
export class Steps {
  #count = 0
  #restore: (() => void)[] = []

  watch(): void {
    for (const prototype of [Map.prototype, Set.prototype])
      for (const name of ['entries', 'keys', 'values', Symbol.iterator] as const) {
        const usual = Object.getOwnPropertyDescriptor(prototype, name)
        if (!usual) continue
        const counted = this.#counted(usual.value)
        Object.defineProperty(prototype, name, { ...usual, value: counted })
        this.#restore.push(() => Object.defineProperty(prototype, name, usual))
      }
  }

  #counted(walk: (this: unknown) => Iterator<unknown>): (this: unknown) => IterableIterator<unknown> {
    const step = () => this.#count++
    return function (this: unknown) {
      const iterator = walk.call(this)
      return {
        next() {
          step()
          return iterator.next()
        },
        return: (value?: unknown) => ({ done: true, value }),
        [Symbol.iterator]() {
          return this
        },
      }
    }
  }

  unwatch(): void {
    for (const restore of this.#restore.splice(0)) restore()
  }

  take(): number {
    const count = this.#count
    this.#count = 0
    return count
  }
}
