import type { Span, Unread } from '../model/unread.ts'
import type { Page, Unwanted } from './records.ts'

/** A place where an account reads, by number: a channel, or the direct messages of one account; 0 is all guests. */
export interface PlaceId {
  readonly kind: 'channel' | 'person'
  readonly id: number
}

/** A place, and what is unread there. */
export interface PlaceRead extends PlaceId {
  readonly unread: Unread
}

/** Up to where an account has read: `upTo` everywhere except in `places`; undefined means the same number as `seen`. */
export interface AccountRead {
  readonly upTo: number | undefined
  readonly places: readonly PlaceRead[]
}

/** A change to store: `places` that changed, and the `same` places, which no longer differ from `upTo`. */
export interface ReadChange extends AccountRead {
  readonly account: number
  readonly same: readonly PlaceId[]
}

/** What counting needs of a message. */
export interface Counted {
  readonly id: number
  readonly from: number | undefined
  readonly fromGuest: string | undefined
}

/** The part of the store that knows what is unread; the promises of Store hold here too. */
export interface ReadStore {
  readOf(account: number): Promise<AccountRead>
  /** Keeps nothing for deleted accounts, and nothing of channels in which the account is no member. */
  saveRead(changes: readonly ReadChange[]): Promise<void>
  /**
   * For each walk: how many of the newest `limit` messages in it are not from anybody unwanted, and were said at or after its
   * `since`. All walks are one question to the store.
   */
  countUnread(walks: readonly UnreadWalk[], limit: number, but: Unwanted): Promise<UnreadCount[]>
  /** Direct messages to an account, newest first. */
  received(account: number, page: Page): Promise<Counted[]>
  /** Direct messages to it from one account, or from all guests (0), newest first. */
  receivedFrom(account: number, from: number, page: Page): Promise<Counted[]>
  /** The accounts that ever wrote directly to this one, without guests, each with its last message that still exists. */
  writersTo(account: number): Promise<Writer[]>
  /**
   * How many of the newest page.limit messages that mention an account lie in each of these spans of channels, and are not from
   * anybody unwanted. A channel without any has no entry.
   */
  countMentioning(account: number, page: Page, of: MentioningIn): Promise<MentioningCounts>
}

/** Where mentions are counted: spans of each channel, by its number. No span of a channel overlaps another one. */
export interface MentioningIn extends Unwanted {
  readonly channels: ReadonlyMap<number, readonly Span[]>
}

export interface MentioningCounts {
  /** One number for each span. */
  readonly channels: ReadonlyMap<number, readonly number[]>
  /** Where there may be more: the last number that was looked at. */
  readonly next?: number | undefined
}

export interface Writer {
  readonly from: number
  /** The number of the newest message. */
  readonly last: number
}

/** Numbers of messages in a channel: those above `after` and below `before`. */
export interface UnreadWalk {
  readonly channel: number
  readonly after: number
  readonly before: number
  /** In ms since the epoch. */
  readonly since: number
}

export interface UnreadCount {
  readonly count: number
  /** If there may be more: the last number that was looked at. */
  readonly next?: number | undefined
}
