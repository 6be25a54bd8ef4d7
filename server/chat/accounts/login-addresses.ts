import { addressBlock, isAddress } from '../../lib/addresses.ts'
import type { Clock } from '../../lib/clock.ts'
import type { LoginAddressRecord, NewLogin } from '../model/login-addresses.ts'
import type { Account, Listener } from '../model/people.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import { ownMachine } from './login-guard.ts'

/** How many addresses are remembered for an account. */
const mostAddresses = 10
const dayMs = 24 * 3_600_000

/**
 * Where accounts log in from with their password. A login from a new address is told to those who are connected from
 * elsewhere, or else at the next login from elsewhere.
 */
export class LoginAddresses {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #blockOf: (address: string | undefined) => string | undefined

  /** `blockOf` returns the key of an address, undefined for the server's machine. */
  constructor(parts: { store: Store; bus: Bus; clock: Clock; blockOf?: typeof addressBlock | undefined }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#blockOf = parts.blockOf ?? addressBlock
  }

  /** Oldest first. */
  list(account: Account): Promise<LoginAddressRecord[]> {
    return this.#store.loginAddresses(account.id)
  }

  /** Whether an account has logged in from this address before; false for number 0, which nobody has. */
  async isKnown(account: number, address: string): Promise<boolean> {
    return (await this.#store.loginAddresses(account)).some((one) => one.address === address)
  }

  /** The name of an address under which logins are counted and remembered. */
  nameOf(address: string | undefined): string {
    return this.#blockOf(address) ?? ownMachine
  }

  /** Converts an address that an operator has typed as `nameOf` does; other texts stay as they are. */
  blockNamed(text: string): string {
    return isAddress(text) ? this.nameOf(text) : text
  }

  /** Notes a login. Returns the logins from other addresses that the member has not been told of. */
  async arrived(account: Account, listener: Listener): Promise<NewLogin[]> {
    const now = this.#clock.now()
    const address = this.#nameOf(listener)
    const known = await this.#store.loginAddresses(account.id)
    const own = known.find((one) => one.address === address)
    if (!own) await this.#remember(account, listener, known.length === 0)
    // The last use is known only to the day, so that most logins need not store anything.
    else if (now - own.last >= dayMs) await this.#store.useLoginAddress(account.id, address, now)
    const untold = known.filter((one) => !one.told && one.address !== address)
    // An intruder at one new address must not mark another new address as seen: only a login from an older address
    // does, or a day.
    const seen = untold.filter(({ since }) => (own && own.since < since) || now - since >= dayMs)
    if (seen.length > 0)
      await this.#store.tellLoginAddresses(
        account.id,
        seen.map((one) => one.address),
      )
    return untold.map((one) => ({ address: one.address, at: one.since }))
  }

  async #remember(account: Account, listener: Listener, first: boolean): Promise<void> {
    const at = this.#clock.now()
    const address = this.#nameOf(listener)
    // The address of people on the server's machine, or behind a proxy there, says nothing.
    const expected = first || address === ownMachine
    // A script is not told.
    const elsewhere = [...account.listeners].filter((one) => !one.grant && this.#nameOf(one) !== address)
    const record = { address, since: at, last: at, told: expected || elsewhere.length > 0 }
    const added = await this.#store.addLoginAddress(account.id, record, mostAddresses)
    if (added && !expected)
      this.#bus.publish({ type: 'login', address, at }, [{ connections: new Set(elsewhere) }])
  }

  #nameOf({ address }: Listener): string {
    return this.nameOf(address)
  }
}
