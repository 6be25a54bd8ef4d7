import { type AddressBlock, parseAddressBlock } from '../lib/address-block.ts'
import type { Clock } from '../lib/clock.ts'
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
  readonly #bans = new Map<string, Ban>()
  readonly #whenBanned: (() => void)[] = []

  constructor(parts: { store: Store; clock: Clock }) {
    this.#store = parts.store
    this.#clock = parts.clock
  }

  /** Takes a stored ban over at start. */
  add(record: AddressBanRecord): void {
    this.#bans.set(record.cidr, { record, block: requireBlock(record.cidr) })
  }

  /**
   * Bans an address or a block (`192.0.2.0/24`), for some milliseconds or without end; not one's `own`
   * address. Answers the end.
   */
  async ban(
    operator: Account,
    cidr: string,
    forMs: number | undefined,
    own: string | undefined,
  ): Promise<number | undefined> {
    const block = requireBlock(cidr)
    if (own !== undefined && block.covers(own)) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    const at = this.#clock.now()
    const until = forMs === undefined ? undefined : at + forMs
    const record = { cidr: cidr.toLowerCase(), by: operator.id, at, until }
    await this.#store.banAddress(record)
    this.add(record)
    for (const task of this.#whenBanned) task()
    return until
  }

  /** Calls back when there is a new ban: who is connected may be concerned. */
  onBanned(task: () => void): void {
    this.#whenBanned.push(task)
  }

  async unban(cidr: string): Promise<void> {
    const key = cidr.toLowerCase()
    if (!(await this.#store.unbanAddress(key))) throw fail({ code: 'no-such-ban', name: cidr })
    this.#bans.delete(key)
  }

  /** Whether somebody from this address has to stay out. */
  isBanned(address: string): boolean {
    if (this.#bans.size === 0) return false
    const now = this.#clock.now()
    for (const { record, block } of this.#bans.values()) {
      if (record.until !== undefined && record.until <= now) this.#bans.delete(record.cidr)
      else if (block.covers(address)) return true
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
