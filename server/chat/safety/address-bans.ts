import { type AddressBlock, parseAddressBlock, readAddress } from '../../lib/address-block.ts'
import { type Clock, timeOfDay } from '../../lib/clock.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import type { Account } from '../model/people.ts'
import { driftMs, isOver } from '../model/restraints.ts'
import type { AddressBanRecord } from '../ports/group-store.ts'
import type { Store } from '../ports/store.ts'

interface Ban {
  readonly record: Omit<AddressBanRecord, 'until'>
  /** As Clock.steady has it. */
  readonly end: number | undefined
  readonly block: AddressBlock
}

/** Addresses from which nobody may connect. */
export class AddressBans {
  readonly #store: Store
  readonly #clock: Clock
  readonly #ceilings: Ceilings
  readonly #bans = new Map<string, Ban>()
  readonly #whenBanned: (() => void)[] = []
  /** What the time of day was ahead of the steady one by when the ends of bans were stored, in ms. */
  #drift = 0

  constructor(parts: { store: Store; clock: Clock; ceilings: Ceilings }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#ceilings = parts.ceilings
  }

  /** Takes a stored ban over at start. What is no address, in a database made elsewhere, keeps nobody out. */
  add(record: AddressBanRecord): void {
    const block = parseAddressBlock(record.cidr)
    if (block) this.#bans.set(record.cidr, { record, block, end: record.until })
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
    const record = { cidr: block.name, by: operator.id, at }
    await this.#store.banAddress({ ...record, until })
    const end = forMs === undefined ? undefined : Math.round(this.#clock.steady() + forMs)
    this.#bans.set(block.name, { record, block, end })
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
    const now = this.#clock.steady()
    const from = readAddress(address)
    for (const { block, end } of this.#bans.values()) if (!isOver(end, now) && block.covers(from)) return true
    return false
  }

  list(): AddressBanRecord[] {
    const now = this.#clock.steady()
    return [...this.#bans.values()].filter(({ end }) => !isOver(end, now)).map((ban) => this.#asTold(ban))
  }

  #asTold({ record, end }: Ban): AddressBanRecord {
    return { ...record, until: end === undefined ? undefined : timeOfDay(this.#clock, end) }
  }

  /**
   * To be done now and then: forgets bans that are over, and stores the ends of the others anew where the clock was set
   * meanwhile.
   */
  async keep(): Promise<void> {
    const drift = this.#clock.now() - this.#clock.steady()
    const isMoved = Math.abs(drift - this.#drift) > driftMs
    for (const [cidr, ban] of this.#bans) {
      const { end } = ban
      if (end === undefined) continue
      if (isOver(end, this.#clock.steady())) {
        await this.#store.unbanAddress(cidr)
        const now = this.#bans.get(cidr)
        if (now === ban) this.#bans.delete(cidr)
        // Banned anew meanwhile.
        else if (now) await this.#store.banAddress(this.#asTold(now))
      } else if (isMoved) await this.#store.banAddress(this.#asTold(ban))
    }
    this.#drift = drift
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
