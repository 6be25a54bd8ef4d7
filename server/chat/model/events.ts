export type Status = 'online' | 'away' | 'offline'

export type MessageKind = 'text' | 'action' | 'notice'

/** A message, with names as people see them. `at` is in ms since the epoch. */
export interface Message {
  readonly id: number
  readonly at: number
  readonly kind: MessageKind
  readonly text: string
  /** When its author last edited it, in ms since the epoch. */
  readonly edited?: number
  /** A script with a login token said it. */
  readonly bot?: true
  readonly from: string
  /** The file that it announces, as long as that is there. */
  readonly file?: MessageFile
  /** Its place: a channel's name, or the person it was for; a notice has neither. */
  readonly channel?: string
  readonly to?: string
}

/** A file as the message shows it that announces it; see FileData. */
export type MessageFile = Pick<FileData, 'id' | 'name' | 'size' | 'sha256' | 'get' | 'expires'>

/** A file that has arrived. Times are in ms since the epoch; `expires` is 0 if it is kept for ever. `get` is the token to fetch it. */
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
  /** The number of the message that announces it, in an event. */
  readonly message?: number
}

/** The unread messages of a channel, or from one person: those above the number `read`. */
export interface UnreadIn {
  readonly channel?: string
  readonly with?: string
  readonly read: number
  readonly count: number
  /** There are more than were counted. */
  readonly more: boolean
  /** How many of them name the reader as `@name`. */
  readonly mentions: number
}

/**
 * For the person who is no longer in a channel: `target` is where their plain text goes now. If it goes nowhere, `back` is a
 * channel to go on in.
 */
interface Gone {
  readonly you?: true
  readonly target?: string
  readonly back?: string
}

/** Something that happened, in plain values only, so that an event can go to another process. `you`: it happened to the reader. */
export type ChatEvent =
  /** `own`: a direct message, for the sender's other connections. */
  | { readonly type: 'message'; readonly message: Message; readonly own?: true }
  /** A file has arrived; `own` as with messages. */
  | { readonly type: 'file'; readonly file: FileData; readonly own?: true }
  /** To the sender: the progress of an upload, or that it broke off. Sizes in bytes, `left` in seconds. */
  | {
      readonly type: 'upload'
      readonly id: number
      readonly name: string
      readonly state: 'running' | 'broken'
      readonly received: number
      readonly size?: number | undefined
      readonly rate?: number | undefined
      readonly left?: number | undefined
      /** Why nothing of it was kept: the bytes did not have the checksum that the uploader has stated. */
      readonly reason?: 'wrong-checksum' | undefined
      /** The token of the ticket, to continue with. */
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
  /** `you`: an operator has renamed the reader's account. */
  | { readonly type: 'renamed'; readonly user: string; readonly name: string; readonly you?: true }
  /** A channel has the new `name`, or is private or public now. */
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
  /** Somebody became a moderator, or a plain member again. */
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
  /** It was set `at` and ends at `until`, both in ms since the epoch; without `until` it has no end. The `user` `guests` means all guests. */
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
  /** Somebody became an operator of this server, or is none any more; without `by` it was done on the server's command line. */
  | { readonly type: 'operator'; readonly on: boolean; readonly by?: string }
  /** To a person whom the message of this number names as `@name`; it follows the message. */
  | { readonly type: 'mention'; readonly id: number; readonly channel: string; readonly by: string }
  /** A message was edited or deleted; `at` (ms since the epoch) and `from` are those of the message. */
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
  /** Without `by` its time ran out. */
  | {
      readonly type: 'unmuted'
      readonly channel: string
      readonly user: string
      readonly by?: string
      readonly you?: true
    }
  /** To the invited person; to the one who invited them; to the invited person, if the invitation was withdrawn. */
  | { readonly type: 'invited'; readonly channel: string; readonly by: string; readonly request: number }
  | {
      readonly type: 'answered'
      readonly channel: string
      readonly user: string
      readonly answer: 'accepted' | 'rejected'
    }
  | { readonly type: 'withdrawn'; readonly channel: string; readonly request: number }
  /** Somebody types there, or (`stop`) does so no more; to those who have asked for it. */
  | {
      readonly type: 'typing'
      readonly user: string
      readonly channel?: string
      readonly to?: string
      readonly stop?: true
    }
  /** Somebody asks for a private talk, or no longer does. */
  | { readonly type: 'chosen'; readonly by: string }
  | { readonly type: 'unchosen'; readonly by: string }
  | { readonly type: 'paired'; readonly with: string }
  /** The other one has ended the private talk. Plain text goes nowhere from now on; before the talk it went to `back`. */
  | { readonly type: 'unpaired'; readonly with: string; readonly reason?: string; readonly back?: string }
  /**
   * To the person's other connections: up to which message they have read a channel or one person's direct messages, and how
   * much is unread there. Or, after a sign of life at a terminal, up to which message they have read everything.
   */
  | (UnreadIn & { readonly type: 'read' })
  | { readonly type: 'read'; readonly after: number; readonly read: number }
  /** To the connections from other addresses: the account has logged in from a new address; `at` in ms since the epoch. */
  | { readonly type: 'login'; readonly address: string; readonly at: number }
  /** To operators: the clock is so far ahead that nothing is removed for its age; or it is right again. */
  | { readonly type: 'clock'; readonly jumped: boolean; readonly aheadSeconds: number }
  /** To operators: the free space on the disk is below `limit`, or above it again; in bytes. */
  | { readonly type: 'disk'; readonly low: boolean; readonly free: number; readonly limit: number }
  | { readonly type: 'closing'; readonly reason: string }
