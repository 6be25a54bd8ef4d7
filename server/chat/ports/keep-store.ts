import type { Told } from './change-log.ts'
import type { DeletionMode, MessageRecord } from './records.ts'

/** What is remembered of the clock, from one start to the next; ms since the epoch, and ms. */
export interface ClockSeen {
  /** The last time that nothing was wrong with. */
  readonly at: number
  /** How long a server has run with a clock that is far ahead of that. */
  readonly heldMs: number
  /** How long it has run, over some starts, without believing the clock for the first time. */
  readonly waitedMs: number
}

/** What is to be forgotten for its age. */
export interface Outdated {
  /** Undefined for what was said in no channel: directly, and notices. */
  channel: number | undefined
  /** Said before this time, in ms since the epoch. */
  before: number
  /** A direct message that its receiver was not shown yet stays, unless it was said even before this time. */
  unreadBefore: number
}

/**
 * The part of the store that forgets; the promises of Store hold here too. What is long is walked through in
 * stretches: each answers the number behind which the next begins, undefined at the end.
 */
export interface KeepStore {
  /** Every channel there ever was, also those that are closed. */
  channelNames(): Promise<{ id: number; name: string }[]>
  /** Numbers of messages that are outdated, oldest first, above `after`; what is young stands in nobody's way. */
  outdated(what: Outdated, after: number): Promise<{ ids: number[]; next: number | undefined }>
  /** What an account said and what was said to it directly, oldest first, above `after`. */
  messagesAbout(
    account: number,
    after: number,
  ): Promise<{ messages: MessageRecord[]; next: number | undefined }>
  /**
   * Removes messages for good, with their words in the index and what they mention. Where nothing is told of it, each is in
   * the log all the same.
   */
  removeMessages(ids: readonly number[], told?: Told): Promise<void>
  /** Notes that an account ends, whether it ever said anything, and what becomes of that; `deleteAccount` takes the note away. */
  setEnding(account: number, fate: DeletionMode): Promise<void>
  /** Accounts whose end was begun and did not come to its own. */
  endings(): Promise<{ account: number; fate: DeletionMode }[]>
  /** What of `scrub` is still to be done, since whatever was removed: nothing, without `rewrite`, or with it. */
  scrubNeed(): Promise<'none' | 'traces' | 'all'>
  /**
   * Cleans away what removed data has left behind in files; with `rewrite` in all of them, and everything else waits
   * meanwhile. False if somebody is reading what is gone: then it stays in the write-ahead log until a later time.
   */
  scrub(rewrite: boolean): Promise<boolean>
  /** What was remembered of the clock; undefined if nothing was yet. */
  clockSeen(): Promise<ClockSeen | undefined>
  setClockSeen(seen: ClockSeen): Promise<void>
}
