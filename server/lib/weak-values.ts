/** Values by their keys, made when they are missing, and forgotten when nobody else has them any more. */
export class WeakValues<T extends object> {
  readonly #values = new Map<string, WeakRef<T>>()
  readonly #gone = new FinalizationRegistry<string>((key) => {
    // There may be another one by now.
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
