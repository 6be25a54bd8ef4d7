import type { Cursor } from '../cursor.ts'
import type { Message, UnreadIn } from '../events.ts'
import type { Paged } from '../paging.ts'
import type { Span } from '../unread.ts'

/** A change of an earlier message: it was edited or deleted; or all up to a number may be forgotten for their age. */
export type CorrectionRow =
  | { readonly type: 'edited'; readonly message: Message }
  | { readonly type: 'deleted'; readonly id: number }
  | { readonly type: 'forgotten'; readonly upTo: number }

/** A place with unread messages; `last` is the number of the newest one. */
export type UnreadRow = UnreadIn & { readonly last: number }

/** Messages, new and earlier ones, and private talks. */
export type TalkReply =
  /**
   * A message was said. `waits`: the person is offline, and it waits for them. `to`: whom it was for, if the command did not
   * name them. `absent`: people who are named in it and do not read it.
   */
  | {
      readonly code: 'said'
      /** How many lines were pasted. */
      readonly lines?: number
      readonly to?: string
      readonly id: number
      readonly at: number
      readonly waits?: string | undefined
      readonly absent?: { readonly channel: string; readonly names: readonly string[] }
      readonly away?: { readonly name: string | undefined; readonly note: string }
    }
  | { readonly code: 'message-deleted'; readonly message: Message }
  | { readonly code: 'message-edited'; readonly message: Message; readonly was: string }
  | {
      readonly code: 'messages'
      readonly list: 'history' | 'search' | 'inbox' | 'notices' | 'mentions'
      /** The channel or person whose history it is. */
      readonly of?: string | undefined
      /** Who asks: own direct messages are shown as such. */
      readonly reader: string
      readonly messages: readonly Message[]
      /** Whether to show their numbers, too. */
      readonly numbers?: boolean
      /** These are the oldest unread ones, of which all are above this number (inbox only). */
      readonly unreadFrom?: number | undefined
      /** The range of numbers that was looked at. */
      readonly span?: Span
      /** Which part was asked for, if not the last one. With `after` these are the oldest of it. */
      readonly asked?: Cursor | undefined
      /** For a program, the changes of messages up to `after` since; some are no longer known unless it is `complete`. */
      readonly changes?: readonly CorrectionRow[]
      readonly complete?: boolean
      readonly more: boolean
      /**
       * How to ask for more: the last number that was looked at, shown or not. After the last page of `after`, how to ask for
       * later messages.
       */
      readonly next?: { readonly before: number } | { readonly after: number } | undefined
    }
  /** `of`: the place that was asked for, if one was named. */
  | {
      readonly code: 'unread'
      readonly unread: readonly UnreadRow[]
      readonly of?: string | undefined
      readonly paged?: Paged | undefined
    }
  /** Whether this connection hears who types. */
  | { readonly code: 'typing-heard'; readonly on: boolean }
  /** Others are told that the person types there. */
  | { readonly code: 'typing'; readonly of: string }
  /** The person has marked a place as read, or as unread `from` a message on. */
  | { readonly code: 'read'; readonly place: UnreadRow; readonly from?: number | undefined }
  | { readonly code: 'chat-list'; readonly names: readonly string[] }
  /** `target`: where plain text goes until the talk begins. */
  | { readonly code: 'chat-waiting'; readonly with: string; readonly target?: string | undefined }
  | { readonly code: 'paired'; readonly with: string }
  /** The end of a talk, or of waiting for one. */
  | {
      readonly code: 'unpaired'
      readonly with: string
      readonly begun: boolean
      readonly target?: string | undefined
    }
