import { excluding, including, sharedSet } from '../../lib/shared-set.ts'
import { foldName } from './names.ts'
import type { Account, Channel, Listener, Person } from './people.ts'

/** A connection of a person begins to hear a channel, except for the events that the person is spared there. */
export function listen(channel: Channel, person: Person, listener: Listener): void {
  channel.listeners.add(listener)
  // A script has its own setting.
  if (!listener.grant) channel.listeners.spare(listener, person.settings.quiet?.[foldName(channel.name)])
}

/** Adds a channel to those of a person. Most people are in the default channel alone, and share one set. */
export function goInto(person: Person, channel: Channel): void {
  if (person.channels.size > 0) {
    person.channels = including(person.channels, channel)
    return
  }
  channel.alone ??= sharedSet([channel])
  person.channels = channel.alone
}

/** Removes a channel from those of a person. */
export function goFrom(person: Person, channel: Channel): void {
  person.channels = excluding(person.channels, channel)
}

export function isIn(channel: Channel, person: Person): boolean {
  return person.kind === 'account' ? channel.members.has(person) : channel.guests.has(person)
}

export function sizeOf(channel: Channel): number {
  return channel.members.size + channel.guests.size
}

/** The number of channels that an account is the admin of. */
export function ownedBy(account: Account): number {
  let count = 0
  for (const channel of account.channels) if (channel.members.get(account)?.role === 'admin') count++
  return count
}

/** Default channels first, then by name. */
export function defaultsFirst(channels: Iterable<Channel>): Channel[] {
  return [...channels].sort(
    (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
  )
}
