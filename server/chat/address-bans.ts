import { type AddressBlock, parseAddressBlock, readAddress } from '../lib/address-block.ts'
import type { Clock } from '../lib/clock.ts'
import { type Ceilings, checkCeiling } from './ceilings.ts'
import { fail } from './failures.ts'
import type { AddressBanRecord } from './group-store.ts'
import type { Account } from './people.ts'
import type { Store } from './ports.ts'

interface Ban {
  readonly record: AddressBanRecord
  readonly block: AddressBlock
}

/** Addresses from which nobody may connect. */
export class AddressBans {
  readonly #store: Store
  readonly #clock: Clock
  readonly #ceilings: Ceilings
  readonly #bans = new Map<string, Ban>()
  readonly #whenBanned: (() => void)[] = []

  constructor(parts: { store: Store; clock: Clock; ceilings: Ceilings }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#ceilings = parts.ceilings
  }

  /** Takes a stored ban over at start. What is no address, in a database made elsewhere, keeps nobody out. */
  add(record: AddressBanRecord): void {
    const block = parseAddressBlock(record.cidr)
    if (block) this.#bans.set(record.cidr, { record, block })
  }

  /**
   * Bans an address or a block (`192.0.2.0/24`), for some milliseconds or without end; not one's `own`
   * address. Answers how it is listed, and the end.
   */
  async ban(
    operator: Account,
    cidr: string,
    forMs: number | undefined,
    own: string | undefined,
  ): Promise<{ cidr: string; until: number | undefined }> {
    const block = requireBlock(cidr)
    if (own !== undefined && block.covers(readAddress(own)))
      throw fail({ code: 'not-allowed', why: 'not-oneself' })
    const at = this.#clock.now()
    const until = forMs === undefined ? undefined : at + forMs
    if (!this.#bans.has(block.name)) checkCeiling(this.#ceilings, 'addressBans', this.list().length)
    const record = { cidr: block.name, by: operator.id, at, until }
    await this.#store.banAddress(record)
    this.add(record)
    for (const task of this.#whenBanned) task()
    return { cidr: block.name, until }
  }

  /** Calls back when there is a new ban: who is connected may be concerned. */
  onBanned(task: () => void): void {
    this.#whenBanned.push(task)
  }

  /** Ends the ban of a block, however it is written. Answers how it was listed. */
  async unban(cidr: string): Promise<string> {
    const name = parseAddressBlock(cidr)?.name
    // Older versions kept what was typed, so that there may be more than one.
    const found = [...this.#bans.values()].filter(({ block }) => block.name === name)
    if (name === undefined || found.length === 0) throw fail({ code: 'no-such-ban', name: cidr })
    for (const { record } of found) {
      await this.#store.unbanAddress(record.cidr)
      this.#bans.delete(record.cidr)
    }
    return name
  }

  /** Whether somebody from this address has to stay out. */
  isBanned(address: string): boolean {
    if (this.#bans.size === 0) return false
    const now = this.#clock.now()
    const from = readAddress(address)
    for (const { record, block } of this.#bans.values()) {
      if (record.until !== undefined && record.until <= now) this.#bans.delete(record.cidr)
      else if (block.covers(from)) return true
    }
    return false
  }

  list(): AddressBanRecord[] {
    const now = this.#clock.now()
    return [...this.#bans.values()]
      .map(({ record }) => record)
      .filter(({ until }) => until === undefined || until > now)
  }
}

function requireBlock(cidr: string): AddressBlock {
  const block = parseAddressBlock(cidr)
  if (block) return block
  throw fail({
    code: 'bad-arguments',
    detail: `"${cidr}" is not an address like 192.0.2.7 or 192.0.2.0/24.`,
  })
}
