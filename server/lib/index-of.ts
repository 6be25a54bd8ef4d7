/** Things by a key that many of them may have. */
export class IndexOf<K, V> {
  readonly #byKey = new Map<K, Set<V>>()

  add(key: K, value: V): void {
    const found = this.#byKey.get(key)
    if (found) found.add(value)
    else this.#byKey.set(key, new Set([value]))
  }

  delete(key: K, value: V): void {
    const found = this.#byKey.get(key)
    found?.delete(value)
    if (found?.size === 0) this.#byKey.delete(key)
  }

  /** How many keys there are. */
  get size(): number {
    return this.#byKey.size
  }

  /** Those of a key, in the order in which they came; none if there are none. */
  of(key: K): ReadonlySet<V> {
    return this.#byKey.get(key) ?? new Set()
  }

  /** Forgets a key; answers what was there. */
  take(key: K): ReadonlySet<V> {
    const found = this.of(key)
    this.#byKey.delete(key)
    return found
  }
}
