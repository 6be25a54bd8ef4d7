import type { Unread } from '../model/unread.ts'
import type { Page, Unwanted } from './records.ts'

/** Where something is read, by number: a channel, or what a person says to the account directly; 0 is all guests. */
export interface PlaceId {
  readonly kind: 'channel' | 'person'
  readonly id: number
}

/** What of a place is unread. */
export interface PlaceRead extends PlaceId {
  readonly unread: Unread
}

/** Up to where an account has read; `upTo` where no place says otherwise, undefined where that is `seen`. */
export interface AccountRead {
  readonly upTo: number | undefined
  readonly places: readonly PlaceRead[]
}

/** What is to be stored of it: `places` that changed, and those that differ no more. */
export interface ReadChange extends AccountRead {
  readonly account: number
  readonly same: readonly PlaceId[]
}

/** A message, as far as it is counted. */
export interface Counted {
  readonly id: number
  readonly from: number | undefined
  readonly fromGuest: string | undefined
}

/** The part of the store that knows what is unread; the promises of Store hold here too. */
export interface ReadStore {
  readOf(account: number): Promise<AccountRead>
  /** Nothing is kept of who is deleted, and of channels in which the account is no member. */
  saveRead(changes: readonly ReadChange[]): Promise<void>
  /**
   * How many of the newest page.limit in a channel are not from anybody unwanted, and were said at or after `since` (ms
   * since the epoch).
   */
  countUnread(channel: number, page: Page, but: Unwanted & { since: number }): Promise<UnreadCount>
  /** What was said to an account directly, newest first. */
  received(account: number, page: Page): Promise<Counted[]>
  /** What one account has said to it directly, or 0 for all guests, newest first. */
  receivedFrom(account: number, from: number, page: Page): Promise<Counted[]>
  /** Who has ever said something directly to an account that is still there, guests left out, and the last of each. */
  writersTo(account: number): Promise<Writer[]>
  /** What mentions an account in channels that it is in, newest first. */
  mentioning(account: number, page: Page): Promise<(Counted & { readonly channel: number })[]>
}

export interface Writer {
  readonly from: number
  /** The number of the newest message. */
  readonly last: number
}

export interface UnreadCount {
  readonly count: number
  /** Where there may be more: the last number that was looked at. */
  readonly next?: number | undefined
}
