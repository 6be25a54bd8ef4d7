import type { Clock } from '../../lib/clock.ts'
import { exclusively } from '../channels/exclusively.ts'
import type { Guests } from '../channels/guests.ts'
import { isIn } from '../model/channel.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Account, Channel, Guest } from '../model/people.ts'
import { isOver, type Origin, restraintFrom, storedOf, takenForMs } from '../model/restraints.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { RestraintBook } from './restraint-book.ts'
import type { RestraintEnds } from './restraint-ends.ts'

/** Keeps a ban or a mute on people who come back under another name. They are known by the connection, and for an hour by the address. */
export class Newcomers {
  readonly #store: Store
  readonly #clock: Clock
  readonly #guests: Guests
  readonly #ends: RestraintEnds
  readonly #book: RestraintBook

  constructor(parts: {
    store: Store
    clock: Clock
    guests: Guests
    ends: RestraintEnds
    book: RestraintBook
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#guests = parts.guests
    this.#ends = parts.ends
    this.#book = parts.book
  }

  /**
   * Restrains a new account as the accounts that its connection was before, and for an hour as whoever is banned or muted at
   * the same address. `guest` is the guest that made the account.
   */
  async restrain(account: Account, from: Origin, guest?: Guest): Promise<void> {
    for (const channel of this.#book.concerning(from)) {
      if (channel.removed) continue
      await exclusively(channel, async () => {
        const now = this.#clock.steady()
        // A guest who is in the channel came before the ban: they stay, and may not speak.
        const kinds = guest && isIn(channel, guest) ? (['mute'] as const) : (['ban', 'mute'] as const)
        for (const kind of kinds) {
          const set = restraintFrom(channel, { ...from, guest }, kind, now, true)
          // A banned person cannot speak there anyway.
          if (!set || (kind === 'mute' && channel.ban.accounts.has(account))) continue
          const record = { channel: channel.id, account: account.id, ...storedOf(set, this.#clock) }
          const told: Told = {
            log: [],
            tell: () => {
              this.#book.set(channel, kind, account, set)
              this.#ends.note(set.until)
            },
          }
          if (kind === 'ban') await this.#store.addBan(record, this.#clock.now(), undefined, told)
          else await this.#store.setMute(record, told)
        }
      })
    }
  }

  /** An account is being deleted: the person is known by the address when they come back. */
  deleted(account: Account): void {
    for (const channel of this.#book.of(account)) this.noteOrigins(channel, account)
  }

  /** Forgets the restraints of a deleted account; the store has forgotten them by itself. */
  forget(account: Account): void {
    this.#book.forget(account)
  }

  /** Notes the addresses that somebody is connected from, or was lately: they may come back as a guest from there. */
  noteOrigins(channel: Channel, account: Account): void {
    const now = this.#clock.steady()
    const before = channel.restricted.get(account)
    const { lastFrom } = account
    const lately = lastFrom && lastFrom.until > now - takenForMs ? [lastFrom] : []
    const here = [...connectionsOf(account), ...lately].map(({ address }) => this.#guests.originOf(address))
    const origins = new Set([...here, ...(before && !isOver(before.until, now) ? before.origins : [])])
    const restricted = here.length > 0 ? { origins, until: now + takenForMs } : undefined
    this.#book.restrict(channel, account, restricted, ({ until }) => isOver(until, now))
  }
}
