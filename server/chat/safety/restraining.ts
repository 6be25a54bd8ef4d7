import { type Clock, timeOfDay } from '../../lib/clock.ts'
import type { Channels, Going } from '../channels/channels.ts'
import type { Guests } from '../channels/guests.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { isIn } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import { connectionsOf } from '../model/grants.ts'
import { foldName } from '../model/names.ts'
import type { Account, Channel, Guest, Listener, Person, Restraint, RestraintKind } from '../model/people.ts'
import { rankIn, requireAbove, requireRank } from '../model/ranks.ts'
import {
  allGuests,
  countOf,
  endTold,
  isOver,
  listOf,
  meansAllGuests,
  type Origin,
  restraintFrom,
  takenForMs,
} from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { requireVoiceFor } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { RestraintBook } from './restraint-book.ts'
import type { RestraintEnds } from './restraint-ends.ts'

/** How long a ban or a mute lasts, in ms; undefined means until it is lifted. */
export interface Terms {
  readonly forMs?: number | undefined
  readonly why?: string | undefined
  /** See `Channels.takeOut`. */
  readonly sure?: boolean
}

/** The person who is banned or muted now, and the end. */
export interface Restrained {
  readonly name: string
  readonly until: number | undefined
  readonly why: string | undefined
  /** The guests concerned, if there is more than one person: those of the same address, or all guests. */
  readonly guests?: 'address' | 'all'
  /** The time it was set at. */
  readonly now: number
}

const liftedBy = { ban: 'unbanned', mute: 'unmuted' } as const
const ceilingOf = { ban: 'channelBans', mute: 'channelMutes' } as const

/** Bans and mutes, by which those who lead a channel keep people out of it, or silent in it. */
export class Restraining {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #guests: Guests
  readonly #ceilings: Ceilings
  readonly #ends: RestraintEnds
  readonly #book: RestraintBook

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    guests: Guests
    ceilings: Ceilings
    ends: RestraintEnds
    book: RestraintBook
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#guests = parts.guests
    this.#ceilings = parts.ceilings
    this.#ends = parts.ends
    this.#book = parts.book
    parts.channels.onRemoved((channel) => this.#book.forgetChannel(channel))
  }

  /**
   * Takes somebody out, if they are in, and keeps them out; an invitation does not help them either. Of a guest it is about
   * all guests from the same address, for an hour where no time is given; `guests` is all guests.
   */
  async ban(
    actor: Account,
    channel: Channel,
    name: string,
    terms: Terms = {},
    via?: Listener,
  ): Promise<Restrained> {
    return this.#channels.exclusively(channel, async () => {
      if (meansAllGuests(name)) return this.#restrainAll(actor, channel, 'ban', terms, via)
      const person = this.#directory.require(name)
      const set = this.#check(actor, channel, 'ban', person, terms)
      if (person.kind === 'guest') {
        const ban = { ...set, until: set.until ?? this.#clock.steady() + takenForMs }
        if (isIn(channel, person))
          await this.#channels.takeOut(channel, person, this.#going(actor, channel, person, ban, terms, via))
        this.#setOrigin(channel, 'ban', person, ban)
        return this.#restrained(person.name, ban, 'address')
      }
      // An account that is being deleted leaves anyway.
      if (person.deleted) throw fail({ code: 'no-such-user', name })
      this.#noteOrigins(channel, person)
      const wasIn = isIn(channel, person)
      const entry = { kind: 'banned', channel: channel.id, account: person.id, other: actor.id } as const
      const persist = (successor?: number, out?: Told) => {
        const record = { channel: channel.id, account: person.id, ...this.#stored(set) }
        return this.#store.addBan(record, this.#clock.now(), successor, {
          log: [entry, ...(out?.log ?? [])],
          tell: () => {
            this.#book.set(channel, 'ban', person, set)
            out?.tell()
            this.#ends.note(set.until)
            this.#channels.banned(channel, person, wasIn)
          },
        })
      }
      if (wasIn)
        await this.#channels.takeOut(channel, person, {
          ...this.#going(actor, channel, person, set, terms, via),
          persist,
        })
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
    return this.#channels.exclusively(channel, async () => {
      if (meansAllGuests(name)) return this.#restrainAll(actor, channel, 'mute', terms, via)
      const person = this.#directory.require(name)
      if (!isIn(channel, person))
        throw fail({ code: 'not-a-member', channel: channel.name, name: person.name })
      const set = this.#check(actor, channel, 'mute', person, terms)
      const tell = () => {
        const user = person.name
        this.#ends.note(set.until)
        const event = { type: 'muted', channel: channel.name, user, by: actor.name } as const
        this.#channels.tellOf({ ...event, ...this.#toldOf(set) }, channel, person, via)
      }
      if (person.kind === 'account') {
        const record = { channel: channel.id, account: person.id, ...this.#stored(set) }
        await this.#store.setMute(record, {
          log: [{ kind: 'muted', channel: channel.id, account: person.id, other: actor.id }],
          tell: () => {
            this.#book.set(channel, 'mute', person, set)
            this.#noteOrigins(channel, person)
            tell()
          },
        })
      } else {
        this.#setOrigin(channel, 'mute', person, set)
        tell()
      }
      return this.#restrained(person.name, set, person.kind === 'guest' ? 'address' : undefined)
    })
  }

  /** Lifts a ban. Returns the name. */
  unban(actor: Account, channel: Channel, name: string): Promise<string> {
    return this.#channels.exclusively(channel, () => this.#lift(actor, channel, 'ban', name, () => undefined))
  }

  /** Lifts a mute, and tells the person. Returns the name. */
  async unmute(actor: Account, channel: Channel, name: string, via?: Listener): Promise<string> {
    const tell = (user: string) => {
      const event = { type: 'unmuted', channel: channel.name, user, by: actor.name } as const
      const person = user === allGuests ? undefined : this.#directory.find(user)
      if (person && isIn(channel, person)) this.#channels.tellOf(event, channel, person, via)
      else this.#bus.publish(event, [{ channel }], via)
    }
    return this.#channels.exclusively(channel, () => this.#lift(actor, channel, 'mute', name, tell))
  }

  /** The people who are banned or muted in a channel, with the end and the reason. */
  list(channel: Channel, kind: RestraintKind): ReturnType<typeof listOf> {
    return listOf(channel[kind], this.#clock)
  }

  /**
   * A new account is what the connection was before, and for an hour what others at the same address are who were banned or
   * muted; `guest` if it was one.
   */
  async restrainNewcomer(account: Account, from: Origin, guest?: Guest): Promise<void> {
    for (const channel of this.#book.concerning(from)) {
      if (channel.removed) continue
      await this.#channels.exclusively(channel, async () => {
        const now = this.#clock.steady()
        // Who is in already has come before the ban: they go on there, and do not speak.
        const kinds = guest && isIn(channel, guest) ? (['mute'] as const) : (['ban', 'mute'] as const)
        for (const kind of kinds) {
          const set = restraintFrom(channel, { ...from, guest }, kind, now, true)
          // A banned person cannot speak there anyway.
          if (!set || (kind === 'mute' && channel.ban.accounts.has(account))) continue
          const record = { channel: channel.id, account: account.id, ...this.#stored(set) }
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

  /** An account is being deleted: who it is next is known by where it is connected from. */
  deleted(account: Account): void {
    for (const channel of this.#book.of(account)) this.#noteOrigins(channel, account)
  }

  /** Forgets who was kept out or silent and is no more; the store has forgotten accounts by itself. */
  forget(account: Account): void {
    this.#book.forget(account)
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
    const set = this.#check(actor, channel, kind, allGuests, terms)
    const goingOf = (guest: Guest) => this.#going(actor, channel, guest, set, { ...terms, sure: true }, via)
    await this.#store.setGuestRestraint(
      { channel: channel.id, kind, ...this.#stored(set) },
      {
        log: [{ kind: kind === 'ban' ? 'banned' : 'muted', channel: channel.id, other: actor.id }],
        tell: () => {
          this.#book.setGuests(channel, kind, set)
          this.#ends.note(set.until)
          if (kind === 'ban') {
            this.#channels.takeOutGuests(channel, goingOf)
            return
          }
          const event = { type: 'muted', channel: channel.name, user: allGuests, by: actor.name } as const
          this.#bus.publish({ ...event, ...this.#toldOf(set) }, [{ channel }], via)
        },
      },
    )
    if (kind === 'ban')
      for (const guest of [...channel.guests]) await this.#channels.takeOut(channel, guest, goingOf(guest))
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

  #stored({ until, why, rank }: Restraint): Restraint {
    return { until: endTold(until, this.#clock), why, rank }
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

  /** Notes where somebody is connected from, or was a moment ago, who could be a guest from there in a moment. */
  #noteOrigins(channel: Channel, account: Account): void {
    const now = this.#clock.steady()
    const before = channel.restricted.get(account)
    const { lastFrom } = account
    const lately = lastFrom && lastFrom.until > now - takenForMs ? [lastFrom] : []
    const here = [...connectionsOf(account), ...lately].map(({ address }) => this.#guests.originOf(address))
    const origins = new Set([...here, ...(before && !isOver(before.until, now) ? before.origins : [])])
    const restricted = here.length > 0 ? { origins, until: now + takenForMs } : undefined
    this.#book.restrict(channel, account, restricted, ({ until }) => isOver(until, now))
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
      tell: () => {
        this.#book.lift(channel, kind, account)
        tell?.()
      },
    }
    if (kind === 'ban') await this.#store.removeBan(channel.id, account.id, told)
    else await this.#store.removeMute(channel.id, account.id, told)
  }

  /**
   * Lifts what somebody of the same rank, or a lower one, has set, and not on oneself; with it what accounts have that were
   * made where that one was. Answers the name, which `tell` gets once it is so.
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

/** Refuses to change a restraint that somebody of a higher rank has set. */
function requireAsMuch(set: Restraint, rank: number): void {
  if (set.rank > rank) throw fail({ code: 'not-allowed', why: 'set-from-above' })
}
