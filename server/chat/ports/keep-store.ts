import type { Told } from './change-log.ts'
import type { DeletionMode, MessageRecord } from './records.ts'

/** What is remembered of the clock, from one start to the next; ms since the epoch, and ms. */
export interface ClockSeen {
  /** The last time that was plausible. */
  readonly at: number
  /** How long the server has run with a clock far ahead of that time. */
  readonly heldMs: number
  /** How long it has run, over several starts, before it trusts the clock for the first time. */
  readonly waitedMs: number
}

/** Which messages are to be forgotten for their age. */
export interface Outdated {
  /** Undefined for messages in no channel: direct ones, and notices. */
  channel: number | undefined
  /** Said before this time, in ms since the epoch. */
  before: number
  /** An unread direct message stays, unless it was said even before this time. */
  unreadBefore: number
}

/**
 * The part of the store that forgets; the promises of Store hold here too. Long lists are read in stretches: each answers the
 * number behind which the next one begins, undefined at the end.
 */
export interface KeepStore {
  /** Every channel that ever was, also closed ones. */
  channelNames(): Promise<{ id: number; name: string }[]>
  /** Numbers of outdated messages above `after`, oldest first. A younger message before them does not end the walk. */
  outdated(what: Outdated, after: number): Promise<{ ids: number[]; next: number | undefined }>
  /** The messages of an account and the direct messages to it, above `after`, oldest first. */
  messagesAbout(
    account: number,
    after: number,
  ): Promise<{ messages: MessageRecord[]; next: number | undefined }>
  /**
   * Removes messages for good, with their words in the index and their mentions, and `files` in the same step. If nothing is
   * `told`, each of them gets an entry in the log all the same.
   */
  removeMessages(
    ids: readonly number[],
    told?: Told & { readonly files?: readonly number[] | undefined },
  ): Promise<void>
  /** Notes that an account ends, whether it ever said anything, and what happens to its messages. `deleteAccount` removes the note. */
  setEnding(account: number, fate: DeletionMode): Promise<void>
  /** Accounts whose deletion was begun and not finished. */
  endings(): Promise<{ account: number; fate: DeletionMode }[]>
  /** Which `scrub` is still to be done after something was removed: none, one without `rewrite`, or one with it. */
  scrubNeed(): Promise<'none' | 'traces' | 'all'>
  /**
   * Removes the traces of removed data from the files; with `rewrite` from all of them, while everything else waits. False if
   * somebody still reads the removed data: then the traces stay in the write-ahead log until a later time.
   */
  scrub(rewrite: boolean): Promise<boolean>
  /** What was remembered of the clock; undefined if nothing was yet. */
  clockSeen(): Promise<ClockSeen | undefined>
  setClockSeen(seen: ClockSeen): Promise<void>
}
