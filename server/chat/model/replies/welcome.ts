import type { Count } from '../count.ts'
import type { Message } from '../events.ts'
import type { Grant } from '../grant.ts'
import type { IncidentReport } from '../incidents.ts'
import type { NewLogin } from '../login-addresses.ts'
import type { ProfileData } from './accounts.ts'
import type { RequestRow, Room } from './channels.ts'
import type { UnreadRow } from './talk.ts'

/** What came while an account was away, besides channels and direct messages. */
export interface News {
  readonly mentions: Count
  readonly notices: readonly Message[]
  /** Whether there are more new ones than these. */
  readonly moreNotices: boolean
  /** Invitations that wait for an answer. */
  readonly requests: readonly RequestRow[]
  /** How many more of them wait. */
  readonly moreRequests: number
  /** Answers to the account's own invitations. */
  readonly answers: readonly RequestRow[]
  /** Logins from new addresses, which the member has not been told of before. */
  readonly logins: readonly NewLogin[]
}

/** What a person reads after coming in. */
export type WelcomeReply =
  | {
      readonly code: 'welcome'
      readonly profile: ProfileData
      readonly recoveryCode?: string | undefined
      /** When the account was last connected; undefined at sign-up. */
      readonly lastSeen?: number | undefined
      readonly rooms: readonly Room[]
      readonly waiting: { readonly count: Count; readonly messages: readonly Message[] }
      /** For a program, the places with unread messages; for a terminal, those that this answer does not show. */
      readonly unread?: readonly UnreadRow[] | undefined
      readonly news: News
      /** What the connection may do, if it logged in by a token. */
      readonly grant?: Grant | undefined
      /** For an operator, if there is anything to tell. */
      readonly incidents?: IncidentReport | undefined
      readonly target?: string | undefined
      /** The connection was lost in this private talk, so words go nowhere. `back` is where they went before. */
      readonly talk?: { readonly with: string | undefined; readonly back?: string | undefined } | undefined
      /** /hold is on, as the account remembers. */
      readonly hold?: true | undefined
    }
  | {
      readonly code: 'welcome-guest'
      readonly name: string
      readonly rooms: readonly Room[]
      readonly target?: string | undefined
    }
