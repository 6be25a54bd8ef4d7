import type { CharsetName } from '../../lib/charset-names.ts'
import type { Mutex } from '../../lib/mutex.ts'
import type { Batch, Spared } from './batch.ts'
import type { ChatEvent, Status } from './events.ts'
import type { Grant } from './grant.ts'

/**
 * A connection, as the domain sees it: something that hears events. Its errors affect neither its callers nor other
 * listeners: `failed`, `close` and `dismissed` never throw.
 */
export interface Listener {
  hear(event: ChatEvent): void
  /** Hears the events of a batch from `from` to before `end`, without those that it caused. */
  hearBatch(batch: Batch, from: number, end: number): void
  /** What it has done is told to others now: its answer stands here, between the events of before and of after. */
  acted(): void
  /** The number of the newest message that certainly reached the person; later ones came after the last sign of life. */
  readonly seen: number
  /** Where plain text goes outside of a private talk. */
  readonly target?: { readonly name: string } | undefined
  /** The address of the peer; undefined if it is no network connection. */
  readonly address?: string | undefined
  /** What its person is told of it in a list of connections; undefined if it is none of the network. */
  readonly facts?: ConnectionFacts | undefined
  /** The last accounts for which it spoke before. */
  readonly formerly?: readonly Account[] | undefined
  /** What it may do, if it logged in by a token. */
  readonly grant?: Grant | undefined
  /** The browser session that it belongs to, if it is the page of somebody who stays logged in. */
  browser?: BrowserSession | undefined
  /** What came before is not wanted with answers that tell of channels: it is asked for where it is shown. */
  readonly brief?: boolean | undefined
  /** The key by which the present message is said only once. */
  readonly once?: string | undefined
  /** An event could not be handed over because of this error: tells the connection so. */
  failed(error: unknown): void
  /**
   * The other one has begun a private talk, which this person asked for before. Lines that the person typed without knowing
   * this are meant for another place.
   */
  talkBegun(other: string): void
  /**
   * A private talk has ended, and not by the person: words go nowhere until the person chooses a target. Returns where the
   * person could go on.
   */
  talkEnded(other: string): string | undefined
  /**
   * The person is no longer in this channel, and not by a command of this connection: words for it go nowhere until the person
   * chooses a target; `back` is a channel to go on in. Returns where plain text goes now.
   */
  takenOut(channel: string, back: string | undefined): string | undefined
  /** Ends the connection. */
  close(reason: string): void
  /** Its account or guest no longer exists; the person reads `reason`. */
  dismissed(reason: string): void
}

/** A connection as its person sees it from another one. */
export interface ConnectionFacts {
  /** Which connection since the start it is, as in the log. */
  readonly number: number
  readonly dialect: string
  /** Nobody on the network can read it. */
  readonly secure: boolean
  /** When it began to speak for the person, and when something was last typed or sent there (ms since the epoch). */
  readonly since: number
  readonly lastActive: number
}

/** A browser that stays logged in, by its number, and the number of its account. */
export interface BrowserSession {
  readonly id: number
  readonly account: number
}

interface Participant {
  /** As shown to others; a guest's begins with `~`. */
  readonly name: string
  /** The note of /away, '' if there is none; undefined while not away. */
  away: string | undefined
  /** Many people may share these sets: `lib/shared-set.ts` says how to change one. */
  channels: ReadonlySet<Channel>
  listeners: ReadonlySet<Listener>
  /** The accounts that have blocked this person. */
  blockedBy: ReadonlySet<Account>
  settings: Settings
}

/** The display settings of a person; an account keeps them, a guest has them while connected. */
export interface Settings {
  clock?: '24' | '12' | undefined
  /** An IANA zone name; the server's own if missing. */
  zone?: string | undefined
  color?: boolean | undefined
  hold?: boolean | undefined
  /** The server never edits the line; missing: where the client can do it. */
  editor?: 'off' | undefined
  /** What rings the bell of the terminal; nothing if missing. */
  bell?: 'mentions' | 'all' | undefined
  /** The folded name of the default channel, if the person has left it: the server does not put them into it again. */
  left?: string | undefined
  /** What the person is spared, by the folded name of the channel. */
  quiet?: Readonly<Record<string, Spared>> | undefined
  /** The character sets of terminals that have no UTF-8, by the type of the terminal as telnet tells it, in small letters. */
  charsets?: Readonly<Record<string, CharsetName>> | undefined
}

/** Somebody with an account, connected or not. There is one object for each account. */
export interface Account extends Participant {
  readonly kind: 'account'
  name: string
  readonly id: number
  operator: boolean
  /** The connections of scripts that hear less than the person would (see `isQuiet`); they are not in `listeners`. */
  quiet: ReadonlySet<Listener>
  /** When the account was made, in ms since the epoch. */
  readonly since: number
  email: string | undefined
  /** The address of its last connection, and when that ended (steady clock); undefined if there was none since the start. */
  lastFrom: { readonly address: string | undefined; readonly until: number } | undefined
  /** The newest message that was shown to this account, and when it was last connected (ms since the epoch). */
  seen: number
  seenAt: number
  /** The partner's number (0: a guest), if the connection was lost in a private talk; until the next login. */
  talkedWith: number | undefined
  contacts: ReadonlySet<Account>
  /** Whether this account is told when a contact comes or goes. */
  watch: boolean
  /** The accounts that have this one among their contacts. */
  contactOf: ReadonlySet<Account>
  /** The people whom this account has blocked; guests until they leave. */
  blocked: ReadonlySet<Person>
  /** Somebody else has set the password: it has to be changed at the next login. */
  initialPassword: boolean
  /** Counts the changes of password and tokens: a check before the last change is no longer valid. See Access. */
  access: number
  /** The account is deleted: a command that was waiting must not act for it. */
  deleted: boolean
}

/** Somebody who only picked a nick; gone with the connection. */
export interface Guest extends Participant {
  readonly kind: 'guest'
  name: string
  /** What counts as one address for guests: a mute concerns all guests from there. */
  readonly origin: string
  /** The account that the guest has made: everything for the guest now goes to it. */
  became?: Account
  /** The accounts for which the connection spoke before: their bans and mutes hold for the guest, too. */
  readonly formerly: readonly Account[]
}

export type Person = Account | Guest

/** The connections that hear a channel; some may be spared some of its events. See Feed. */
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

/** The address of a banned or muted person, and until when guests from there count as that person. */
export interface Restricted {
  readonly origins: ReadonlySet<string>
  readonly until: number
}

/** A channel. Accounts belong to it until they leave it; guests while they are connected. */
export interface Channel {
  readonly id: number
  /** With its `#`, as its maker, or the one who renamed it, wrote it. */
  name: string
  private: boolean
  topic: string
  /** The server puts everybody into a default channel; it has no admin and is never removed. */
  readonly isDefault: boolean
  /** The set of channels of people who are in this channel alone: one set for all of them, made on first use. */
  alone: ReadonlySet<Channel> | undefined
  readonly members: Map<Account, Membership>
  guests: ReadonlySet<Guest>
  /** The bans and mutes; changed by RestraintBook. */
  ban: Restraints
  mute: Restraints
  /**
   * The addresses of people who were banned or muted, or who then deleted their accounts: until a time (ms since the epoch)
   * guests from there count as them. Kept in memory only, as guests are.
   */
  restricted: ReadonlyMap<Account, Restricted>
  /** The connections of its people, kept up to date by join, leave, attach and detach. */
  readonly listeners: Hearers
  /** The number of the newest published message; a stored one above it is not published yet. */
  lastId: number
  /** For changes of members and roles, one at a time: rule, store, memory, with no other change in between. */
  readonly mutex: Mutex
  /** The last member has left: a task that waited for the mutex must not use the channel. */
  removed: boolean
}

/** The rank in a channel: operators stand above its admin, then come moderators, then everybody else. */
export type Rank = 0 | 1 | 2 | 3

/** A ban keeps somebody out of a channel, a mute keeps them silent there. */
export type RestraintKind = 'ban' | 'mute'

export interface Restraint {
  /** By `Clock.steady`, here and below; by the time of day where it is stored and shown. Undefined: without end. */
  readonly until: number | undefined
  readonly why: string | undefined
  /** The rank of the person who set it: only people of this rank or above may lift it. */
  readonly rank: Rank
  /** For a new account at the address of this banned or muted one: it ends together with that. Not stored. */
  readonly of?: Account
}

export interface GuestRestraint extends Restraint {
  readonly kind: RestraintKind
}

/** The ban or mute of a guest: it concerns all guests from the same address, because a nick is easily changed. */
export interface OriginRestraint extends Restraint {
  readonly guest: Guest
  readonly name: string
  /** When it was set. */
  readonly since: number
}

/** The bans, or the mutes, of a channel. Those of accounts and of all guests are stored; the rest lasts until the server stops. */
export interface Restraints {
  readonly accounts: ReadonlyMap<Account, Restraint>
  readonly origins: ReadonlyMap<string, OriginRestraint>
  /** The one on all guests. */
  readonly guests: Restraint | undefined
  /** Those of deleted accounts, as long as a connection remembers having spoken for them. */
  readonly shed: Pick<WeakMap<Account, Restraint>, 'get'>
}

/** The person as of now: a guest may have made an account. */
export function nowOf(person: Person): Person {
  return person.kind === 'guest' ? (person.became ?? person) : person
}

export function statusOf(person: Person): Status {
  if (person.listeners.size === 0) return 'offline'
  return person.away === undefined ? 'online' : 'away'
}

/** When an account was last connected, in ms since the epoch; undefined if never: an operator made it. */
export function lastSeenOf({ listeners, seenAt, since }: Account): number | undefined {
  return seenAt === since && listeners.size === 0 ? undefined : seenAt
}

/** What all deleted accounts are called together, and what one is called whose number nobody knows. */
export const deletedUser = 'deleted user'

/** Stands in place of the name of a deleted account. Its number tells it from others, and is never used again. */
export function deletedName(id: number): string {
  return `${deletedUser} #${id}`
}

/** The number of the deleted account that is called so; undefined if this is no such name. */
export function numberInDeletedName(name: string): number | undefined {
  const [, id] = /^deleted user #(\d{1,15})$/.exec(name) ?? []
  return id === undefined ? undefined : Number(id)
}
