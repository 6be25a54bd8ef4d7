import { addressKey } from '../lib/addresses.ts'

/** Counts connections by address. */
export class AddressCount {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  /** `most` connections from one address; 0 is no limit. */
  constructor(most: number) {
    this.#most = most
  }

  /** False, and nothing is counted, if there are too many already. */
  enter(address: string): boolean {
    const key = addressKey(address)
    if (key === undefined) return true
    const count = this.#counts.get(key) ?? 0
    if (this.#most > 0 && count >= this.#most) return false
    this.#counts.set(key, count + 1)
    return true
  }

  leave(address: string): void {
    const key = addressKey(address)
    const count = key === undefined ? undefined : this.#counts.get(key)
    if (key === undefined || count === undefined) return
    if (count > 1) this.#counts.set(key, count - 1)
    else this.#counts.delete(key)
  }
}
