import type { Knex } from 'knex'
import type { FileRecord, FileStore, FileTokenRecord, WholeFile } from '../chat/ports/file-store.ts'
import type { AppendedMessage, Teller } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import * as files from './files.ts'

/** The part of the Store for files, tickets and their tokens; the bytes are in the vault. */
export function fileStore(access: StoreAccess) {
  const { committer } = access
  return {
    dataId(): Promise<number> {
      return access.read((db) => files.dataId(db))
    },

    loadFiles(): ReturnType<FileStore['loadFiles']> {
      return access.read((db) => files.loadFiles(db))
    },

    addFile(file: Omit<FileRecord, 'id'>): Promise<number> {
      return committer.change((db) => files.addFile(db, file))
    },

    setUpload(id: number, upload: Parameters<FileStore['setUpload']>[1]): Promise<void> {
      return committer.change((db) => files.setUpload(db, id, upload))
    },

    completeFile<T = number>(file: WholeFile, message: AppendedMessage, teller?: Teller<T>): Promise<T> {
      const beside = (db: Knex) => files.completeFile(db, file)
      return committer.append(message, teller, beside)
    },

    setFileTokens(tokens: Parameters<FileStore['setFileTokens']>[0]): Promise<void> {
      return committer.change((db) => files.setFileTokens(db, tokens))
    },

    removeFiles(ids: readonly number[]): Promise<void> {
      return committer.change((db) => files.removeFiles(db, ids))
    },

    discarded(): ReturnType<FileStore['discarded']> {
      return access.read((db) => files.discarded(db))
    },

    forgetDiscarded(blobs: readonly string[]): Promise<void> {
      return committer.change((db) => files.forgetDiscarded(db, blobs))
    },

    addFileToken(token: FileTokenRecord): Promise<void> {
      return committer.change((db) => files.addFileToken(db, token))
    },

    removeFileTokens(hashes: readonly string[]): Promise<void> {
      return committer.change((db) => files.removeFileTokens(db, hashes))
    },
  } satisfies Partial<Store>
}
