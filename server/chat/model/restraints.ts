import { type Clock, timeOfDay } from '../../lib/clock.ts'
import type { RestraintTerms } from './failures.ts'
import type { Account, Channel, Guest, Person, Restraint, RestraintKind, Restraints } from './people.ts'

/** Where a guest, or a new account, comes from. */
export interface Origin {
  readonly origin: string
  /** The accounts for which the same connection spoke before. */
  readonly formerly: readonly Account[]
}

/** The ban or mute that is in force on a person; `guests`: because it is in force on all guests. */
export interface InForce extends Restraint {
  readonly guests?: true
}

/** For how long guests and new accounts count as somebody else who was banned or muted at the same address, in ms. */
export const takenForMs = 3_600_000

/** A smaller jump of the clock does not mean that somebody has set it; in ms. */
export const driftMs = 10_000

/** Shared by all channels without bans and mutes; RestraintBook gives a channel its own. */
export const noRestraints: Restraints = {
  accounts: new Map(),
  origins: new Map(),
  guests: undefined,
  shed: new WeakMap(),
}

/** The same of where those come from. */
export const noneRestricted: Channel['restricted'] = new Map()

export function isOver(until: number | undefined, now: number): boolean {
  return until !== undefined && until <= now
}

/** The ban or mute that is in force on a person in a channel, if there is one. */
export function restraintOn(
  channel: Channel,
  person: Person,
  kind: RestraintKind,
  now: number,
): InForce | undefined {
  if (person.kind === 'account') return ofAccount(channel, person, kind, now)
  const { guests } = channel[kind]
  const all = guests && !isOver(guests.until, now) ? ({ ...guests, guests: true } as const) : undefined
  const own = restraintFrom(channel, person, kind, now)
  return own && all ? longer(all, own) : (own ?? all)
}

/**
 * The same for a guest, or somebody who makes an account, by where they come from. If somebody at the same address is banned,
 * guests from there who are already in the channel may not speak. A `newcomer` is making an account, which counts as somebody
 * else of its address for at most an hour; the newcomer may be the banned or muted `guest`.
 */
export function restraintFrom(
  channel: Channel,
  { origin, formerly, guest }: Origin & { readonly guest?: Guest | undefined },
  kind: RestraintKind,
  now: number,
  newcomer = false,
): Restraint | undefined {
  let found: Restraint | undefined
  const take = (one: Restraint | undefined, latest?: number) => {
    if (!one || isOver(one.until, now) || isOver(latest, now)) return
    const until = latest === undefined ? one.until : Math.min(one.until ?? latest, latest)
    found = found ? longer(found, { ...one, until }) : { ...one, until }
  }
  const following = (account: Account, each: RestraintKind) => {
    const set = ofAccount(channel, account, each, now)
    return set && { ...set, of: set.of ?? account }
  }
  for (const each of kind === 'mute' ? (['mute', 'ban'] as const) : (['ban'] as const)) {
    const set = channel[each].origins.get(origin)
    take(set, newcomer && set && set.guest !== guest ? set.since + takenForMs : undefined)
    for (const [account, { origins, until }] of channel.restricted)
      if (origins.has(origin)) take(following(account, each), until)
    for (const account of formerly) take(following(account, each))
  }
  return found
}

/** The ban or mute of an account, even a deleted one. */
function ofAccount(
  channel: Channel,
  account: Account,
  kind: RestraintKind,
  now: number,
): Restraint | undefined {
  const { accounts, shed } = channel[kind]
  const set = accounts.size > 0 ? accounts.get(account) : undefined
  const found = set ?? (account.deleted ? shed.get(account) : undefined)
  return found && !isOver(found.until, now) ? found : undefined
}

function longer<A extends Restraint, B extends Restraint>(one: A, other: B): A | B {
  if (one.until === undefined) return one
  return other.until === undefined || other.until > one.until ? other : one
}

/** What is in force, for the person whom it concerns. */
export function told({ guests, until, why }: InForce, clock: Clock): RestraintTerms {
  return { now: clock.now(), until: endTold(until, clock), why, ...(guests ? { guests } : {}) }
}

/** The end by the time of day, as it is stored and shown; in ms since the epoch. */
export function endTold(until: number | undefined, clock: Clock): number | undefined {
  return until === undefined ? undefined : timeOfDay(clock, until)
}

/** A restraint as it is stored: its end is a time of day. */
export function storedOf({ until, why, rank }: Restraint, clock: Clock): Restraint {
  return { until: endTold(until, clock), why, rank }
}

/** How many bans or mutes are in force. With fewer than `enough` entries it returns their number, including those that are over. */
export function countOf({ accounts, guests, origins }: Restraints, now: number, enough: number): number {
  const most = (guests ? 1 : 0) + accounts.size + origins.size
  if (most < enough) return most
  let count = guests && !isOver(guests.until, now) ? 1 : 0
  for (const { until } of accounts.values()) if (!isOver(until, now)) count++
  for (const { until } of origins.values()) if (!isOver(until, now)) count++
  return count
}

/** The bans or mutes in force, sorted by name; all guests are `guests`. */
export function listOf(
  { accounts, guests, origins }: Restraints,
  clock: Clock,
): { name: string; until: number | undefined; why: string | undefined }[] {
  const rows = [
    ...(guests ? [{ ...guests, name: allGuests }] : []),
    ...[...accounts].map(([{ name }, set]) => ({ ...set, name })),
    ...origins.values(),
  ]
  return rows
    .filter(({ until }) => !isOver(until, clock.steady()))
    .map(({ name, until, why }) => ({ name, until: endTold(until, clock), why }))
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** This name means all guests. A person of this name is `@guests`. */
export const allGuests = 'guests'

export function meansAllGuests(name: string): boolean {
  return name.toLowerCase() === allGuests
}
