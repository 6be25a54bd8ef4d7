import type { Spared } from '../batch.ts'
import type { Status } from '../events.ts'
import type { Role } from '../people.ts'
import type { RequestRow } from './channels.ts'
import type { UnreadRow } from './talk.ts'

/** A channel that somebody is in, and what is unread there: see UnreadRow. */
export interface OverviewRoom extends Pick<UnreadRow, 'read' | 'count' | 'more' | 'mentions' | 'last'> {
  readonly channel: string
  readonly private: boolean
  readonly topic: string
  readonly members: number
  readonly role?: Role | undefined
  readonly quiet?: Spared | undefined
  readonly default?: boolean
  readonly muted?: boolean
}

/** Somebody with whom one exchanges direct messages. */
export interface OverviewPerson extends Pick<UnreadRow, 'read' | 'count' | 'more' | 'mentions' | 'last'> {
  readonly with: string
  readonly id?: number | undefined
  readonly status: Status
  readonly note?: string | undefined
  /** The account is deleted: the talk can be read by its number, and nothing can be said there. */
  readonly gone?: true
}

/** What somebody has here; of a guest and of a token only what they may have. */
export interface OverviewReply {
  readonly code: 'overview'
  readonly name: string
  readonly id?: number | undefined
  readonly operator?: boolean | undefined
  readonly email?: string | undefined
  /** ms since the epoch. */
  readonly since?: number | undefined
  readonly status: Status
  readonly note?: string | undefined
  readonly watch?: boolean | undefined
  /** The newest message of the server. */
  readonly lastId: number
  readonly target?: string | undefined
  /** With whom this connection is in a private talk. */
  readonly talk?: string | undefined
  readonly rooms: readonly OverviewRoom[]
  readonly people: readonly OverviewPerson[]
  readonly contacts: readonly { readonly name: string; readonly status: Status; readonly note?: string }[]
  readonly blocks: readonly string[]
  readonly requests: readonly RequestRow[]
  /** Who would like a private talk. */
  readonly chosen: readonly string[]
}
