import type { Link } from '../wire/connection.ts'
import type { Message, RequestRow, Status } from '../wire/protocol.ts'
import type { Log } from './log.ts'

/** A channel's or a person's name in lower case: names are compared without case. */
export type Key = string

export function keyOf(name: string): Key {
  return name.toLowerCase()
}

export function isChannel(name: string): boolean {
  return name.startsWith('#')
}

export interface Me {
  readonly name: string
  /** Undefined for a guest. */
  readonly id?: number
  readonly email?: string
  readonly operator: boolean
  readonly guest: boolean
  readonly status: Status
  readonly note?: string
}

export interface Unread {
  /** What is above this number is unread. */
  readonly read: number
  readonly count: number
  readonly more: boolean
  readonly mentions: number
}

export interface PersonThere {
  readonly name: string
  readonly id?: number
  readonly role?: 'admin' | 'moderator'
  readonly operator?: boolean
}

/** A channel that one is in, or somebody with whom one talks. */
export interface Place {
  readonly key: Key
  readonly name: string
  readonly topic: string
  readonly isPrivate?: boolean
  /** The server puts everybody into it, and operators alone lead it. */
  readonly isDefault?: boolean
  /** How many are in the channel. */
  readonly size: number
  /** What oneself is there, where that was told. */
  readonly role?: 'admin' | 'moderator'
  /** Who is in it, once it was asked for; whether they are online is in `presence`. */
  readonly people?: ReadonlyMap<Key, PersonThere>
  readonly log: Log
  /** The newest number there, as far as was told. */
  readonly last?: number
  readonly unread: Unread
  /** Where the unread began when the place was opened: the line is drawn behind this number. */
  readonly newFrom?: number
  readonly quiet?: 'joins' | 'all'
  /** Why nothing can be said there any more. */
  readonly gone?: string
}

export interface Presence {
  readonly status: Status
  readonly note?: string
}

/** A private talk, by mutual choice: one has chosen, the other has, or both. */
export interface Talks {
  readonly asked?: string
  readonly askedBy: readonly string[]
  readonly paired?: string
}

export interface Upload {
  readonly number: number
  readonly place: Key
  readonly name: string
  readonly size: number
  readonly sent: number
  readonly state: 'asking' | 'running' | 'waiting' | 'done' | 'failed'
  readonly why?: string
}

/** Something said that the server has not confirmed. */
export interface Pending {
  readonly number: number
  readonly place: Key
  readonly text: string
  readonly kind: 'text' | 'action'
  readonly at: string
  readonly failed?: string
}

/** A word of the page's own that comes and goes by itself; or an operator's notice, which stays until one puts it away. */
export interface Toast {
  readonly number: number
  readonly text: string
  readonly kind: 'info' | 'failure' | 'notice'
}

/** What the server says of itself before anybody is anybody. */
export interface Hello {
  readonly server: { readonly name: string; readonly welcome: string; readonly version: string }
  readonly signup: 'open' | 'invite' | 'closed'
  readonly guests: boolean
  readonly online?: number
  /** Whose cookie this browser has. */
  readonly session?: string
  readonly limits: {
    readonly loginSeconds: number
    readonly passwordMinLength: number
    readonly files: boolean
    readonly editHours?: number
    readonly fileBytes: number
  }
  readonly channel?: string
}

/** A question of the server's, or of the page itself, that waits for an answer. */
export interface Question {
  readonly text: string
  readonly secret: boolean
  /** What is asked for, where `text` says why. */
  readonly label?: string
  /** What was wrong with the answer before. */
  readonly failed?: string
  /** It has to be typed twice. */
  readonly twice?: boolean
  /** Where yes is the only answer: what the button says. */
  readonly yes?: string
}

/** All that the page knows. It is never changed: what happens makes a new one. */
export interface State {
  readonly link: Link
  /** Why the server closed the connection, in its words. */
  readonly closing?: string
  /** Whether it is known who one is: until then nothing is shown but that it loads. */
  readonly known: boolean
  readonly server?: Hello
  readonly question?: Question
  readonly me?: Me
  /** It was made just now, and is shown this once. */
  readonly recoveryCode?: string
  readonly places: ReadonlyMap<Key, Place>
  /** What is called otherwise now: the addresses of before still lead there. */
  readonly renames: ReadonlyMap<Key, string>
  readonly shown?: Key
  readonly presence: ReadonlyMap<Key, Presence>
  readonly contacts: ReadonlySet<Key>
  readonly blocks: ReadonlySet<Key>
  readonly requests: readonly RequestRow[]
  readonly notices: readonly Message[]
  readonly unseenNotices: number
  readonly talks: Talks
  readonly typing: ReadonlyMap<Key, ReadonlyMap<string, number>>
  readonly pending: readonly Pending[]
  readonly uploads: readonly Upload[]
  readonly toasts: readonly Toast[]
  /** What the server said when one came in: new addresses, what went wrong (operators), answers to invitations. */
  readonly news: readonly string[]
}

export const nobody: State = {
  link: { state: 'connecting' },
  known: false,
  places: new Map(),
  renames: new Map(),
  presence: new Map(),
  contacts: new Set(),
  blocks: new Set(),
  requests: [],
  notices: [],
  unseenNotices: 0,
  talks: { askedBy: [] },
  typing: new Map(),
  pending: [],
  uploads: [],
  toasts: [],
  news: [],
}

export const noUnread: Unread = { read: 0, count: 0, more: false, mentions: 0 }
