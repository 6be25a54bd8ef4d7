import type { Settings } from '../model/people.ts'
import type { BrowserStore } from './browser-store.ts'
import type { Changes, Corrections, CorrectionsPage, Told } from './change-log.ts'
import type { FileStore } from './file-store.ts'
import type { GroupStore, ToldWithdrawing } from './group-store.ts'
import type { KeepStore } from './keep-store.ts'
import type { LoginStore } from './login-store.ts'
import type { ReadChange, ReadStore } from './read-store.ts'
import type {
  AccountRecord,
  AppendedMessage,
  ChannelRecord,
  DeletionMode,
  Enrolled,
  EnrolmentPlan,
  MembershipRecord,
  MessageChange,
  MessageRecord,
  NewAccount,
  NewName,
  NoNews,
  Page,
  SaidOnce,
  SearchQuery,
  Secrets,
  Teller,
  TokenRecord,
  TokenSeen,
  TokenUse,
  Unwanted,
} from './records.ts'

/** Takes records over as they are read. */
export interface Taking {
  accounts(records: readonly AccountRecord[]): void
  channels(records: readonly ChannelRecord[]): void
  /** Those of a channel one after the other, in no order. */
  memberships(records: readonly MembershipRecord[]): void
}

/**
 * Everything that outlives the process. Every promise of a change resolves once the change is on disk
 * (`store.synchronous: full`), and rejects with StoreUnavailable if it is not, in which case nothing of
 * it is there. Changes are stored and told in the order in which they were asked for. Lists of messages are oldest first.
 *
 * What is told of a change goes along with it (`told`, `tell`): once it is stored, one change is told after the other, before
 * its promise resolves, and nothing else comes in between. Each message has a number, and each entry in the log: all of them
 * are one series, which grows in this order. What `tell` throws the promise rejects with; it is stored all the same.
 */
export interface Store extends BrowserStore, GroupStore, FileStore, KeepStore, LoginStore, ReadStore {
  /**
   * All but the messages: what the registries are built from at start. Where somebody takes them, accounts, channels and
   * memberships go there in this order, some thousand at a time, and are not in the answer: there may be millions.
   */
  load(take?: Taking): Promise<{
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
  createAccount(account: NewAccount, told?: Told<number>): Promise<number>
  /**
   * Makes accounts and channels without an admin, and puts accounts into channels: all of it or nothing. A room is the
   * number of a channel, or the key of one of `rooms`. Answers the numbers, of channels by key. Rejects with NameTaken.
   */
  enrol(plan: EnrolmentPlan, told?: Told<Enrolled>): Promise<Enrolled>
  /** undefined if there is no such account. */
  secretsOf(account: number): Promise<Secrets | undefined>
  /** Set by the owner: it is no initial password any more. In the same step all browsers are logged out. */
  setPassword(account: number, passwordHash: string): Promise<void>
  /** A used recovery code is replaced in the same step as the password, and all tokens and browsers are forgotten. */
  recover(account: number, secrets: Secrets): Promise<void>
  /** Rejects with NameTaken. */
  renameAccount(account: number, name: NewName, told?: Told): Promise<void>
  setEmail(account: number, email: string | undefined): Promise<void>
  setSettings(account: number, settings: Settings): Promise<void>
  /** What each account has been shown so far, and with whom it talks in private; in the same step what it has `read`. */
  saveSeen(
    entries: readonly {
      account: number
      seen: number
      seenAt: number
      talkedWith?: number | undefined
    }[],
    read?: readonly ReadChange[],
  ): Promise<void>
  /**
   * Frees the name, forgets secrets, e-mail, tokens, browsers, addresses and memberships, and what else `fate` says. Answers whether
   * the name rests: the account had said something when `setEnding` was called, and `fate` does not erase it.
   */
  deleteAccount(account: number, fate: DeletionMode, at: number): Promise<boolean>
  /** The names that rest, as they are compared, and when their accounts were deleted (ms since the epoch). */
  restingNames(): Promise<{ key: string; at: number }[]>

  /** Rejects with NameTaken if the account has one of that name. */
  addToken(token: TokenRecord): Promise<void>
  /** Oldest first. */
  tokensOf(account: number): Promise<TokenRecord[]>
  /** The number of the account that has the token with this hash; undefined if there is none. */
  tokenOwner(hash: string): Promise<number | undefined>
  /** Notes that a token was used. False if there is no such token (any more). */
  useToken(account: number, use: TokenUse): Promise<boolean>
  /** Stores up to where tokens have read; those that there are no more are passed over. */
  saveTokensSeen(entries: readonly TokenSeen[]): Promise<void>
  /** False if the account has no token of that name. */
  removeToken(account: number, name: string): Promise<boolean>

  /** Makes a channel with its first member, who has the role; without `admin` it starts empty. */
  createChannel(
    channel: { name: string; key: string; private: boolean; admin: number | undefined; at: number },
    told?: Told<number>,
  ): Promise<number>
  setTopic(channel: number, topic: string, told?: Told): Promise<void>
  /** Rejects with NameTaken. Tokens that are for the channel, which was called `from`, still are. */
  renameChannel(channel: number, name: NewName, from: string, told?: Told): Promise<void>
  setPrivate(channel: number, isPrivate: boolean, told?: Told): Promise<void>
  /** Frees the name; members are forgotten, messages stay in the store but can be reached no more. */
  closeChannel(channel: number, at: number, told?: Told): Promise<void>
  addMember(member: MembershipRecord, told?: Told): Promise<void>
  /**
   * Takes a member out and, in the same step, gives the role of admin to `successor`. Where they lose a right by it
   * (`loses`, which is so unless it says no), the tokens of the channel's files are forgotten, too.
   */
  removeMember(
    channel: number,
    account: number,
    how?: { readonly successor?: number | undefined; readonly loses?: boolean },
    told?: ToldWithdrawing,
  ): Promise<void>

  /**
   * Stores what was said, by group commit, under its number, which is its own entry in the series; answers what `tell` returns,
   * or the number where nobody tells it.
   */
  append<T = number>(message: AppendedMessage, teller?: Teller<T>): Promise<T>
  /**
   * Does something that is stored nowhere, such as the mute of a guest, when everything is told that was asked for before it.
   * What has a `check` and was asked for later is checked after it. Resolves and rejects as `act` does, also while nothing
   * can be stored.
   */
  inTurn<T>(act: () => T): Promise<T>
  /**
   * What was told behind a number, the first `limit` of it: messages that still are there, and what the log remembers of
   * other changes.
   */
  changesAfter(number: number, limit: number): Promise<Changes>
  /** What became of older messages of a place, as far as the log remembers it: no more than was asked for. */
  correctionsAfter(page: CorrectionsPage): Promise<Corrections>
  /** What an account has said last by this key, as far as it is remembered. */
  saidOnce(account: number, key: string): Promise<SaidOnce | undefined>
  /** The rest of what was answered to the message that was said by this key. */
  setOnceAnswer(account: number, key: string, message: number, answer: string): Promise<void>
  /** Forgets the keys of what was said before a time. */
  forgetOnce(before: number): Promise<void>
  /** undefined if there is none of that number (any more). */
  message(id: number): Promise<MessageRecord | undefined>
  /** Says a message differently; who was mentioned before is not any more. False, and nothing happens or is told, if it is gone. */
  editMessage(change: MessageChange, told?: Told<boolean>): Promise<boolean>
  channelHistory(channel: number, page: Page): Promise<MessageRecord[]>
  /** What two accounts said to each other, as `account` may see it. */
  directHistory(account: number, other: number, page: Page): Promise<MessageRecord[]>
  /** What was said to an account directly. */
  inbox(account: number, page: Page): Promise<MessageRecord[]>
  /** How many of the newest page.limit there are that are not from anybody unwanted. */
  countChannel(channel: number, page: Page, unwanted?: NoNews): Promise<number>
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
