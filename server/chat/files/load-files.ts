import type { Clock } from '../../lib/clock.ts'
import type { Channel } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { FileRecord, FileTokenRecord } from '../ports/file-store.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import type { Tidied, Vault } from '../ports/vault.ts'
import type { SharedFile } from './file.ts'
import type { PersonalTokens } from './personal-tokens.ts'
import type { FileRemoval } from './removal.ts'
import type { Shelf } from './shelf.ts'

/** What a server finds when it takes over the stored files at its start. */
export interface LoadedFiles {
  readonly tidied: Tidied
  /** The number of files for a missing channel or account: nobody gets them, and they stay. */
  readonly astray: number
  /** The number of expired files and tickets that were removed. */
  readonly expired: number
}

/** The parts of the server that are filled, and those that are asked. */
export interface LoadingParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly secrets: SecretSource
  readonly directory: Directory
  readonly shelf: Shelf
  readonly personal: PersonalTokens
  readonly removal: FileRemoval
}

/**
 * Takes over the stored files. A server (`tidies`) also removes expired files, and lets the vault set unknown files
 * aside; an operator's command leaves everything as it is.
 */
export async function loadFiles(
  { store, vault, clock, secrets, directory, shelf, personal, removal }: LoadingParts,
  { files, tokens }: { files: readonly FileRecord[]; tokens: readonly FileTokenRecord[] },
  channelOf: (id: number) => Channel | undefined,
  tidies: boolean,
): Promise<LoadedFiles | undefined> {
  const astray: FileRecord[] = []
  const anew: SharedFile[] = []
  for (const record of files) {
    const target =
      record.channel === undefined ? directory.account(record.to ?? 0) : channelOf(record.channel)
    if (!target) {
      astray.push(record)
      continue
    }
    const { token = secrets.token(), from, ...same } = record
    const state = { received: 0, upload: undefined, removed: false, grant: undefined }
    const file = { ...same, token, from, target, ...state }
    shelf.add(file)
    if (record.token === undefined) anew.push(file)
  }
  for (const { hash, file: id, account: accountId, expires } of tokens) {
    const file = shelf.get(id)
    const person = directory.account(accountId)
    if (file && person) personal.add({ hash, file, person, expires, grant: undefined })
  }
  if (!tidies) return undefined
  await store.setFileTokens(anew)
  // All files in the database are known, also those that nobody can get: their channel may come back with another
  // copy.
  const known = (whole: boolean) =>
    new Set(files.filter((one) => (one.sha256 !== undefined) === whole).map((one) => one.blob))
  const leaving = new Set((await store.discarded()).map(({ blob }) => blob))
  const blobs = { partial: known(false), whole: known(true), leaving }
  const tidied = await vault.tidy(await store.dataId(), blobs, clock.now())
  removal.noteTidied(tidied)
  for (const file of shelf.all()) {
    if (file.sha256 !== undefined) shelf.setReceived(file, file.size ?? 0)
    else if (file.size !== undefined) shelf.setReceived(file, await vault.partBytes(file.blob))
    // Without an announced size, nobody could continue the upload.
    else await vault.drop(file.blob).catch(() => undefined)
  }
  return { tidied, astray: astray.length, expired: await removal.expire() }
}
