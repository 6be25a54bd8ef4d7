import { IndexOf } from '../../lib/index-of.ts'
import { foldName } from '../model/names.ts'
import type { FormerName } from '../ports/records.ts'

/** So long, in days, whoever looks for an old name finds who had it, and nobody takes it over. */
const usualDays = 30
const dayMs = 24 * 3_600_000

/** Old names of one kind of thing, as long as they rest. */
export class FormerNames<T> {
  readonly #byKey = new Map<string, FormerName & { readonly of: T }>()
  readonly #keysOf = new IndexOf<T, string>()
  readonly #now: () => number
  readonly #restDays: () => number

  constructor(now: () => number, restDays: () => number = () => usualDays) {
    this.#now = now
    this.#restDays = restDays
  }

  add(of: T, names: readonly FormerName[]): void {
    for (const { name, until } of names) {
      const key = foldName(name)
      const before = this.#byKey.get(key)
      if (before && before.of !== of) this.#keysOf.delete(before.of, key)
      this.#byKey.set(key, { name, until, of })
      this.#keysOf.add(of, key)
    }
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
    const found = this.#byKey.get(key)
    if (!found) return
    this.#byKey.delete(key)
    this.#keysOf.delete(found.of, key)
  }

  forget(of: T): void {
    for (const key of this.#keysOf.take(of)) this.#byKey.delete(key)
  }

  /** What is to be stored of somebody who is called `from`, and `to` from now on. */
  after(of: T, from: string, to: string): FormerName[] {
    const now = this.#now()
    const own = [...this.#keysOf.of(of)].flatMap((key) => this.#byKey.get(key) ?? [])
    const kept = own.filter((one) => one.until > now).map(({ name, until }) => ({ name, until }))
    return [...kept, { name: from, until: now + this.#restDays() * dayMs }].filter(
      ({ name }) => foldName(name) !== foldName(to),
    )
  }
}
