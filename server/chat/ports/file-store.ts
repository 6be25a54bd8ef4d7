import type { AppendedMessage, Teller } from './records.ts'

/** A file that somebody sends or has sent. */
export interface FileRecord {
  id: number
  name: string
  /** Account numbers. The sender of a file that is kept may be deleted by now. Exactly one of `channel` and `to` is set. */
  from: number
  channel: number | undefined
  to: number | undefined
  /** The name of the bytes in the vault. */
  blob: string
  /** The token of the ticket until the file is whole, then of the room; undefined once somebody who knew it has left. */
  token: string | undefined
  /** In bytes; undefined until the uploader has said it. */
  size: number | undefined
  /** In hex; undefined until the file is whole. */
  sha256: string | undefined
  /** `at`: when the ticket was made, then when the file was whole. `expires`: until when it is kept. In ms since the epoch. */
  at: number
  expires: number
  /** Whether the receiver has blocked the sender: then the receiver never finds it. */
  blocked: boolean
}

/** What changes in a ticket when its file is whole. */
export type WholeFile = Required<Pick<FileRecord, 'id' | 'at' | 'expires' | 'blocked'>> & {
  size: number
  sha256: string
  token: string
}

/** The blob of a forgotten file, whose bytes must be removed. */
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
 * The part of the store about files, without their bytes; the promises of Store hold here too. The store does in the same step:
 * a channel that closes forgets its files; a deleted account forgets its tickets and the files sent to it; when an account
 * leaves a channel, the tokens of the channel's files are forgotten.
 */
export interface FileStore {
  /** The id by which the store and its vault know each other: made once, and the same in every copy. */
  dataId(): Promise<number>
  loadFiles(): Promise<{ files: FileRecord[]; tokens: FileTokenRecord[] }>
  /** Answers the number of the file, which is never used again. */
  addFile(file: Omit<FileRecord, 'id'>): Promise<number>
  /** An upload begins, or has broken off. */
  setUpload(id: number, upload: { size: number | undefined; expires: number }): Promise<void>
  /** The file is whole, and the message about it is stored in the same step; answers as `append` does. */
  completeFile<T = number>(file: WholeFile, message: AppendedMessage, teller?: Teller<T>): Promise<T>
  setFileTokens(tokens: readonly { id: number; token: string }[]): Promise<void>
  /** With their tokens. */
  removeFiles(ids: readonly number[]): Promise<void>
  /**
   * The blobs of forgotten files, by name, and whether they were whole. A blob is noted in the step in which its file is
   * forgotten, and stays noted until `forgetDiscarded`.
   */
  discarded(): Promise<Discarded[]>
  /** Their bytes are gone. */
  forgetDiscarded(blobs: readonly string[]): Promise<void>
  addFileToken(token: FileTokenRecord): Promise<void>
  removeFileTokens(hashes: readonly string[]): Promise<void>
}
