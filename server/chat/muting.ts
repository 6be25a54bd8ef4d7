import { type Channel, isIn } from './channel.ts'
import { connectionsOf } from './grants.ts'
import type { Audience, Listener, Person } from './people.ts'

/** A clock that goes wrong by less than this was not set. */
export const driftMs = 10_000

/** Whether somebody may not speak in a channel at `now` (as Clock.steady has it, here and below); a guest may not where one from the same address may not. */
export function isMuted(channel: Channel, person: Person, now: number): boolean {
  return mutedUntil(channel, person, now) !== false
}

/** Until when somebody may not speak (in the same measure; undefined is without end); false if they may. */
export function mutedUntil(channel: Channel, person: Person, now: number): number | undefined | false {
  if (person.kind === 'guest') return originMutedUntil(channel, person.origin, now)
  if (channel.muted.size === 0 || !channel.muted.has(person)) return false
  const until = channel.muted.get(person)
  return isOver(until, now) ? false : until
}

/** Until when guests from somewhere may not speak, as `mutedUntil`: one of them is muted, or a member who was there. */
export function originMutedUntil(channel: Channel, origin: string, now: number): number | undefined | false {
  const mute = channel.mutedGuests.get(origin)
  if (mute && !isOver(mute.until, now)) return mute.until
  let latest: number | false = false
  for (const [account, { origins, until }] of channel.restricted) {
    if (!origins.has(origin) || isOver(until, now)) continue
    const own = channel.banned.has(account) ? undefined : mutedUntil(channel, account, now)
    if (own !== false) latest = Math.max(latest || 0, Math.min(until, own ?? until))
  }
  return latest
}

/** Whether somebody may not come in; a guest may not from where one who is banned was then. */
export function isBanned(channel: Channel, person: Person, now: number): boolean {
  if (person.kind === 'account') return channel.banned.has(person)
  for (const [account, { origins, until }] of channel.restricted)
    if (origins.has(person.origin) && !isOver(until, now) && channel.banned.has(account)) return true
  return false
}

export function isOver(until: number | undefined, now: number): boolean {
  return until !== undefined && until <= now
}

/** Those listeners of an audience who have not blocked the person that the news is of. */
export function unblocked(audience: Audience, from: Person): Audience {
  return from.blockedBy.size === 0 ? audience : besides(audience, from.blockedBy)
}

/** Those listeners of an audience who are no connections of these people. */
export function besides(audience: Audience, people: Iterable<Person>): Audience {
  const except = new Set(audience.except)
  for (const person of people) for (const listener of connectionsOf(person)) except.add(listener)
  return { listeners: audience.listeners, except }
}

/** The connections of all who are in a channel in which the person may not speak. */
export function silenced(person: Person, now: number): Set<Listener> {
  const listeners = new Set<Listener>()
  for (const channel of person.channels)
    if (isMuted(channel, person, now)) for (const listener of channel.listeners) listeners.add(listener)
  return listeners
}

/**
 * The words of somebody who is away, for whoever asks: not for those who have blocked them, nor for those in a channel
 * where they may not speak.
 */
export function noteFor(reader: Person | undefined, person: Person, now: number): string | undefined {
  if (!person.away || reader === person) return person.away
  if (reader?.kind === 'account' && reader.blocked.has(person)) return ''
  for (const channel of person.channels)
    if (isMuted(channel, person, now) && (reader === undefined || isIn(channel, reader))) return ''
  return person.away
}

/** How many mutes are in force. Forgets those of guests that are over; the others are stored. */
export function mutesIn(channel: Channel, now: number): number {
  for (const [origin, { until }] of channel.mutedGuests)
    if (isOver(until, now)) channel.mutedGuests.delete(origin)
  let count = channel.mutedGuests.size
  for (const until of channel.muted.values()) if (!isOver(until, now)) count++
  return count
}
