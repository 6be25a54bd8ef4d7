import { type Clock, timeOfDay } from '../../lib/clock.ts'
import type { Announcements } from '../channels/announcements.ts'
import { exclusively } from '../channels/exclusively.ts'
import type { Going, Leaving } from '../channels/leaving.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { isIn } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import type { Account, Channel, Guest, Listener, Person, Restraint, RestraintKind } from '../model/people.ts'
import { rankIn, requireAbove, requireAsMuch, requireRank } from '../model/ranks.ts'
import {
  allGuests,
  countOf,
  endTold,
  isOver,
  listOf,
  meansAllGuests,
  storedOf,
  takenForMs,
} from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { requireVoiceFor } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { Newcomers } from './newcomers.ts'
import type { RestraintBook } from './restraint-book.ts'
import type { RestraintEnds } from './restraint-ends.ts'

/** How long a ban or a mute lasts, in ms; undefined means until it is lifted. */
export interface Terms {
  readonly forMs?: number | undefined
  readonly why?: string | undefined
  /** See `Leaving.takeOut`. */
  readonly sure?: boolean
}

/** Who is banned or muted now, and until when. */
export interface Restrained {
  readonly name: string
  readonly until: number | undefined
  readonly why: string | undefined
  /** Set if it concerns more than one guest: those of the same address, or all guests. */
  readonly guests?: 'address' | 'all'
  /** The time it was set at. */
  readonly now: number
}

const ceilingOf = { ban: 'channelBans', mute: 'channelMutes' } as const

/** Bans and mutes people in a channel, for those who lead it. `Lifting` takes that back. */
export class Restraining {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #leaving: Leaving
  readonly #announcements: Announcements
  readonly #newcomers: Newcomers
  readonly #ceilings: Ceilings
  readonly #ends: RestraintEnds
  readonly #book: RestraintBook

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    leaving: Leaving
    announcements: Announcements
    newcomers: Newcomers
    ceilings: Ceilings
    ends: RestraintEnds
    book: RestraintBook
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#leaving = parts.leaving
    this.#announcements = parts.announcements
    this.#newcomers = parts.newcomers
    this.#ceilings = parts.ceilings
    this.#ends = parts.ends
    this.#book = parts.book
    parts.leaving.onClosed((channel) => this.#book.forgetChannel(channel))
  }

  /**
   * Removes somebody from the channel and keeps them out, also if somebody invites them. The ban of a guest concerns all
   * guests from the same address, for an hour if no time is given; `guests` means all guests.
   */
  async ban(
    actor: Account,
    channel: Channel,
    name: string,
    terms: Terms = {},
    via?: Listener,
  ): Promise<Restrained> {
    return exclusively(channel, async () => {
      if (meansAllGuests(name)) return this.#restrainAll(actor, channel, 'ban', terms, via)
      const person = this.#directory.require(name)
      const check = () => this.#check(actor, channel, 'ban', person, terms)
      const set = check()
      const going = { ...this.#going(actor, channel, person, set, terms, via), check }
      if (person.kind === 'guest') {
        const ban = { ...set, until: set.until ?? this.#clock.steady() + takenForMs }
        const event = { ...going.event, ...this.#toldOf(ban) }
        if (isIn(channel, person)) await this.#leaving.takeOut(channel, person, { ...going, event })
        if (!channel.removed) this.#setOrigin(channel, 'ban', person, ban)
        return this.#restrained(person.name, ban, 'address')
      }
      // An account that is being deleted leaves anyway.
      if (person.deleted) throw fail({ code: 'no-such-user', name })
      this.#newcomers.noteOrigins(channel, person)
      const wasIn = isIn(channel, person)
      const entry = { kind: 'banned', channel: channel.id, account: person.id, other: actor.id } as const
      const persist = (successor?: number, out?: Told) => {
        const record = { channel: channel.id, account: person.id, ...storedOf(set, this.#clock) }
        return this.#store.addBan(record, this.#clock.now(), successor, {
          log: [entry, ...(out?.log ?? [])],
          check,
          tell: () => {
            this.#book.set(channel, 'ban', person, set)
            out?.tell()
            this.#ends.note(set.until)
            this.#leaving.banned(channel, person, wasIn)
          },
        })
      }
      if (wasIn) await this.#leaving.takeOut(channel, person, { ...going, persist })
      else await persist()
      return this.#restrained(person.name, set)
    })
  }

  /**
   * Lets a member read but not speak. A mute of a guest concerns all guests from the same address; `guests` means all
   * guests.
   */
  async mute(
    actor: Account,
    channel: Channel,
    name: string,
    terms: Terms = {},
    via?: Listener,
  ): Promise<Restrained> {
    return exclusively(channel, async () => {
      if (meansAllGuests(name)) return this.#restrainAll(actor, channel, 'mute', terms, via)
      const person = this.#directory.require(name)
      if (!isIn(channel, person))
        throw fail({ code: 'not-a-member', channel: channel.name, name: person.name })
      const check = () => this.#check(actor, channel, 'mute', person, terms)
      const set = check()
      const tell = () => {
        const user = person.name
        this.#ends.note(set.until)
        const event = { type: 'muted', channel: channel.name, user, by: actor.name } as const
        this.#announcements.tellOf({ ...event, ...this.#toldOf(set) }, channel, person, via)
      }
      if (person.kind === 'account') {
        const record = { channel: channel.id, account: person.id, ...storedOf(set, this.#clock) }
        await this.#store.setMute(record, {
          log: [{ kind: 'muted', channel: channel.id, account: person.id, other: actor.id }],
          check,
          tell: () => {
            this.#book.set(channel, 'mute', person, set)
            this.#newcomers.noteOrigins(channel, person)
            tell()
          },
        })
      } else {
        await this.#store.inTurn(() => {
          check()
          this.#setOrigin(channel, 'mute', person, set)
          tell()
        })
      }
      return this.#restrained(person.name, set, person.kind === 'guest' ? 'address' : undefined)
    })
  }

  /** The people who are banned or muted in a channel, with the end and the reason. */
  list(channel: Channel, kind: RestraintKind): ReturnType<typeof listOf> {
    return listOf(channel[kind], this.#clock)
  }

  /**
   * Refuses to restrain people of the same or a higher rank, or to change a restraint set by a higher rank. Returns
   * the new restraint.
   */
  #check(
    actor: Account,
    channel: Channel,
    kind: RestraintKind,
    person: Person | typeof allGuests,
    { forMs, why }: Terms,
  ): Restraint {
    requireRank(channel, actor, 1)
    requireVoiceFor(why, channel, actor, this.#clock)
    if (person !== allGuests) requireAbove(channel, actor, person)
    const now = this.#clock.steady()
    const { accounts, guests, origins } = channel[kind]
    const present =
      person === allGuests
        ? guests
        : person.kind === 'account'
          ? accounts.get(person)
          : origins.get(person.origin)
    const rank = rankIn(channel, actor)
    if (!present || isOver(present.until, now))
      checkCeiling(this.#ceilings, ceilingOf[kind], (limit) => countOf(channel[kind], now, limit))
    else requireAsMuch(present, rank)
    return { until: forMs === undefined ? undefined : Math.round(now + forMs), why, rank }
  }

  /** Closes a channel to guests and takes them out, or mutes all guests there. */
  async #restrainAll(
    actor: Account,
    channel: Channel,
    kind: RestraintKind,
    terms: Terms,
    via: Listener | undefined,
  ): Promise<Restrained> {
    const check = () => this.#check(actor, channel, kind, allGuests, terms)
    const set = check()
    const goingOf = (guest: Guest) => this.#going(actor, channel, guest, set, { ...terms, sure: true }, via)
    await this.#store.setGuestRestraint(
      { channel: channel.id, kind, ...storedOf(set, this.#clock) },
      {
        log: [{ kind: kind === 'ban' ? 'banned' : 'muted', channel: channel.id, other: actor.id }],
        check,
        tell: () => {
          this.#book.setGuests(channel, kind, set)
          this.#ends.note(set.until)
          if (kind === 'ban') {
            this.#leaving.takeOutGuests(channel, goingOf)
            return
          }
          const event = { type: 'muted', channel: channel.name, user: allGuests, by: actor.name } as const
          this.#bus.publish({ ...event, ...this.#toldOf(set) }, [{ channel }], via)
        },
      },
    )
    if (kind === 'ban')
      for (const guest of [...channel.guests]) await this.#leaving.takeOut(channel, guest, goingOf(guest))
    return this.#restrained(allGuests, set, 'all')
  }

  #going(
    actor: Account,
    { name: channel }: Channel,
    { name: user }: Person,
    set: Restraint,
    { sure }: Terms,
    via: Listener | undefined,
  ): Going {
    const why = { by: actor.name, banned: true, ...this.#toldOf(set) } as const
    return { via, actor, sure, event: { type: 'removed', channel, user, ...why } }
  }

  #toldOf({ until, why }: Restraint) {
    return {
      ...(until === undefined ? {} : { until: timeOfDay(this.#clock, until), at: this.#clock.now() }),
      ...(why === undefined ? {} : { reason: why }),
    }
  }

  #restrained(name: string, { until, why }: Restraint, guests?: 'address' | 'all'): Restrained {
    const now = this.#clock.now()
    return { name, until: endTold(until, this.#clock), why, now, ...(guests ? { guests } : {}) }
  }

  #setOrigin(channel: Channel, kind: RestraintKind, guest: Guest, set: Restraint): void {
    const since = this.#clock.steady()
    this.#book.setOrigin(channel, kind, guest.origin, { ...set, guest, name: guest.name, since })
    this.#ends.note(set.until)
  }
}
