import { excluding, including, sharedSet } from '../../lib/shared-set.ts'
import { foldName } from './names.ts'
import type { Channel, Listener, Person } from './people.ts'

/** A connection begins to hear a channel for a person, but for what they are spared there. */
export function listen(channel: Channel, person: Person, listener: Listener): void {
  channel.listeners.add(listener)
  // A script is spared what it has asked for itself.
  if (!listener.grant) channel.listeners.spare(listener, person.settings.quiet?.[foldName(channel.name)])
}

/** Notes with somebody that they are in a channel now. Most people are in one only, the same for all. */
export function goInto(person: Person, channel: Channel): void {
  if (person.channels.size > 0) {
    person.channels = including(person.channels, channel)
    return
  }
  channel.alone ??= sharedSet([channel])
  person.channels = channel.alone
}

/** Notes with somebody that they are in a channel no more. */
export function goFrom(person: Person, channel: Channel): void {
  person.channels = excluding(person.channels, channel)
}

export function isIn(channel: Channel, person: Person): boolean {
  return person.kind === 'account' ? channel.members.has(person) : channel.guests.has(person)
}

export function sizeOf(channel: Channel): number {
  return channel.members.size + channel.guests.size
}
