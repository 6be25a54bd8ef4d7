import type { Paged } from '../paging.ts'

/** Who is banned or muted, until when (ms since the epoch), and why; `guests` means all guests. */
export interface RestraintRow {
  readonly name: string
  readonly until?: number | undefined
  readonly why?: string | undefined
}

export type ModerationAction =
  | 'removed'
  | 'banned'
  | 'unbanned'
  | 'muted'
  | 'unmuted'
  | 'promoted'
  | 'demoted'
  | 'transferred'

/** Bans, mutes and ranks in a channel. */
export type ModerationReply =
  | {
      readonly code: 'moderated'
      readonly action: ModerationAction
      readonly channel: string
      readonly name: string
      /** When a ban or mute ends, undefined if never; `now` is when it was set; both in ms since the epoch. */
      readonly until?: number | undefined
      readonly now?: number | undefined
      readonly why?: string | undefined
      /** It concerns all guests of one address, or all guests. */
      readonly guests?: 'address' | 'all' | undefined
      /** The former admin, if somebody else transferred the channel; null if there was none. Undefined if the admin did it. */
      readonly former?: string | null | undefined
    }
  | {
      readonly code: 'mutes'
      readonly channel: string
      readonly mutes: readonly RestraintRow[]
      readonly paged?: Paged | undefined
    }
  | {
      readonly code: 'bans'
      readonly channel: string
      readonly bans: readonly RestraintRow[]
      readonly paged?: Paged | undefined
    }
