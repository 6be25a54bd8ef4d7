import type { Status } from '../events.ts'
import type { Paged } from '../paging.ts'
import type { ServerStats } from '../stats.ts'
import type { Ended } from './accounts.ts'

/** An account, for an operator. */
export interface UserRow {
  readonly name: string
  readonly id: number
  readonly status: Status
  readonly operator: boolean
  readonly since: number
  /** In ms since the epoch; missing if it was never here. */
  readonly lastSeen?: number | undefined
  readonly email?: string
}

/** Wrong passwords of a name or an address, for an operator. */
export interface LoginFailures {
  /** A name as it was typed, known here or not, or an address. */
  readonly of: string
  readonly failures: number
  /** ms since the epoch. */
  readonly until: number
}

/** For operators: accounts of others, addresses, the server. */
export type OperatorReply =
  | { readonly code: 'registered'; readonly name: string; readonly id: number; readonly recoveryCode: string }
  | { readonly code: 'users'; readonly users: readonly UserRow[]; readonly paged?: Paged | undefined }
  | { readonly code: 'user-deleted'; readonly name: string }
  | (Ended & { readonly code: 'password-set'; readonly name: string })
  | { readonly code: 'operator'; readonly name: string; readonly on: boolean; readonly changed: boolean }
  | { readonly code: 'killed'; readonly name: string; readonly connections: number }
  | { readonly code: 'address-banned'; readonly cidr: string; readonly until?: number | undefined }
  | { readonly code: 'address-unbanned'; readonly cidr: string }
  | {
      readonly code: 'address-bans'
      readonly bans: readonly { readonly cidr: string; readonly until?: number | undefined }[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'reloaded'
      readonly changed: readonly string[]
      readonly kept: readonly string[]
      /** Whether there are certificates, which were read again. */
      readonly certificates: boolean
    }
  | { readonly code: 'stats'; readonly stats: ServerStats }
  | { readonly code: 'logins'; readonly logins: readonly LoginFailures[]; readonly now: number }
  | { readonly code: 'login-cleared'; readonly of: string }
