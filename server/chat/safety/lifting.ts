import type { Announcements } from '../channels/announcements.ts'
import { exclusively } from '../channels/exclusively.ts'
import { isIn } from '../model/channel.ts'
import { fail } from '../model/failures.ts'
import { foldName } from '../model/names.ts'
import type { Account, Channel, Listener, RestraintKind } from '../model/people.ts'
import { rankIn, requireAsMuch, requireRank } from '../model/ranks.ts'
import { allGuests, meansAllGuests } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { RestraintBook } from './restraint-book.ts'

const liftedBy = { ban: 'unbanned', mute: 'unmuted' } as const

/** Lifts bans and mutes. */
export class Lifting {
  readonly #store: Store
  readonly #bus: Bus
  readonly #directory: Directory
  readonly #announcements: Announcements
  readonly #book: RestraintBook

  constructor(parts: {
    store: Store
    bus: Bus
    directory: Directory
    announcements: Announcements
    book: RestraintBook
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#directory = parts.directory
    this.#announcements = parts.announcements
    this.#book = parts.book
  }

  /** Lifts a ban. Returns the name. */
  unban(actor: Account, channel: Channel, name: string): Promise<string> {
    return exclusively(channel, () => this.#lift(actor, channel, 'ban', name, () => undefined))
  }

  /** Lifts a mute, and tells the person. Returns the name. */
  async unmute(actor: Account, channel: Channel, name: string, via?: Listener): Promise<string> {
    const tell = (user: string) => {
      const event = { type: 'unmuted', channel: channel.name, user, by: actor.name } as const
      const person = user === allGuests ? undefined : this.#directory.find(user)
      if (person && isIn(channel, person)) this.#announcements.tellOf(event, channel, person, via)
      else this.#bus.publish(event, [{ channel }], via)
    }
    return exclusively(channel, () => this.#lift(actor, channel, 'mute', name, tell))
  }

  async #remove(
    channel: Channel,
    kind: RestraintKind,
    account: Account,
    by: Account,
    tell?: () => void,
  ): Promise<void> {
    const told: Told = {
      log: [{ kind: liftedBy[kind], channel: channel.id, account: account.id, other: by.id }],
      check: () => requireRank(channel, by, 1),
      tell: () => {
        this.#book.lift(channel, kind, account)
        tell?.()
      },
    }
    if (kind === 'ban') await this.#store.removeBan(channel.id, account.id, told)
    else await this.#store.removeMute(channel.id, account.id, told)
  }

  /**
   * Lifts a restraint that somebody of the same rank or a lower one has set, but not one's own. The restraints that accounts
   * have because of that one end with it. Answers the name; `tell` is called with it once the restraint is lifted.
   */
  async #lift(
    actor: Account,
    channel: Channel,
    kind: RestraintKind,
    name: string,
    tell: (name: string) => void,
  ): Promise<string> {
    requireRank(channel, actor, 1)
    const rank = rankIn(channel, actor)
    const restraints = channel[kind]
    if (meansAllGuests(name)) {
      if (!restraints.guests) throw fail({ code: 'no-such-ban', name })
      requireAsMuch(restraints.guests, rank)
      await this.#store.removeGuestRestraint(channel.id, kind, {
        log: [{ kind: liftedBy[kind], channel: channel.id, other: actor.id }],
        check: () => requireRank(channel, actor, 1),
        tell: () => {
          this.#book.setGuests(channel, kind, undefined)
          tell(allGuests)
        },
      })
      return allGuests
    }
    const person = this.#directory.find(name)
    if (person === actor) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    const own = person?.kind === 'account' ? restraints.accounts.get(person) : undefined
    if (own && person?.kind === 'account') {
      requireAsMuch(own, rank)
      await this.#remove(channel, kind, person, actor, () => tell(person.name))
      for (const each of kind === 'ban' ? (['ban', 'mute'] as const) : (['mute'] as const))
        for (const other of this.#book.followers(channel, each, person))
          await this.#remove(channel, each, other, actor)
      return person.name
    }
    const key = `~${foldName(name).replace(/^[@~]*/, '')}`
    for (const [origin, set] of restraints.origins) {
      const isSame = person?.kind === 'guest' && person.origin === origin
      if (foldName(set.name) !== key && !isSame) continue
      requireAsMuch(set, rank)
      this.#book.liftOrigin(channel, kind, origin)
      tell(set.name)
      return set.name
    }
    if (!person && kind === 'mute') throw fail({ code: 'no-such-user', name })
    throw fail({ code: 'no-such-ban', name })
  }
}
