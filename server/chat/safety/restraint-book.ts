import { Deadlines } from '../../lib/deadlines.ts'
import { IndexOf } from '../../lib/index-of.ts'
import type {
  Account,
  Channel,
  OriginRestraint,
  Restraint,
  RestraintKind,
  Restraints,
  Restricted,
} from '../model/people.ts'
import type { Origin } from '../model/restraints.ts'

/** The people whom a restraint concerns: an account, guests from one address, or all guests of the channel. */
export type Restrainee =
  | { readonly account: Account }
  | { readonly origin: string }
  | { readonly guests: true }

/** A restraint that ends, and its channel. */
export interface Ending {
  readonly channel: Channel
  readonly kind: RestraintKind
  readonly whom: Restrainee
  readonly set: Restraint
}

const kinds = ['ban', 'mute'] as const

/** The restraints of a channel that has some. */
class OwnRestraints implements Restraints {
  readonly accounts = new Map<Account, Restraint>()
  readonly origins = new Map<string, OriginRestraint>()
  readonly shed = new WeakMap<Account, Restraint>()
  guests: Restraint | undefined
}

/**
 * Knows which channels restrain a person, and which restraint ends next. Only this class adds restraints to channels
 * and removes them, so that no search goes through all channels.
 */
export class RestraintBook {
  readonly #byAccount = new IndexOf<Account, Channel>()
  /** By address: of restrained guests, and of restrained accounts. */
  readonly #byOrigin = new IndexOf<string, Channel>()
  /** The channels in which deleted accounts were restrained. */
  readonly #shed = new WeakMap<Account, ReadonlySet<Channel>>()
  /** The accounts that are restrained because of another account: see `Restraint.of`. */
  readonly #followers = new IndexOf<Account, Account>()
  /** By the restraint object, which never changes. */
  readonly #ends = new Deadlines<Restraint, Ending>()

  /** Restrains an account, and replaces its earlier restraint in the channel. */
  set(channel: Channel, kind: RestraintKind, account: Account, set: Restraint): void {
    this.lift(channel, kind, account)
    this.#own(channel, kind).accounts.set(account, set)
    this.#byAccount.add(account, channel)
    if (set.of) this.#followers.add(set.of, account)
    this.#note({ channel, kind, whom: { account }, set })
  }

  lift(channel: Channel, kind: RestraintKind, account: Account): void {
    const set = channel[kind].accounts.get(account)
    if (!set) return
    this.#own(channel, kind).accounts.delete(account)
    this.#ends.delete(set)
    if (!kinds.some((each) => channel[each].accounts.has(account))) this.#byAccount.delete(account, channel)
    const { of } = set
    if (of && !this.#follows(account, of)) this.#followers.delete(of, account)
  }

  /** Restrains guests from one address. */
  setOrigin(channel: Channel, kind: RestraintKind, origin: string, set: OriginRestraint): void {
    this.liftOrigin(channel, kind, origin)
    this.#own(channel, kind).origins.set(origin, set)
    this.#byOrigin.add(origin, channel)
    this.#note({ channel, kind, whom: { origin }, set })
  }

  liftOrigin(channel: Channel, kind: RestraintKind, origin: string): void {
    const set = channel[kind].origins.get(origin)
    if (!set) return
    this.#own(channel, kind).origins.delete(origin)
    this.#ends.delete(set)
    this.#leaveOrigin(channel, origin)
  }

  /** Restrains all guests, or ends that. */
  setGuests(channel: Channel, kind: RestraintKind, set: Restraint | undefined): void {
    const before = channel[kind].guests
    if (before) this.#ends.delete(before)
    if (!before && !set) return
    this.#own(channel, kind).guests = set
    if (set) this.#note({ channel, kind, whom: { guests: true }, set })
  }

  /** Notes the address of a restrained person; earlier notes for which `isOver` holds are forgotten. */
  restrict(
    channel: Channel,
    account: Account,
    restricted: Restricted | undefined,
    isOver: (one: Restricted) => boolean,
  ): void {
    const kept = new Map([...channel.restricted].filter(([, one]) => !isOver(one)))
    if (restricted) kept.set(account, restricted)
    if (kept.size === 0 && channel.restricted.size === 0) return
    const before = new Set([...channel.restricted.values()].flatMap(({ origins }) => [...origins]))
    channel.restricted = kept
    for (const origin of before) this.#leaveOrigin(channel, origin)
    for (const origin of restricted?.origins ?? []) this.#byOrigin.add(origin, channel)
  }

  /** The channels in which an account is restrained. */
  of(account: Account): Channel[] {
    return [...this.#byAccount.of(account)]
  }

  /** The channels in which somebody who comes from there may be restrained. */
  concerning({ formerly, origin }: Origin): Set<Channel> {
    const found = new Set(this.#byOrigin.of(origin))
    for (const account of formerly)
      for (const list of [this.#byAccount.of(account), this.#shed.get(account)])
        for (const channel of list ?? []) found.add(channel)
    return found
  }

  /** The accounts that are restrained in a channel because of this one. */
  followers(channel: Channel, kind: RestraintKind, account: Account): Account[] {
    const found = [...this.#followers.of(account)]
    return found.filter((one) => channel[kind].accounts.get(one)?.of === account)
  }

  /** Forgets a deleted account; its former connections still remember the restraints. */
  forget(account: Account): void {
    const channels = this.of(account)
    for (const channel of channels)
      for (const kind of kinds) {
        const set = channel[kind].accounts.get(account)
        if (!set) continue
        this.lift(channel, kind, account)
        this.#own(channel, kind).shed.set(account, set)
      }
    if (channels.length > 0) this.#shed.set(account, new Set(channels))
    this.#followers.take(account)
  }

  /** Forgets a closed channel. */
  forgetChannel(channel: Channel): void {
    for (const kind of kinds) {
      for (const account of [...channel[kind].accounts.keys()]) this.lift(channel, kind, account)
      for (const origin of [...channel[kind].origins.keys()]) this.liftOrigin(channel, kind, origin)
      this.setGuests(channel, kind, undefined)
    }
    const origins = [...channel.restricted.values()].flatMap((one) => [...one.origins])
    channel.restricted = new Map()
    for (const origin of origins) this.#leaveOrigin(channel, origin)
  }

  /** The next end of a restraint, by the steady clock. */
  get nextEnd(): number | undefined {
    return this.#ends.next
  }

  /** Takes out the ends up to `now`; the caller lifts the restraints. */
  over(now: number): Ending[] {
    return this.#ends.take(now)
  }

  /** All restraints with an end, the next one first. */
  ending(): Iterable<Ending> {
    return this.#ends
  }

  #note(ending: Ending): void {
    if (ending.set.until !== undefined) this.#ends.set(ending.set, ending.set.until, ending)
  }

  #own(channel: Channel, kind: RestraintKind): OwnRestraints {
    const present = channel[kind]
    if (present instanceof OwnRestraints) return present
    const own = new OwnRestraints()
    channel[kind] = own
    return own
  }

  #follows(account: Account, of: Account): boolean {
    return this.of(account).some((channel) =>
      kinds.some((kind) => channel[kind].accounts.get(account)?.of === of),
    )
  }

  #leaveOrigin(channel: Channel, origin: string): void {
    const isLeft =
      kinds.some((kind) => channel[kind].origins.has(origin)) ||
      [...channel.restricted.values()].some(({ origins }) => origins.has(origin))
    if (!isLeft) this.#byOrigin.delete(origin, channel)
  }
}
