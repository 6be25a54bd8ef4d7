import type { MessageRecord } from './records.ts'

/**
 * What is told of changes, but for messages: those are their own entries in the series of numbers. That people come and go
 * has none: whoever comes back sees anew who is there.
 */
export type ChangeKind =
  | 'edited'
  | 'deleted'
  | 'forgotten'
  | 'removed'
  | 'role'
  | 'topic'
  | 'channel'
  | 'renamed'
  | 'muted'
  | 'unmuted'
  | 'banned'
  | 'unbanned'
  | 'invited'
  | 'answered'
  | 'withdrawn'
  | 'operator'

/**
 * What the log says of a change: the numbers of those whom it is about, and no words. What is so now stands where it is
 * stored, and whoever may not read that learns nothing by the log either.
 */
export interface LogEntry {
  readonly kind: ChangeKind
  readonly channel?: number | undefined
  /** The account that it happened to; of an edit and a deletion, who said the message. */
  readonly account?: number | undefined
  /** The account that did it; of an edit and a deletion of what was said to one person, that person, if they could read it. */
  readonly other?: number | undefined
  /** Of what is `forgotten` the last: messages of the channel, or of none, up to it may be gone. */
  readonly message?: number | undefined
}

/** A change in the log. */
export interface LoggedChange extends LogEntry {
  readonly number: number
}

/** One of the series. */
export type Change =
  | LoggedChange
  | { readonly kind: 'message'; readonly number: number; readonly said: MessageRecord }

/** What changed behind a number, in the order of the numbers. */
export interface Changes {
  readonly changes: readonly Change[]
  /** False if there may have been more: the log does not reach back so far, or the number is of no series of this store. */
  readonly complete: boolean
}

/** Where something was said: a channel, or between two accounts, who asks and with whom; by number. */
export type PlaceOfTalk = { readonly channel: number } | { readonly between: readonly [number, number] }

/** Which edits, deletions and messages that were forgotten somebody asks for. */
export interface CorrectionsPage {
  /** Only changes above this number, and of messages up to it. */
  readonly after: number
  readonly upTo: number
  readonly place: PlaceOfTalk
  readonly limit: number
}

/** The first of them, by number. */
export interface Corrections {
  readonly changes: readonly LoggedChange[]
  /** What was edited, as it is now, as far as it still is there; by number. */
  readonly edited: readonly MessageRecord[]
  /** Up to which number there is no other than these, unless there are as many as were asked for. */
  readonly upTo: number
  /**
   * False if there may have been more: see `Changes`; or if the channel, or the account with whom, got its name behind the
   * number: another one may have had it then.
   */
  readonly complete: boolean
}

/** What belongs to a change that is told. */
export interface Told<T = void> {
  /** Its entries in the log, in the order in which it is told; each takes the next number of the series. */
  readonly log: readonly LogEntry[]
  /**
   * Applies what is stored to the registries, and tells it. This is done in the order of the numbers, whoever awaits the
   * change, so nothing in it may be awaited.
   */
  readonly tell: (stored: T) => void
  /**
   * Whether it is still allowed when its turn has come: everything before it that takes rights away is told by then. What it
   * throws the change rejects with, and nothing is stored.
   */
  readonly check?: (() => void) | undefined
}
