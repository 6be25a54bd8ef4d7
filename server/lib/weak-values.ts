/** A map that makes missing values, and forgets values to which nobody else has a reference. */
export class WeakValues<T extends object> {
  readonly #values = new Map<string, WeakRef<T>>()
  readonly #gone = new FinalizationRegistry<string>((key) => {
    // There may be a newer value by now.
    if (this.#values.get(key)?.deref() === undefined) this.#values.delete(key)
  })

  get(key: string, make: () => T): T {
    const found = this.#values.get(key)?.deref()
    if (found) return found
    const made = make()
    this.#values.set(key, new WeakRef(made))
    this.#gone.register(made, key)
    return made
  }
}
