import { foldName } from './names.ts'
import type { Channel, Listener, Person } from './people.ts'

/** A connection begins to hear a channel for a person, but for what they are spared there. */
export function listen(channel: Channel, person: Person, listener: Listener): void {
  channel.listeners.add(listener)
  // A script is spared what it has asked for itself.
  if (!listener.grant) channel.listeners.spare(listener, person.settings.quiet?.[foldName(channel.name)])
}

export function isIn(channel: Channel, person: Person): boolean {
  return person.kind === 'account' ? channel.members.has(person) : channel.guests.has(person)
}

export function sizeOf(channel: Channel): number {
  return channel.members.size + channel.guests.size
}
