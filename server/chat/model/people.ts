import type { Mutex } from '../../lib/mutex.ts'
import type { Batch, Spared } from './batch.ts'
import type { ChatEvent, Status } from './events.ts'
import type { Grant } from './grant.ts'

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

interface Participant {
  /** As shown to others; a guest's begins with `~`. */
  readonly name: string
  /** The note of /away, '' if there is none; undefined while not away. */
  away: string | undefined
  /** These sets may be those of many: `lib/shared-set.ts` says how one is changed. */
  channels: ReadonlySet<Channel>
  listeners: ReadonlySet<Listener>
  /** The accounts that want to hear nothing from this person. */
  blockedBy: ReadonlySet<Account>
  settings: Settings
}

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
  quiet: ReadonlySet<Listener>
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
  contacts: ReadonlySet<Account>
  /** Whether this account is told when a contact comes or goes. */
  watch: boolean
  /** The accounts that have this one among their contacts. */
  contactOf: ReadonlySet<Account>
  /** Whom this account wants to hear nothing from; guests until they are gone. */
  blocked: ReadonlySet<Person>
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

/** The connections of a channel, each of which may be spared some of what happens there: see Feed. */
export interface Hearers extends Set<Listener> {
  spare(listener: Listener, spared: Spared | undefined): void
  sparedOf(listener: Listener): Spared | undefined
  spares(listener: Listener, event: ChatEvent): boolean
}

export type Role = 'admin' | 'moderator'

export interface Membership {
  role: Role | undefined
  /** When the account joined, in ms since the epoch. */
  readonly since: number
}

/** Where somebody who is restrained was connected from, and how long others from there are taken for them. */
export interface Restricted {
  readonly origins: ReadonlySet<string>
  readonly until: number
}

/** A room. Accounts belong to it until they leave; guests while they are connected. */
export interface Channel {
  readonly id: number
  /** With its `#`, as its maker wrote it, or who named it anew. */
  name: string
  private: boolean
  topic: string
  /** Everybody is put into a default channel; it has no admin and is never removed. */
  readonly isDefault: boolean
  /** What somebody is in who is in this channel alone: one set for all of them, once there is one. */
  alone: ReadonlySet<Channel> | undefined
  readonly members: Map<Account, Membership>
  guests: ReadonlySet<Guest>
  /** Who may not come in, and who may not speak; changed by RestraintBook. */
  ban: Restraints
  mute: Restraints
  /**
   * Where those who are muted or banned were connected from when that happened, or when they deleted their accounts: guests
   * from there are taken for them until then (ms since the epoch). Kept in memory, as guests are.
   */
  restricted: ReadonlyMap<Account, Restricted>
  /** The connections of everybody who belongs to it, kept up to date by join, leave, attach and detach. */
  readonly listeners: Hearers
  /** The newest message shown in it; what is stored above that number is not yet published. */
  lastId: number
  /** Membership and roles change one at a time: rule, store, memory, with nothing in between. */
  readonly mutex: Mutex
  /** True once the last member left: whoever waited for the mutex finds no channel. */
  removed: boolean
}

/** Who may do what in a channel: an operator stands above its admin, then moderators, then everybody else. */
export type Rank = 0 | 1 | 2 | 3

/** A ban keeps somebody out of a channel, a mute keeps them silent there. */
export type RestraintKind = 'ban' | 'mute'

export interface Restraint {
  /** As `Clock.steady` has it, here and below, and by the time of day where it is stored and told; undefined is without end. */
  readonly until: number | undefined
  readonly why: string | undefined
  /** By what right it was set: only who has as much to say in the channel may lift it. */
  readonly rank: Rank
  /** On an account that was made where this one is banned or muted: with that it ends. Not stored. */
  readonly of?: Account
}

export interface GuestRestraint extends Restraint {
  readonly kind: RestraintKind
}

/** Of a guest, who has another nick in a moment: it is about all guests from the same address. */
export interface OriginRestraint extends Restraint {
  readonly guest: Guest
  readonly name: string
  /** When it was set. */
  readonly since: number
}

/** What of one kind is in force in a channel. That of accounts and of all guests is stored; the rest lasts as long as the server runs. */
export interface Restraints {
  readonly accounts: ReadonlyMap<Account, Restraint>
  readonly origins: ReadonlyMap<string, OriginRestraint>
  /** Of all guests. */
  readonly guests: Restraint | undefined
  /** What was in force on accounts that are deleted, as long as a connection remembers having been them. */
  readonly shed: Pick<WeakMap<Account, Restraint>, 'get'>
}

/** Who somebody is now: a guest may have made an account. */
export function nowOf(person: Person): Person {
  return person.kind === 'guest' ? (person.became ?? person) : person
}

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
