import { IndexOf } from '../../lib/index-of.ts'
import { foldName } from '../model/names.ts'
import type { FormerName } from '../ports/records.ts'

/** How long an old name still finds its owner, and nobody else can take it (days). */
const usualDays = 30
const dayMs = 24 * 3_600_000

/** The old names of accounts, or of channels, as long as they are kept. */
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

  /** The last owner of a name; undefined when the name is free again. */
  find(key: string): T | undefined {
    const found = this.#byKey.get(key)
    return found && found.until > this.#now() ? found.of : undefined
  }

  restsUntil(key: string): number | undefined {
    return this.find(key) === undefined ? undefined : this.#byKey.get(key)?.until
  }

  /** Forgets an old name, because somebody has it now. */
  take(key: string): void {
    const found = this.#byKey.get(key)
    if (!found) return
    this.#byKey.delete(key)
    this.#keysOf.delete(found.of, key)
  }

  forget(of: T): void {
    for (const key of this.#keysOf.take(of)) this.#byKey.delete(key)
  }

  /** The change to store when the name `from` becomes `to`. */
  after(of: T, from: string, to: string): FormerName[] {
    const now = this.#now()
    const own = [...this.#keysOf.of(of)].flatMap((key) => this.#byKey.get(key) ?? [])
    const kept = own.filter((one) => one.until > now).map(({ name, until }) => ({ name, until }))
    return [...kept, { name: from, until: now + this.#restDays() * dayMs }].filter(
      ({ name }) => foldName(name) !== foldName(to),
    )
  }
}
