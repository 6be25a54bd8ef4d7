import type { MessageKind } from '../model/events.ts'
import type { Scope } from '../model/grant.ts'
import type { Role, Settings } from '../model/people.ts'

/** A former name. Nobody else may have it until then (ms since the epoch). */
export interface FormerName {
  readonly name: string
  readonly until: number
}

export interface AccountRecord {
  id: number
  name: string
  /** Its former names that nobody else may have yet. */
  former?: readonly FormerName[] | undefined
  operator: boolean
  since: number
  email: string | undefined
  settings: Settings
  seen: number
  seenAt: number
  /** The account with which this one talked in private when its line ended; 0 if that was a guest. */
  talkedWith?: number | undefined
  /** See GroupStore.setWatch. */
  watch: boolean
  /** Somebody else set the password: it must be changed at the next login. */
  initialPassword: boolean
}

export interface NewAccount {
  name: string
  /** The name as it is compared: see `foldName`. Unique among accounts that are not deleted. */
  key: string
  email: string | undefined
  passwordHash: string
  /** SHA-256 of the recovery code, in hex. */
  recoveryHash: string
  since: number
  operator: boolean
  /** As in AccountRecord. */
  initialPassword: boolean
  /** SHA-256 of the invitation code, which is used up in the same step; see `createAccount`. */
  invite: string | undefined
}

/** A new name, its form for comparison, and the former names. */
export interface NewName {
  readonly name: string
  readonly key: string
  readonly former: readonly FormerName[]
}

/** The numbers that Store.enrol gave: to accounts in their order, to channels by key. */
export interface Enrolled {
  readonly accounts: number[]
  readonly rooms: Map<string, number>
}

/** See Store.enrol. */
export interface EnrolmentPlan {
  readonly at: number
  readonly rooms: readonly { readonly name: string; readonly key: string }[]
  readonly accounts: readonly (NewAccount & { readonly room: number | string | undefined })[]
  readonly members: readonly { readonly account: number; readonly room: number | string }[]
}

export interface Secrets {
  passwordHash: string
  recoveryHash: string
}

export interface ChannelRecord {
  id: number
  name: string
  private: boolean
  topic: string
  /** As in AccountRecord. */
  former?: readonly FormerName[] | undefined
  /** The newest stored message of the channel, 0 if there is none. */
  lastId: number
}

export interface MembershipRecord {
  channel: number
  account: number
  role: Role | undefined
  since: number
}

/** A message before it has a number. Exactly one of channel, to and toGuest is set; none for a notice. */
export interface NewMessage {
  at: number
  kind: MessageKind
  text: string
  /** The number of the author's account; undefined for a guest, whose name is in `fromGuest`. */
  from: number | undefined
  fromGuest: string | undefined
  channel: number | undefined
  to: number | undefined
  toGuest: string | undefined
  /** Whether the receiver has blocked the sender: then the receiver never finds it. */
  blocked: boolean
  /** It was said by a login by token. */
  bot?: true
}

/** A message that was said with a key: its number, its time, and the rest of the answer, as JSON. */
export interface SaidOnce {
  readonly id: number
  readonly at: number
  readonly answer: string
}

/** A new message, and what is stored beside it. */
export interface AppendedMessage extends NewMessage {
  /** The account says it once with this key: see `saidOnce`. */
  once?: string
  /** Numbers of the accounts that the text mentions. */
  mentions: readonly number[]
}

/** Tells a message once it is stored. */
export interface Teller<T> {
  /** See `check` of Told; it may still write into the message what is decided only when its turn has come. */
  check?(message: AppendedMessage): void
  /** Its turn to be told has come: gets its number, and returns the answer for whoever waits. */
  tell(id: number): T
}

/** A stored message. `from` and `to` may name accounts that are deleted by now. */
export interface MessageRecord extends NewMessage {
  id: number
  /** When it was last edited; ms since the epoch. */
  edited?: number | undefined
}

/** An edit of a message: the new text, and the numbers of the accounts that it names. */
export interface MessageChange {
  readonly id: number
  readonly text: string
  readonly edited: number
  readonly mentions: readonly number[]
}

/** Accounts by number, and guests by name, whose messages somebody does not want to read. */
export interface Unwanted {
  readonly accounts: readonly number[]
  readonly guests: readonly string[]
}

/** The same, and an account whose `own` words are no news to it; what its tokens say is. */
export interface NoNews extends Unwanted {
  readonly own?: number | undefined
}

/** Which part of a list of messages: the newest `limit` of those above `after` and below `before`. */
export interface Page {
  limit: number
  /** Read the oldest `limit` of them, not the newest. */
  oldest?: boolean | undefined
  /** Exclusive message numbers. */
  before?: number | undefined
  after?: number | undefined
}

export interface SearchQuery extends Page {
  /** Words that must all occur; no syntax of any kind. */
  words: readonly string[]
  /** Who asks: finds what is in `channels` and the direct messages from and to this account. */
  reader: number
  /** Numbers of the channels that may be searched. */
  channels: readonly number[]
  /** False leaves direct messages out. */
  direct: boolean
  /** Only what this account said. */
  from?: number | undefined
  /** Without messages of these. */
  unwanted?: Unwanted | undefined
  /** Times in ms since the epoch: `since` inclusive, `until` exclusive. */
  since?: number | undefined
  until?: number | undefined
  /** Ends the search when it is aborted; it rejects with the reason then. */
  signal?: AbortSignal | undefined
}

/**
 * What happens to the messages of a deleted account: they stay (`keep`) or are removed (`remove`). `erase` is for an account whose
 * messages are removed already: its files and its name are removed too.
 */
export type DeletionMode = 'keep' | 'remove' | 'erase'

export interface TokenRecord {
  name: string
  account: number
  /** SHA-256 of the token, in hex. */
  hash: string
  createdAt: number
  scope: Scope
  /** Names of the channels that it is for; undefined for all. */
  channels: readonly string[] | undefined
  /** When somebody last logged in by it, and from which address. */
  usedAt: number | undefined
  usedFrom: string | undefined
  /** Up to which message its connections have read; undefined for a token from before this was kept. */
  seen: number | undefined
}

/** Up to where a token has read: it reads for itself, never for its account. */
export interface TokenSeen {
  readonly account: number
  readonly name: string
  readonly createdAt: number
  readonly seen: number
}

/** A login by a token, which is known by its name and when it was made. */
export interface TokenUse {
  name: string
  createdAt: number
  at: number
  from: string | undefined
}
