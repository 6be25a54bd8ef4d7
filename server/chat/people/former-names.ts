import { foldName } from '../model/names.ts'
import type { FormerName } from '../ports/records.ts'

/** So long, in days, whoever looks for an old name finds who had it, and nobody takes it over. */
const usualDays = 30
const dayMs = 24 * 3_600_000

/** Old names of one kind of thing, as long as they rest. */
export class FormerNames<T> {
  readonly #byKey = new Map<string, FormerName & { readonly of: T }>()
  readonly #now: () => number
  readonly #restDays: () => number

  constructor(now: () => number, restDays: () => number = () => usualDays) {
    this.#now = now
    this.#restDays = restDays
  }

  add(of: T, names: readonly FormerName[]): void {
    for (const { name, until } of names) this.#byKey.set(foldName(name), { name, until, of })
  }

  /** Whose name that was; undefined once it rests no more. */
  find(key: string): T | undefined {
    const found = this.#byKey.get(key)
    return found && found.until > this.#now() ? found.of : undefined
  }

  restsUntil(key: string): number | undefined {
    return this.find(key) === undefined ? undefined : this.#byKey.get(key)?.until
  }

  /** Somebody is called so now. */
  take(key: string): void {
    this.#byKey.delete(key)
  }

  forget(of: T): void {
    for (const [key, one] of this.#byKey) if (one.of === of) this.#byKey.delete(key)
  }

  /** What is to be stored of somebody who is called `from`, and `to` from now on. */
  after(of: T, from: string, to: string): FormerName[] {
    const now = this.#now()
    const kept = [...this.#byKey.values()]
      .filter((one) => one.of === of && one.until > now)
      .map(({ name, until }) => ({ name, until }))
    return [...kept, { name: from, until: now + this.#restDays() * dayMs }].filter(
      ({ name }) => foldName(name) !== foldName(to),
    )
  }
}
