import { type AddressBlock, parseAddressBlock, readAddress } from '../../lib/address-block.ts'
import { AddressTable } from '../../lib/address-table.ts'
import { type Clock, timeOfDay } from '../../lib/clock.ts'
import { Deadlines } from '../../lib/deadlines.ts'
import { Sorted } from '../../lib/sorted.ts'
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
  /** Tells bans of the same time apart. */
  readonly number: number
}

/** Addresses from which nobody may connect. */
export class AddressBans {
  readonly #store: Store
  readonly #clock: Clock
  readonly #ceilings: Ceilings
  readonly #bans = new Map<string, Ban>()
  readonly #byBlock = new AddressTable<Ban>()
  readonly #ends = new Deadlines<Ban, Ban>()
  /** The newest first. */
  readonly #byTime = new Sorted<Ban>((a, b) => b.record.at - a.record.at || b.number - a.number)
  #count = 0
  readonly #whenBanned: (() => void)[] = []
  /** By how much the time of day was ahead of the steady clock when the ends of bans were stored, in ms. */
  #drift = 0

  constructor(parts: { store: Store; clock: Clock; ceilings: Ceilings }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#ceilings = parts.ceilings
  }

  /** Adds a stored ban at the start. Text that is no address, in a database made elsewhere, keeps nobody out. */
  add(record: AddressBanRecord): void {
    const block = parseAddressBlock(record.cidr)
    if (block) this.#put({ record, block, end: record.until, number: this.#count++ })
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
    // Before the store is asked: by then some time has passed, and the list would tell another end than the answer.
    const end = forMs === undefined ? undefined : Math.round(this.#clock.steady() + forMs)
    if (!this.#bans.has(block.name))
      checkCeiling(this.#ceilings, 'addressBans', (limit) => this.#inForce(limit))
    const record = { cidr: block.name, by: operator.id, at: this.#clock.now() }
    const ban = { record, block, end, number: this.#count++ }
    const told = this.#asTold(ban)
    await this.#store.banAddress(told)
    this.#put(ban)
    for (const task of this.#whenBanned) task()
    return { cidr: told.cidr, until: told.until }
  }

  /** Calls `task` when there is a new ban: it may concern people who are connected. */
  onBanned(task: () => void): void {
    this.#whenBanned.push(task)
  }

  /** Ends the ban of a block, however it is written. Answers how it was listed. */
  async unban(cidr: string): Promise<string> {
    const block = parseAddressBlock(cidr)
    // Older versions kept the address as it was typed, so there may be more than one.
    const found = block ? this.#byBlock.of(block) : []
    if (!block || found.length === 0) throw fail({ code: 'no-such-ban', name: cidr })
    for (const { record } of found) {
      await this.#store.unbanAddress(record.cidr)
      this.#take(record.cidr)
    }
    return block.name
  }

  /**
   * Whether somebody from this address has to stay out. Of a peer that has sent something and reset the connection before it was
   * accepted the system knows no address; while anybody is banned, it may be them.
   */
  isBanned(address: string): boolean {
    if (this.#bans.size === 0) return false
    const now = this.#clock.steady()
    const from = readAddress(address)
    if (!from) return [...this.#bans.values()].some(({ end }) => !isOver(end, now))
    for (const { end } of this.#byBlock.covering(from)) if (!isOver(end, now)) return true
    return false
  }

  list(): AddressBanRecord[] {
    const now = this.#clock.steady()
    return [...this.#bans.values()].filter(({ end }) => !isOver(end, now)).map((ban) => this.#asTold(ban))
  }

  /** The bans that were set after a time (ms since the epoch), oldest first. */
  listSince(since: number): AddressBanRecord[] {
    const now = this.#clock.steady()
    const found: AddressBanRecord[] = []
    for (const ban of this.#byTime) {
      if (ban.record.at <= since) break
      if (!isOver(ban.end, now)) found.push(this.#asTold(ban))
    }
    return found.reverse()
  }

  /** How many bans are in force. It counts those that are over, too, if all together are less than `enough`. */
  #inForce(enough: number): number {
    return this.#bans.size < enough ? this.#bans.size : this.list().length
  }

  /** Replaces an earlier ban of the same block. */
  #put(ban: Ban): void {
    this.#take(ban.record.cidr)
    this.#bans.set(ban.record.cidr, ban)
    this.#byBlock.add(ban.block, ban)
    this.#byTime.add(ban)
    if (ban.end !== undefined) this.#ends.set(ban, ban.end, ban)
  }

  #take(cidr: string): void {
    const ban = this.#bans.get(cidr)
    if (!ban) return
    this.#bans.delete(cidr)
    this.#byBlock.delete(ban.block, ban)
    this.#byTime.delete(ban)
    this.#ends.delete(ban)
  }

  #asTold({ record, end }: Ban): AddressBanRecord {
    return { ...record, until: end === undefined ? undefined : timeOfDay(this.#clock, end) }
  }

  /**
   * Forgets bans that are over, and stores the ends of the others anew if the clock was set meanwhile. The chores call this
   * now and then.
   */
  async keep(): Promise<void> {
    const drift = this.#clock.now() - this.#clock.steady()
    const isMoved = Math.abs(drift - this.#drift) > driftMs
    for (const ban of this.#ends.due(this.#clock.steady())) {
      const { cidr } = ban.record
      await this.#store.unbanAddress(cidr)
      const now = this.#bans.get(cidr)
      if (now === ban) this.#take(cidr)
      // Somebody banned it anew meanwhile.
      else if (now) await this.#store.banAddress(this.#asTold(now))
    }
    if (isMoved) for (const ban of [...this.#ends]) await this.#store.banAddress(this.#asTold(ban))
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
