import type { Mutex } from '../lib/mutex.ts'
import type { Feed } from './feed.ts'
import { foldName } from './names.ts'
import type { Account, Audience, Guest, Listener, Person } from './people.ts'
import type { Restraints } from './restraints.ts'

export type Role = 'admin' | 'moderator'

export interface Membership {
  role: Role | undefined
  /** When the account joined, in ms since the epoch. */
  readonly since: number
}

/** A room. Accounts belong to it until they leave; guests while they are connected. */
export interface Channel extends Audience {
  readonly id: number
  /** With its `#`, as its maker wrote it, or who named it anew. */
  name: string
  private: boolean
  topic: string
  /** Everybody is put into a default channel; it has no admin and is never removed. */
  readonly isDefault: boolean
  readonly members: Map<Account, Membership>
  readonly guests: Set<Guest>
  /** Who may not come in, and who may not speak. */
  readonly ban: Restraints
  readonly mute: Restraints
  /**
   * Where those who are muted or banned were connected from when that happened, or when they deleted their accounts: guests
   * from there are taken for them until then (ms since the epoch). Kept in memory, as guests are.
   */
  readonly restricted: Map<Account, { readonly origins: ReadonlySet<string>; readonly until: number }>
  /** The connections of everybody who belongs to it, kept up to date by join, leave, attach and detach. */
  readonly listeners: Feed
  /** The newest message shown in it; what is stored above that number is not yet published. */
  lastId: number
  /** Membership and roles change one at a time: rule, store, memory, with nothing in between. */
  readonly mutex: Mutex
  /** True once the last member left: whoever waited for the mutex finds no channel. */
  removed: boolean
}

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
