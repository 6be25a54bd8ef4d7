import { addressKey } from '../lib/addresses.ts'

/** Counts connections by address. */
export class AddressCount {
  readonly #limits: { readonly connectionsPerAddress: number }
  readonly #counts = new Map<string, number>()

  /** 0 is no limit; it may change. */
  constructor(limits: { readonly connectionsPerAddress: number }) {
    this.#limits = limits
  }

  /** False, and nothing is counted, if there are too many already. */
  enter(address: string): boolean {
    const key = addressKey(address)
    if (key === undefined) return true
    const count = this.#counts.get(key) ?? 0
    const most = this.#limits.connectionsPerAddress
    if (most > 0 && count >= most) return false
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
