import type { Clock } from '../../lib/clock.ts'
import { isIn } from '../model/channel.ts'
import { fail } from '../model/failures.ts'
import type { Channel, Listener, Person } from '../model/people.ts'
import { restraintOn, told } from '../model/restraints.ts'

/** Whether somebody may not speak in a channel. */
export function isMuted(channel: Channel, person: Person, now: number): boolean {
  return restraintOn(channel, person, 'mute', now) !== undefined
}

/** Refuses who may not speak in the channel. */
export function requireVoice(channel: Channel, person: Person, clock: Clock): void {
  const mute = restraintOn(channel, person, 'mute', clock.steady())
  if (mute) throw fail({ code: 'muted', channel: channel.name, mute: told(mute, clock) })
}

/**
 * Refuses a reason (of /remove and the like) from somebody who may not speak in the channel, because all there would
 * read it.
 */
export function requireVoiceFor(
  why: string | undefined,
  channel: Channel,
  actor: Person,
  clock: Clock,
): void {
  const mute = why === undefined ? undefined : restraintOn(channel, actor, 'mute', clock.steady())
  if (mute) throw fail({ code: 'muted', channel: channel.name, mute: told(mute, clock), reason: true })
}

/** The connections of everybody in a channel where the person may not speak. */
export function silenced(person: Person, now: number): Set<Listener> {
  const listeners = new Set<Listener>()
  for (const channel of person.channels)
    if (isMuted(channel, person, now)) for (const listener of channel.listeners) listeners.add(listener)
  return listeners
}

/**
 * The note of somebody who is away, for a reader. Readers who have blocked the person, or who are in a channel where
 * the person may not speak, do not get it.
 */
export function noteFor(reader: Person | undefined, person: Person, now: number): string | undefined {
  if (!person.away || reader === person) return person.away
  if (reader?.kind === 'account' && reader.blocked.has(person)) return ''
  for (const channel of person.channels)
    if (isMuted(channel, person, now) && (reader === undefined || isIn(channel, reader))) return ''
  return person.away
}
