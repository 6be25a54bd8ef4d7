import type { Turn } from '../lib/fair-slots.ts'
import type { Role } from './channel.ts'
import type { ChatEvent, MessageKind } from './events.ts'
import type { FileStore } from './file-store.ts'
import type { FormerName } from './former-names.ts'
import type { Scope } from './grants.ts'
import type { GroupStore } from './group-store.ts'
import type { KeepStore } from './keep-store.ts'
import type { LoginStore } from './login-store.ts'
import type { Audience, Listener, Settings } from './people.ts'

/** Carries what happened to those who should know. */
export interface Bus {
  /** Every listener of the audiences hears the event once, but for `except`: at the latest when this turn ends. */
  publish(event: ChatEvent, audiences: Iterable<Audience>, except?: Listener): void
  /** This listener hears now what was published for it, because something else is to come behind it. */
  settle(listener: Listener): void
}

/** Slow hashing, away from the thread that serves everybody. */
export interface PasswordHasher {
  /** `turn`: when that is, where others wait too. */
  hash(password: string, turn?: Turn): Promise<string>
  /** Takes the same time for a missing hash as for a wrong password. */
  verify(password: string, hash: string | undefined, turn?: Turn): Promise<boolean>
}

/** Secrets made by the server: recovery codes and login tokens. */
export interface SecretSource {
  /** A code of at least 100 random bits, easy to read out and to type. */
  recoveryCode(): string
  /** A token of at least 128 random bits. */
  token(): string
}

export interface AccountRecord {
  id: number
  name: string
  /** What it was called before, as far as that rests. */
  former?: readonly FormerName[] | undefined
  operator: boolean
  since: number
  email: string | undefined
  settings: Settings
  seen: number
  seenAt: number
  unreadFrom: number | undefined
  /** The account with which this one talked in private when its line ended; 0 if that was a guest. */
  talkedWith?: number | undefined
  /** See GroupStore.setWatch. */
  watch: boolean
  /** The password was set by somebody else and has to be changed at the next login. */
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

/** What something is called from now on, as it is compared, and what it was called before. */
export interface NewName {
  readonly name: string
  readonly key: string
  readonly former: readonly FormerName[]
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
  /** Account number of who said it; undefined for a guest, whose name is in `fromGuest`. */
  from: number | undefined
  fromGuest: string | undefined
  channel: number | undefined
  to: number | undefined
  toGuest: string | undefined
  /** Whether the receiver has blocked the sender: then the receiver never finds it. */
  blocked: boolean
  /** A login token has said it. */
  bot?: true
}

/** What was said by a key: the message's number, when, and the rest of what was answered, as JSON. */
export interface SaidOnce {
  readonly id: number
  readonly at: number
  readonly answer: string
}

/** A new message with what is stored beside it. */
export interface AppendedMessage extends NewMessage {
  /** By this key its account says it once: see `saidOnce`. */
  once?: string
  /** Numbers of the accounts that the text mentions. */
  mentions: readonly number[]
}

/** A stored message. `from` and `to` may name accounts that are deleted by now. */
export interface MessageRecord extends NewMessage {
  id: number
  /** When it was last said differently; ms since the epoch. */
  edited?: number | undefined
}

/** How a message is said now, and whom it names: numbers of accounts. */
export interface MessageChange {
  readonly id: number
  readonly text: string
  readonly edited: number
  readonly mentions: readonly number[]
}

/** Accounts by number, and guests by name, whose words somebody does not want to read. */
export interface Unwanted {
  readonly accounts: readonly number[]
  readonly guests: readonly string[]
}

/** Which part of a list of messages: the newest `limit` of those above `after` and below `before`. */
export interface Page {
  limit: number
  /** The oldest `limit` of them in place of the newest. Only of an inbox. */
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
  /** Not what these said. */
  unwanted?: Unwanted | undefined
  /** Times in ms since the epoch: `since` inclusive, `until` exclusive. */
  since?: number | undefined
  until?: number | undefined
  /** Ends the search when it is aborted; it rejects with the reason then. */
  signal?: AbortSignal | undefined
}

/**
 * What becomes of what a deleted account leaves: messages stay (keep) or go (remove). `erase` is for an account
 * whose messages are gone already: its files and its very name go, too.
 */
export type Fate = 'keep' | 'remove' | 'erase'

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
  /** Up to which message its connections have read; undefined for one from before this was kept. */
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

/** What the store answers if a name is in use; the rules turn it into a Failure. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken'
}

/** What the store answers if an invitation code cannot be used. */
export class InviteUsed extends Error {
  override readonly name = 'InviteUsed'
}

/** The store cannot do it now (disk full, locked, closed); the cause has the details. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** What the store answers if a search took longer than it may: it has been ended. */
export class StoreTooSlow extends Error {
  override readonly name = 'StoreTooSlow'
  readonly limitMs: number

  constructor(limitMs: number) {
    super(`A read took longer than ${limitMs} ms, and was ended`)
    this.limitMs = limitMs
  }
}

/**
 * Everything that outlives the process. Every promise of a change resolves once the change is on disk
 * (`store.synchronous: full`), and rejects with StoreUnavailable if it is not, in which case nothing of
 * it is there. Changes resolve in the order in which they were asked for. Lists of messages are oldest first.
 */
export interface Store extends GroupStore, FileStore, KeepStore, LoginStore {
  /** All but the messages: what the registries are built from at start. */
  load(): Promise<{
    accounts: AccountRecord[]
    channels: ChannelRecord[]
    memberships: MembershipRecord[]
    /** The highest number any message ever had. */
    lastMessageId: number
    /** The time of the newest message there is, in ms since the epoch; 0 if there is none. */
    lastMessageAt: number
  }>

  /**
   * Answers the new account's number, which is never used again. Rejects with NameTaken, and with
   * InviteUsed if it came with an invitation code that is unknown, used up or past its time.
   */
  createAccount(account: NewAccount): Promise<number>
  /**
   * Makes accounts and channels without an admin, and puts accounts into channels: all of it or nothing. A room is the
   * number of a channel, or the key of one of `rooms`. Answers the numbers, of channels by key. Rejects with NameTaken.
   */
  enrol(plan: EnrolmentPlan): Promise<{ accounts: number[]; rooms: Map<string, number> }>
  /** undefined if there is no such account. */
  secretsOf(account: number): Promise<Secrets | undefined>
  /** Set by the owner: it is no initial password any more. */
  setPassword(account: number, passwordHash: string): Promise<void>
  /** A used recovery code is replaced in the same step as the password, and all tokens are forgotten. */
  recover(account: number, secrets: Secrets): Promise<void>
  /** Rejects with NameTaken. */
  renameAccount(account: number, name: NewName): Promise<void>
  setEmail(account: number, email: string | undefined): Promise<void>
  setSettings(account: number, settings: Settings): Promise<void>
  /** What each account has been shown so far, and with whom it talks in private. */
  saveSeen(
    entries: readonly {
      account: number
      seen: number
      seenAt: number
      unreadFrom: number | undefined
      talkedWith?: number | undefined
    }[],
  ): Promise<void>
  /**
   * Frees the name, forgets secrets, e-mail, tokens, addresses and memberships, and what else `fate` says. Answers whether
   * the name rests: the account had said something when `setEnding` was called, and `fate` does not erase it.
   */
  deleteAccount(account: number, fate: Fate, at: number): Promise<boolean>
  /** The names that rest, as they are compared, and when their accounts were deleted (ms since the epoch). */
  restingNames(): Promise<{ key: string; at: number }[]>

  /** Rejects with NameTaken if the account has one of that name. */
  addToken(token: TokenRecord): Promise<void>
  /** Oldest first. */
  tokensOf(account: number): Promise<TokenRecord[]>
  /** Notes that a token was used. False if there is no such token (any more). */
  useToken(account: number, use: TokenUse): Promise<boolean>
  /** Stores up to where tokens have read; those that there are no more are passed over. */
  saveTokensSeen(entries: readonly TokenSeen[]): Promise<void>
  /** False if the account has no token of that name. */
  removeToken(account: number, name: string): Promise<boolean>

  /** Makes a channel with its first member, who has the role; without `admin` it starts empty. */
  createChannel(channel: {
    name: string
    key: string
    private: boolean
    admin: number | undefined
    at: number
  }): Promise<number>
  setTopic(channel: number, topic: string): Promise<void>
  /** Rejects with NameTaken. Tokens that are for the channel, which was called `from`, still are. */
  renameChannel(channel: number, name: NewName, from: string): Promise<void>
  setPrivate(channel: number, isPrivate: boolean): Promise<void>
  /** Frees the name; members are forgotten, messages stay in the store but can be reached no more. */
  closeChannel(channel: number, at: number): Promise<void>
  addMember(member: MembershipRecord): Promise<void>
  /**
   * Takes a member out and, in the same step, gives the role of admin to `successor`. Where they lose a right by it
   * (`loses`), the tokens of the channel's files are forgotten, too.
   */
  removeMember(channel: number, account: number, successor?: number, loses?: boolean): Promise<void>

  /** Stores what was said, by group commit; answers its number. */
  append(message: AppendedMessage): Promise<number>
  /** What an account has said last by this key, as far as it is remembered. */
  saidOnce(account: number, key: string): Promise<SaidOnce | undefined>
  /** The rest of what was answered to the message that was said by this key. */
  setOnceAnswer(account: number, key: string, message: number, answer: string): Promise<void>
  /** Forgets the keys of what was said before a time. */
  forgetOnce(before: number): Promise<void>
  /** undefined if there is none of that number (any more). */
  message(id: number): Promise<MessageRecord | undefined>
  /** Says a message differently; who was mentioned before is not any more. False, and nothing happens, if it is gone. */
  editMessage(change: MessageChange): Promise<boolean>
  channelHistory(channel: number, page: Page): Promise<MessageRecord[]>
  /** What two accounts said to each other, as `account` may see it. */
  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]>
  /** What was said to an account directly. */
  inbox(account: number, page: Page): Promise<MessageRecord[]>
  /** How many of the newest page.limit there are that are not from anybody unwanted. */
  countChannel(channel: number, page: Page, unwanted?: Unwanted): Promise<number>
  countInbox(account: number, page: Page, unwanted?: Unwanted): Promise<number>
  /** How many messages the account wrote, counting no further than limit. */
  countFrom(account: number, limit: number): Promise<number>
  /** Waits while another search of this reader runs. Rejects with StoreTooSlow if it takes too long. */
  search(query: SearchQuery): Promise<MessageRecord[]>

  /** How many messages there are, or how many were said at or after `since` (ms since the epoch). */
  countMessages(since?: number): Promise<number>
  /** How many of the newest messages wait to be indexed for `search`, which does it first if need be. */
  unindexed(): Promise<number>

  /**
   * Asked now and then: puts what is stored into as few files as possible, if little was stored since it was last asked.
   */
  fold(): Promise<void>
  /** Whether a change could be stored now. */
  ping(): Promise<void>
  /** Finishes what is under way and closes; later calls reject with StoreUnavailable. */
  close(): Promise<void>
}
