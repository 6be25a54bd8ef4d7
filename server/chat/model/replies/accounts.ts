import type { Count } from '../count.ts'
import type { Scope } from '../grant.ts'
import type { LoginAddressRecord } from '../login-addresses.ts'
import type { Paged } from '../paging.ts'
import type { ConnectionFacts, Role } from '../people.ts'

export interface ProfileData {
  readonly name: string
  readonly id: number
  readonly email?: string | undefined
  readonly since: number
  readonly operator: boolean
}

/** What a new password has ended, or left: how many other connections, and which tokens. */
export interface Ended {
  readonly connections: number
  readonly tokens: readonly string[]
}

/** A login token, without the secret. */
export interface TokenRow {
  readonly name: string
  readonly scope: Scope
  readonly channels: readonly string[] | undefined
  readonly since: number
  /** When it was last used (ms since the epoch), and from which address; undefined if never. */
  readonly lastUsed: number | undefined
  readonly address: string | undefined
}

/** A browser that stays logged in, listed with the tokens. */
export interface BrowserRow extends Omit<TokenRow, 'scope'> {
  readonly scope: 'browser'
  /** What it is: "Firefox on Linux". */
  readonly agent: string | undefined
  /** It is the one that asks. */
  readonly here?: true
}

/** A connection that speaks for the person. */
export interface ConnectionRow extends ConnectionFacts {
  readonly address: string | undefined
  /** The token by which it has logged in. */
  readonly token?: string
  /** The browser that stays logged in, by its name in the list of tokens, and what it is. */
  readonly browser?: string
  readonly agent?: string
  /** It is the one that asks. */
  readonly here?: true
}

/** The person's own account: names, passwords, tokens, data. */
export type AccountReply =
  | { readonly code: 'renamed'; readonly name: string }
  /** The name of somebody else, or of a channel. */
  | { readonly code: 'name-changed'; readonly from: string; readonly name: string }
  | { readonly code: 'logged-out'; readonly name: string }
  /** `tokens` are still valid. */
  | (Ended & { readonly code: 'password-changed' })
  | (Ended & { readonly code: 'recovered'; readonly name: string; readonly recoveryCode: string })
  | { readonly code: 'email'; readonly email?: string | undefined }
  | { readonly code: 'account-deleted'; readonly name: string }
  | {
      readonly code: 'token-made'
      readonly name: string
      readonly account: string
      readonly token: string
      readonly scope: Scope
      readonly channels: readonly string[] | undefined
    }
  | {
      readonly code: 'tokens'
      readonly tokens: readonly (TokenRow | BrowserRow)[]
      readonly paged?: Paged | undefined
    }
  /** The browser gets its cookie for the ticket, until then (ms since the epoch). */
  | { readonly code: 'session-ticket'; readonly ticket: string; readonly until: number }
  | { readonly code: 'token-removed'; readonly name: string }
  /** `now` in ms since the epoch. */
  | {
      readonly code: 'connections'
      readonly connections: readonly ConnectionRow[]
      readonly now: number
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'connections-ended'; readonly connections: number; readonly tokens: readonly string[] }
  | {
      readonly code: 'mydata'
      readonly profile: ProfileData
      readonly channels: readonly {
        readonly name: string
        readonly since: number
        readonly role?: Role | undefined
      }[]
      readonly tokens: readonly (TokenRow | BrowserRow)[]
      readonly addresses: readonly LoginAddressRecord[]
      readonly messages: Count
    }
  | { readonly code: 'invite-code'; readonly invite: string; readonly until: number }
