import { type Clock, timeOfDay } from '../../lib/clock.ts'
import type { Told } from './failures.ts'
import type { Account, Channel, Guest, Person, Restraint, RestraintKind, Restraints } from './people.ts'

/** Where somebody comes from who is a guest, or has just made an account. */
export interface Origin {
  readonly origin: string
  /** The accounts that the same connection was before. */
  readonly formerly: readonly Account[]
}

/** What is in force on somebody; `guests`: on them as on all guests. */
export interface InForce extends Restraint {
  readonly guests?: true
}

/** So long guests, and accounts that are made, are taken for somebody else who was banned or muted at the same address. */
export const takenForMs = 3_600_000

/** A clock that goes wrong by less than this was not set. */
export const driftMs = 10_000

/** Of every channel in which nobody is restrained; RestraintBook gives it its own. */
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

/** What keeps somebody out of a channel, or silent there, if anything does. */
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
 * The same of whoever comes from somewhere, as long as they are nobody in particular. Where somebody is banned, others from
 * the same address who are in already may not speak. A `newcomer` is making an account, which is taken for somebody else at
 * the same address for no longer than an hour; it may be the very `guest` whom it is about.
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

/** What is set on an account, or was when it was deleted. */
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

/** What is in force, as whoever it concerns is told it. */
export function told({ guests, until, why }: InForce, clock: Clock): Told {
  return { now: clock.now(), until: endTold(until, clock), why, ...(guests ? { guests } : {}) }
}

/** An end as it is stored, and as people are told it: by the time of day. */
export function endTold(until: number | undefined, clock: Clock): number | undefined {
  return until === undefined ? undefined : timeOfDay(clock, until)
}

/** How many are in force of a kind. Where even with those that are over there are less than `enough`, all of them. */
export function countOf({ accounts, guests, origins }: Restraints, now: number, enough: number): number {
  const most = (guests ? 1 : 0) + accounts.size + origins.size
  if (most < enough) return most
  let count = guests && !isOver(guests.until, now) ? 1 : 0
  for (const { until } of accounts.values()) if (!isOver(until, now)) count++
  for (const { until } of origins.values()) if (!isOver(until, now)) count++
  return count
}

/** Those in force of a kind, by name: all guests are `guests`. */
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

/** In the place of a name: all guests. Somebody who is called so is `@guests`. */
export const allGuests = 'guests'

export function meansAllGuests(name: string): boolean {
  return name.toLowerCase() === allGuests
}
