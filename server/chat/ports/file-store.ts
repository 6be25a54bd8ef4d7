import type { AppendedMessage } from './records.ts'

/** A file that somebody sends or has sent. */
export interface FileRecord {
  id: number
  name: string
  /** Account numbers; who sent a file that is kept may be deleted by now. Exactly one of channel and to is set. */
  from: number
  channel: number | undefined
  to: number | undefined
  /** What the bytes are called in the vault. */
  blob: string
  /** The ticket's until the file is whole, then the room's; undefined once somebody who knew it has left. */
  token: string | undefined
  /** In bytes; undefined until the uploader has said it. */
  size: number | undefined
  /** In hex; undefined until the file is whole. */
  sha256: string | undefined
  /** When the ticket was made, then when the file was whole; and until when it is kept: ms since the epoch. */
  at: number
  expires: number
  /** Whether the receiver has blocked the sender: then the receiver never finds it. */
  blocked: boolean
}

/** What becomes of a ticket when its file is whole. */
export type WholeFile = Required<Pick<FileRecord, 'id' | 'at' | 'expires' | 'blocked'>> & {
  size: number
  sha256: string
  token: string
}

/** A blob of a file that is forgotten, whose bytes are to go. */
export interface Discarded {
  blob: string
  whole: boolean
}

/** A token with which one account may get one file. */
export interface FileTokenRecord {
  /** SHA-256 of the token, in hex. */
  hash: string
  file: number
  account: number
  expires: number
}

/**
 * The part of the store about files, without their bytes; the promises of Store hold here too. In the same step
 * a closed channel forgets its files, a deleted account what was sent to it, and its tickets, and whenever an account
 * leaves a channel the tokens of the channel's files are forgotten.
 */
export interface FileStore {
  /** What the store and its vault know each other by: made once, and the same in every copy. */
  dataId(): Promise<number>
  loadFiles(): Promise<{ files: FileRecord[]; tokens: FileTokenRecord[] }>
  /** Answers the number of the file, which is never used again. */
  addFile(file: Omit<FileRecord, 'id'>): Promise<number>
  /** An upload begins, or has broken off. */
  setUpload(id: number, upload: { size: number | undefined; expires: number }): Promise<void>
  /** The file is whole, and in the same step it is said; answers the message's number, as `append` does. */
  completeFile(
    file: WholeFile,
    message: AppendedMessage,
    tell?: (id: number) => void,
    check?: (message: AppendedMessage) => void,
  ): Promise<number>
  setFileTokens(tokens: readonly { id: number; token: string }[]): Promise<void>
  /** With their tokens. */
  removeFiles(ids: readonly number[]): Promise<void>
  /**
   * What forgotten files are called in the vault, however they were forgotten, and whether they were whole; by name. A
   * blob is noted in the step in which its file goes, and stands here until it is forgotten, too.
   */
  discarded(): Promise<Discarded[]>
  /** Their bytes are gone. */
  forgetDiscarded(blobs: readonly string[]): Promise<void>
  addFileToken(token: FileTokenRecord): Promise<void>
  removeFileTokens(hashes: readonly string[]): Promise<void>
}
