import type { Status } from '../events.ts'
import type { Paged } from '../paging.ts'
import type { Role } from '../people.ts'
import type { ProfileData } from './accounts.ts'

/** A person in a list. Guests have no number; `role` is missing outside a channel. */
export interface PersonRow {
  readonly name: string
  readonly id?: number | undefined
  readonly status: Status
  readonly note?: string | undefined
  readonly role?: Role | undefined
  /** An operator of this server. */
  readonly operator?: true | undefined
}

/** People: who is online, profiles, contacts and blocks. */
export type PeopleReply =
  | {
      readonly code: 'profile'
      readonly profile: ProfileData
      readonly status: Status
      readonly note?: string | undefined
      /** Names; only in the person's own profile. */
      readonly contacts?: readonly string[] | undefined
    }
  | { readonly code: 'away'; readonly note: string }
  | { readonly code: 'back' }
  | { readonly code: 'who'; readonly members: readonly PersonRow[]; readonly paged?: Paged | undefined }
  | {
      readonly code: 'whois'
      readonly person: PersonRow
      readonly operator: boolean
      readonly since?: number | undefined
      readonly lastSeen?: number | undefined
      readonly channels: readonly string[]
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'contact'; readonly name: string; readonly on: boolean }
  | {
      readonly code: 'contacts'
      readonly contacts: readonly { readonly name: string; readonly status: Status; readonly note?: string }[]
      readonly watch: boolean
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'block'; readonly name: string; readonly on: boolean }
  | { readonly code: 'blocks'; readonly names: readonly string[]; readonly paged?: Paged | undefined }
