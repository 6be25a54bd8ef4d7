import { addressKey } from '../lib/addresses.ts'
import { IndexOf } from '../lib/index-of.ts'

/** How many connections one address may have; they may change, and 0 is no limit. */
export interface AddressLimits {
  /** The limit of connections that have not logged in. */
  readonly connectionsPerAddress: number
  /** The limit of connections that have, besides. */
  readonly membersPerAddress: number
}

/** A connection that has a place. */
export interface Present {
  /** Whether it speaks for somebody who has logged in; this may change. */
  readonly isMember: boolean
}

/**
 * The connections of each address, and whether there is room for one more. The machine itself is not limited. Asking looks only at
 * the connections of one address, of which there are no more than the limits allow.
 */
export class AddressPlaces {
  readonly #limits: AddressLimits
  readonly #present = new IndexOf<string, Present>()

  constructor(limits: AddressLimits) {
    this.#limits = limits
  }

  /** Whether one more connection may come from this address. */
  hasRoom(address: string): boolean {
    const { connectionsPerAddress: strangers, membersPerAddress: members } = this.#limits
    const key = addressKey(address)
    if (key === undefined || strangers === 0) return true
    const present = this.#present.of(key)
    if (present.size < strangers) return true
    let loggedIn = 0
    for (const { isMember } of present) if (isMember) loggedIn++
    return present.size - loggedIn < strangers && (members === 0 || loggedIn < members)
  }

  /** Gives a connection from this address a place. */
  add(address: string, connection: Present): void {
    const key = addressKey(address)
    if (key !== undefined) this.#present.add(key, connection)
  }

  /** Frees the place of a connection. A second call does nothing. */
  delete(address: string, connection: Present): void {
    const key = addressKey(address)
    if (key !== undefined) this.#present.delete(key, connection)
  }
}
