import { addressKey } from '../lib/addresses.ts'

/** How many connections one address may have; they may change, and 0 is no limit. */
export interface AddressLimits {
  /** Of people who have not logged in. */
  readonly connectionsPerAddress: number
  /** Of people who have, besides. */
  readonly membersPerAddress: number
}

/** Counts connections by address. */
export class AddressCount {
  readonly #limits: AddressLimits
  readonly #counts = new Map<string, number>()
  readonly #membersOf: (key: string) => number

  /** `membersOf` answers how many of those that are counted under a key have logged in; it is asked where it may matter only. */
  constructor(limits: AddressLimits, membersOf: (key: string) => number = () => 0) {
    this.#limits = limits
    this.#membersOf = membersOf
  }

  /** False, and nothing is counted, if there are too many already. */
  enter(address: string): boolean {
    const key = addressKey(address)
    if (key === undefined) return true
    const count = this.#counts.get(key) ?? 0
    if (this.#isFull(key, count)) return false
    this.#counts.set(key, count + 1)
    return true
  }

  #isFull(key: string, count: number): boolean {
    const { connectionsPerAddress: strangers, membersPerAddress: members } = this.#limits
    if (strangers === 0 || count < strangers) return false
    const present = this.#membersOf(key)
    return count - present >= strangers || (members > 0 && present >= members)
  }

  leave(address: string): void {
    const key = addressKey(address)
    const count = key === undefined ? undefined : this.#counts.get(key)
    if (key === undefined || count === undefined) return
    if (count > 1) this.#counts.set(key, count - 1)
    else this.#counts.delete(key)
  }
}
