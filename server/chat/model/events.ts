export type Status = 'online' | 'away' | 'offline'

export type MessageKind = 'text' | 'action' | 'notice'

/** Something said, with names as people see them. `at` is in ms since the epoch. */
export interface Message {
  readonly id: number
  readonly at: number
  readonly kind: MessageKind
  readonly text: string
  /** When its author last said it differently. */
  readonly edited?: number
  /** A login token has said it, and no person. */
  readonly bot?: true
  readonly from: string
  /** Where it was said: a channel's name, or the person it was for; a notice has neither. */
  readonly channel?: string
  readonly to?: string
}

/** A whole file. Times are in ms since the epoch, 0 for one that is kept for ever; `get` is the token. */
export interface FileData {
  readonly id: number
  readonly name: string
  /** In bytes. */
  readonly size: number
  readonly sha256: string
  readonly from: string
  readonly channel?: string
  readonly to?: string
  readonly get: string
  readonly at: number
  readonly expires: number
}

/** What is unread in a channel, or of what a person says directly: what is above the number `read`. */
export interface UnreadIn {
  readonly channel?: string
  readonly with?: string
  readonly read: number
  readonly count: number
  /** It was counted no further. */
  readonly more: boolean
  /** How many of them name the reader as `@name`. */
  readonly mentions: number
}

/**
 * What somebody reads besides who is in a channel no more: `target` is where their plain text goes, and where that is
 * nowhere now, `back` a channel to go on in.
 */
interface Gone {
  readonly you?: true
  readonly target?: string
  readonly back?: string
}

/** What happened, in plain values only, so that an event can cross a process border. `you`: to whom it happened. */
export type ChatEvent =
  /** `own`: a direct message, as the sender's other connections see it. */
  | { readonly type: 'message'; readonly message: Message; readonly own?: true }
  /** A file is there; `own` as with messages. */
  | { readonly type: 'file'; readonly file: FileData; readonly own?: true }
  /** To the sender: how an upload goes on, or that it broke off. Sizes in bytes, `left` in seconds. */
  | {
      readonly type: 'upload'
      readonly id: number
      readonly name: string
      readonly state: 'running' | 'broken'
      readonly received: number
      readonly size?: number | undefined
      readonly rate?: number | undefined
      readonly left?: number | undefined
      /** The ticket's, to go on with. */
      readonly token?: string | undefined
    }
  | { readonly type: 'joined'; readonly channel: string; readonly user: string; readonly you?: true }
  | ({
      readonly type: 'left'
      readonly channel: string
      readonly user: string
      readonly reason?: string
    } & Gone)
  | { readonly type: 'presence'; readonly user: string; readonly status: Status; readonly note?: string }
  /** `you`: whose account an operator has given another name. */
  | { readonly type: 'renamed'; readonly user: string; readonly name: string; readonly you?: true }
  /** A channel is called `name` now, or is private or public now. */
  | {
      readonly type: 'channel'
      readonly channel: string
      readonly name?: string
      readonly private?: boolean
      readonly by: string
    }
  | { readonly type: 'topic'; readonly channel: string; readonly topic: string; readonly by: string }
  | {
      readonly type: 'admin'
      readonly channel: string
      readonly user: string
      readonly by?: string
      readonly you?: true
    }
  /** Somebody is made a moderator, or a plain member again. */
  | {
      readonly type: 'role'
      readonly channel: string
      readonly user: string
      readonly role?: 'moderator'
      readonly by: string
      readonly you?: true
    }
  | ({
      readonly type: 'removed'
      readonly channel: string
      readonly user: string
      readonly by: string
      readonly reason?: string
      readonly banned?: true
      readonly at?: number
      readonly until?: number
    } & Gone)
  /** `until` and `at`, when it was set, are in ms since the epoch; without them there is no end. `user`: `guests` is all of them. */
  | {
      readonly type: 'muted'
      readonly channel: string
      readonly user: string
      readonly by: string
      readonly at?: number
      readonly until?: number
      readonly reason?: string
      readonly you?: true
    }
  /** Who has become an operator of this server, or is one no more; without `by` on the server's own command line. */
  | { readonly type: 'operator'; readonly on: boolean; readonly by?: string }
  /** To whom somebody names as `@name` in the message of that number, behind it. */
  | { readonly type: 'mention'; readonly id: number; readonly channel: string; readonly by: string }
  /** Something was said differently, or is gone; `at` and `from` are the message's, ms since the epoch. */
  | { readonly type: 'edited'; readonly message: Message }
  | {
      readonly type: 'deleted'
      readonly id: number
      readonly at: number
      readonly from: string
      readonly by: string
      readonly channel?: string
      readonly to?: string
    }
  /** Without `by` its time is over. */
  | {
      readonly type: 'unmuted'
      readonly channel: string
      readonly user: string
      readonly by?: string
      readonly you?: true
    }
  /** To the invited, to whoever invited them, and to the invited if nothing comes of it. */
  | { readonly type: 'invited'; readonly channel: string; readonly by: string; readonly request: number }
  | {
      readonly type: 'answered'
      readonly channel: string
      readonly user: string
      readonly answer: 'accepted' | 'rejected'
    }
  | { readonly type: 'withdrawn'; readonly channel: string; readonly request: number }
  /** Somebody would like a private talk, or no longer. */
  | { readonly type: 'chosen'; readonly by: string }
  | { readonly type: 'unchosen'; readonly by: string }
  | { readonly type: 'paired'; readonly with: string }
  /** The other side has ended it. Plain text goes nowhere from now on; before the talk it went to `back`. */
  | { readonly type: 'unpaired'; readonly with: string; readonly reason?: string; readonly back?: string }
  /**
   * To one's other connections: up to where one has read in a channel, or of what a person says directly, and what is unread
   * there; or, at a terminal, everywhere: all that came after a number.
   */
  | (UnreadIn & { readonly type: 'read' })
  | { readonly type: 'read'; readonly after: number; readonly read: number }
  /** To one's connections from elsewhere: one's account has logged in from a new address; `at` in ms since the epoch. */
  | { readonly type: 'login'; readonly address: string; readonly at: number }
  /** To operators: the clock is so far ahead of where it should be that nothing is removed for its age, or is believed again. */
  | { readonly type: 'clock'; readonly jumped: boolean; readonly aheadSeconds: number }
  /** To operators: the disk has less room than `limit`, or again more; in bytes. */
  | { readonly type: 'disk'; readonly low: boolean; readonly free: number; readonly limit: number }
  | { readonly type: 'closing'; readonly reason: string }
