import type { FileData } from '../events.ts'
import type { Paged } from '../paging.ts'

/** A ticket of the person: the upload waits to begin, runs, or has broken off and can continue. */
export interface UploadRow {
  readonly id: number
  readonly name: string
  readonly channel?: string
  readonly to?: string
  readonly state: 'waiting' | 'running' | 'broken'
  /** `received` and `size` in bytes, `rate` in bytes a second, `left` in seconds. */
  readonly received: number
  readonly size: number | undefined
  readonly rate: number | undefined
  readonly left: number | undefined
  readonly token: string
  readonly expires: number
}

/** Files, and the tokens that send and get them. */
export type FileReply =
  /** `to` is a channel's name or a person's. */
  | {
      readonly code: 'file-ticket'
      readonly id: number
      readonly name: string
      readonly to: string
      readonly token: string
      /** ms since the epoch. */
      readonly expires: number
      readonly now: number
    }
  | {
      readonly code: 'file-token'
      readonly file: FileData
      readonly token: string
      readonly expires: number
      readonly now: number
    }
  | { readonly code: 'file-inline'; readonly file: FileData; readonly base64: string }
  | { readonly code: 'file-stored'; readonly file: FileData }
  | {
      readonly code: 'files'
      readonly files: readonly FileData[]
      readonly uploads: readonly UploadRow[]
      readonly paged?: Paged | undefined
    }
  | { readonly code: 'file-deleted'; readonly id: number; readonly name: string }
