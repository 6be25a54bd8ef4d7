import type { Settings } from '../model/people.ts'
import type { FileStore } from './file-store.ts'
import type { GroupStore } from './group-store.ts'
import type { KeepStore } from './keep-store.ts'
import type { LoginStore } from './login-store.ts'
import type {
  AccountRecord,
  AppendedMessage,
  ChannelRecord,
  DeletionMode,
  EnrolmentPlan,
  MembershipRecord,
  MessageChange,
  MessageRecord,
  NewAccount,
  NewName,
  Page,
  SaidOnce,
  SearchQuery,
  Secrets,
  TokenRecord,
  TokenSeen,
  TokenUse,
  Unwanted,
} from './records.ts'

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
  deleteAccount(account: number, fate: DeletionMode, at: number): Promise<boolean>
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
