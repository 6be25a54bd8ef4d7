import type { GuestRestraint, Restraint, RestraintKind, Role } from '../model/people.ts'
import type { Answer } from '../model/replies/channels.ts'
import type { Told } from './change-log.ts'
import type { MembershipRecord, MessageRecord, NoNews, Page } from './records.ts'

/** An invitation into a channel. */
export interface RequestRecord {
  id: number
  channel: number
  /** Who is invited, and by whom: account numbers. */
  account: number
  by: number
  at: number
  answer: Answer
}

/** What belongs to a change that withdraws these requests in the same step. */
export interface ToldWithdrawing extends Told {
  readonly requests?: readonly number[] | undefined
}

/** A ban or a mute of an account. */
export interface RestraintRecord extends Restraint {
  readonly channel: number
  readonly account: number
}

/** A ban or a mute of all guests. */
export interface GuestRestraintRecord extends GuestRestraint {
  readonly channel: number
}

export interface AddressBanRecord {
  /** An address or a CIDR block in its shortest form: `192.0.2.0/24`. */
  cidr: string
  by: number
  at: number
  until: number | undefined
}

/** What one account has noted about another person. */
export interface LinkRecord {
  account: number
  other: number
}

/** Which messages the operator of the server wants to see. */
export interface MessageFilter extends Page {
  /** Only what was said in one of these. */
  channels?: readonly number[] | undefined
  from?: number | undefined
  /** ms since the epoch, inclusive. */
  since?: number | undefined
}

/**
 * The part of the store about roles, bans, invitations, contacts and blocks; the promises of Store hold here too.
 * A closed channel, a deleted account and a ban withdraw the requests they concern, in the same step.
 */
export interface GroupStore {
  /** Everything except requests whose answer was told. */
  loadGroups(): Promise<{
    requests: RequestRecord[]
    bans: RestraintRecord[]
    mutes: RestraintRecord[]
    guestRestraints: GuestRestraintRecord[]
    contacts: LinkRecord[]
    blocks: LinkRecord[]
    addressBans: AddressBanRecord[]
  }>

  /** Answers the number of the request, which is never used again. Rejects with NameTaken if one is pending. */
  addRequest(
    request: { channel: number; account: number; by: number; at: number },
    told?: Told<number>,
  ): Promise<number>
  /** Accepting makes the account a member in the same step. The request stays stored until `forgetRequests`. */
  answerRequest(id: number, answer: 'rejected' | MembershipRecord, told?: Told): Promise<void>
  /** Forgets requests whose answer was told, or that are withdrawn. */
  forgetRequests(ids: readonly number[], told?: Told): Promise<void>

  /** undefined makes a plain member. */
  setRole(channel: number, account: number, role: Role | undefined, told?: ToldWithdrawing): Promise<void>
  /** Hands on the role of admin; the former admin becomes a plain member. */
  transfer(channel: number, from: number, to: number, told?: ToldWithdrawing): Promise<void>
  /**
   * Also takes the account out of the channel, and withdraws its requests there and those for it. A later ban replaces an
   * earlier one, except for the time when that was set. The role of admin goes to `successor` in the same step.
   */
  addBan(ban: RestraintRecord, at: number, successor?: number, told?: Told): Promise<void>
  removeBan(channel: number, account: number, told?: Told): Promise<void>
  /** A later mute replaces an earlier one. */
  setMute(mute: RestraintRecord, told?: Told): Promise<void>
  removeMute(channel: number, account: number, told?: Told): Promise<void>
  /** A later one of a kind replaces an earlier one. */
  setGuestRestraint(restraint: GuestRestraintRecord, told?: Told): Promise<void>
  removeGuestRestraint(channel: number, kind: RestraintKind, told?: Told): Promise<void>

  setContact(link: LinkRecord, on: boolean): Promise<void>
  /** Whether the account is told when a contact comes or goes. */
  setWatch(account: number, on: boolean): Promise<void>
  /** A block also forgets the requests between the two. */
  setBlock(link: LinkRecord, on: boolean, told?: Told): Promise<void>

  setOperator(account: number, on: boolean, told?: Told): Promise<void>
  /** Sets a password that must be changed at the next login, because somebody else chose it. All tokens are forgotten too. */
  setInitialPassword(account: number, passwordHash: string): Promise<void>

  /** Adds an invitation code for sign-up (SHA-256, in hex); `createAccount` uses it up. Codes past their time are removed. */
  addInvite(invite: { hash: string; by: number; at: number; until: number }): Promise<void>
  /** How many codes of an account can still be used. */
  countInvites(by: number, now: number): Promise<number>
  /** Whether the code can be used now. */
  hasInvite(hash: string, now: number): Promise<boolean>

  banAddress(ban: AddressBanRecord): Promise<void>
  /** False if that address was not banned. */
  unbanAddress(cidr: string): Promise<boolean>

  /** The operators' notices. */
  notices(page: Page): Promise<MessageRecord[]>
  /** Messages in which the account is mentioned, in channels that it is in. */
  mentions(account: number, page: Page): Promise<MessageRecord[]>
  /** How many of the newest `page.limit` are not from anybody unwanted. */
  countMentions(account: number, page: Page, unwanted?: NoNews): Promise<number>
  /** Any messages, for the operator's command line. */
  messageList(filter: MessageFilter): Promise<MessageRecord[]>
}
