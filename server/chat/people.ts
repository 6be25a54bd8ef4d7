import type { Channel } from './channel.ts'
import type { ChatEvent } from './events.ts'
import type { Batch } from './feed.ts'
import type { Grant } from './grants.ts'

/**
 * A connected terminal or program, as the domain sees it: something that hears events. Whatever goes wrong with one is no
 * concern of those who speak to it or of other listeners: `failed`, `close` and `dismissed` never throw.
 */
export interface Listener {
  hear(event: ChatEvent): void
  /** Hears the events of a batch from `from` to before `end`, but for those that came from itself. */
  hearBatch(batch: Batch, from: number, end: number): void
  /** The newest message that surely reached the person; less than everything if there was no sign of life since. */
  readonly seen: number
  /** Where plain text goes when it is in no private talk. */
  readonly target?: { readonly name: string } | undefined
  /** Where it comes from; undefined for one that is no network connection. */
  readonly address?: string | undefined
  /** The accounts that it spoke for before, the last of them. */
  readonly formerly?: readonly Account[] | undefined
  /** What it may do, if it logged in by a token and not by the password. */
  readonly grant?: Grant | undefined
  /** By which key what it says now is said once. */
  readonly once?: string | undefined
  /** Something that was for it could not be handed over: it is told so. */
  failed(error: unknown): void
  /**
   * The other side has begun a private talk, by answering a wish. What is typed before the person can know of it is meant
   * for another place.
   */
  talkBegun(other: string): void
  /**
   * A private talk has ended that the person has not ended: what is typed goes nowhere, until the person chooses. Answers
   * where they could go on.
   */
  talkEnded(other: string): string | undefined
  /**
   * The person is in this channel no more, and not by a command of this connection: what is typed for it goes nowhere,
   * until the person chooses; `back` is a channel to go on in. Answers where plain text goes now.
   */
  takenOut(channel: string, back: string | undefined): string | undefined
  /** Ends the connection. */
  close(reason: string): void
  /** The person it speaks for is no more; `reason` is for the screen. */
  dismissed(reason: string): void
}

/** Whatever events can be sent to: a person on all of their connections, or a channel. */
export interface Audience {
  readonly listeners: ReadonlySet<Listener>
  /** Those of them who do not hear it. */
  readonly except?: ReadonlySet<Listener>
}

interface Participant extends Audience {
  /** As shown to others; a guest's begins with `~`. */
  readonly name: string
  /** The note of /away, '' if there is none; undefined while not away. */
  away: string | undefined
  readonly channels: Set<Channel>
  readonly listeners: Set<Listener>
  /** The accounts that want to hear nothing from this person. */
  readonly blockedBy: Set<Account>
  settings: Settings
}

/** What somebody is spared of a channel: that people come and go, or everything but what names them. */
export type Spared = 'joins' | 'all'

/** What a person has chosen of how to be written to; remembered with the account, and of a guest while they are there. */
export interface Settings {
  clock?: '24' | '12' | undefined
  /** An IANA zone name; the server's own if missing. */
  zone?: string | undefined
  color?: boolean | undefined
  hold?: boolean | undefined
  /** The channel that everybody is put into, by its name as it is compared, if they have left it: they are not put into it again. */
  left?: string | undefined
  /** What they are spared, by channel: its name as it is compared. */
  quiet?: Readonly<Record<string, Spared>> | undefined
}

/** Somebody with an account, connected or not. There is one object for each account. */
export interface Account extends Participant {
  readonly kind: 'account'
  name: string
  readonly id: number
  operator: boolean
  /** Connections of scripts that hear less than the person would: see `isQuiet`. They are not in `listeners`. */
  readonly quiet: Set<Listener>
  /** When the account was made, in ms since the epoch. */
  readonly since: number
  email: string | undefined
  /** From where it was connected last, and when that ended, by the steady clock; undefined if not since the start. */
  lastFrom: { readonly address: string | undefined; readonly until: number } | undefined
  /** The newest message that was shown to this account, and when it was last connected. */
  seen: number
  seenAt: number
  /** Direct messages above this number wait in the inbox; undefined if none do. */
  unreadFrom: number | undefined
  /** With whom they talked in private when their line ended, by number (0: a guest), until they come back. */
  talkedWith: number | undefined
  readonly contacts: Set<Account>
  /** Whether this account is told when a contact comes or goes. */
  watch: boolean
  /** The accounts that have this one among their contacts. */
  readonly contactOf: Set<Account>
  /** Whom this account wants to hear nothing from; guests until they are gone. */
  readonly blocked: Set<Person>
  /** The password was set by somebody else and has to be changed at the next login. */
  initialPassword: boolean
  /** Counts how often the ways in have changed: what was checked before is not good any more. See Access. */
  access: number
  /** True once the account is deleted: a command that was waiting must not act for it. */
  deleted: boolean
}

/** Somebody who only picked a nick; gone with the connection. */
export interface Guest extends Participant {
  readonly kind: 'guest'
  name: string
  /** What counts as one address for guests: a mute is about all who come from there. */
  readonly origin: string
  /** The account that the guest has made: whatever is meant for the guest is for that. */
  became?: Account
  /** The accounts that the connection spoke for before: what is in force on them is on the guest. */
  readonly formerly: readonly Account[]
}

export type Person = Account | Guest
/** Who somebody is now: a guest may have made an account. */
export function nowOf(person: Person): Person {
  return person.kind === 'guest' ? (person.became ?? person) : person
}

export type Status = 'online' | 'away' | 'offline'

export function statusOf(person: Person): Status {
  if (person.listeners.size === 0) return 'offline'
  return person.away === undefined ? 'online' : 'away'
}

/** When an account was last connected, in ms since the epoch; undefined if it never was, since somebody else made it. */
export function lastSeenOf({ listeners, seenAt, since }: Account): number | undefined {
  return seenAt === since && listeners.size === 0 ? undefined : seenAt
}

/** What stands in the place of a deleted account's name. */
export const deletedUser = 'deleted user'
