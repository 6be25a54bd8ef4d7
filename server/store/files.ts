import type { Knex } from 'knex'
import type { FileRecord, FileStore, FileTokenRecord, WholeFile } from '../chat/ports/file-store.ts'
import { newId } from './inserts.ts'
import { type FileRow, toFile } from './rows.ts'

/** The most values in a statement: SQLite allows 32,766 variables. */
const idChunk = 1000

/** The id by which the database and its folder of files know each other. @throws {Error} if its migration is missing */
export async function dataId(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'id' }).first('value')
  if (!row) throw new Error('The database has no id')
  return Number(row.value)
}

export async function loadFiles(db: Knex): Promise<{ files: FileRecord[]; tokens: FileTokenRecord[] }> {
  const files: FileRow[] = await db('files').orderBy('id')
  const tokens: FileTokenRecord[] = await db('file_tokens').orderBy('hash')
  return { files: files.map(toFile), tokens }
}

export async function addFile(db: Knex, file: Omit<FileRecord, 'id'>): Promise<number> {
  const { from, to, ...same } = file
  const rows: { id: number }[] = await db('files').insert({ ...same, from_account: from, to_account: to }, [
    'id',
  ])
  return newId(rows)
}

/** Notes an upload for a ticket. Changes nothing if the file is complete. */
export async function setUpload(
  db: Knex,
  id: number,
  { size, expires }: Parameters<FileStore['setUpload']>[1],
): Promise<void> {
  await db('files')
    .where({ id })
    .whereNull('sha256')
    .update({ size: size ?? null, expires })
}

/** Makes a ticket a complete file. Throws if the ticket is gone, so that the file is not announced either. */
export async function completeFile(db: Knex, { id, ...columns }: WholeFile): Promise<void> {
  const changed = await db('files').where({ id }).whereNull('sha256').update(columns)
  if (changed === 0) throw new Error('The ticket of the file is gone')
}

export async function setFileTokens(
  db: Knex,
  tokens: readonly { id: number; token: string }[],
): Promise<void> {
  for (const { id, token } of tokens) await db('files').where({ id }).update({ token })
}

export async function removeFiles(db: Knex, ids: readonly number[]): Promise<void> {
  for (let start = 0; start < ids.length; start += idChunk) {
    await db('files')
      .whereIn('id', ids.slice(start, start + idChunk))
      .delete()
  }
}

export async function discarded(db: Knex): ReturnType<FileStore['discarded']> {
  const rows: { blob: string; whole: number }[] = await db('discarded').orderBy('blob')
  return rows.map(({ blob, whole }) => ({ blob, whole: Boolean(whole) }))
}

export async function forgetDiscarded(db: Knex, blobs: readonly string[]): Promise<void> {
  for (let start = 0; start < blobs.length; start += idChunk) {
    await db('discarded')
      .whereIn('blob', blobs.slice(start, start + idChunk))
      .delete()
  }
}

export async function addFileToken(db: Knex, token: FileTokenRecord): Promise<void> {
  await db('file_tokens').insert(token)
}

export async function removeFileTokens(db: Knex, hashes: readonly string[]): Promise<void> {
  for (let start = 0; start < hashes.length; start += idChunk) {
    await db('file_tokens')
      .whereIn('hash', hashes.slice(start, start + idChunk))
      .delete()
  }
}

/** Forgets the tokens of files of channels, because somebody who leaves knows them. Tickets stay: only their owner knows them. */
export async function forgetRoomTokens(db: Knex, channels: Knex.QueryBuilder | number): Promise<void> {
  const whole = db('files').whereNotNull('sha256')
  if (typeof channels === 'number') whole.where('channel', channels)
  else whole.whereIn('channel', channels)
  await whole.update({ token: null })
}

export async function forgetChannelFiles(db: Knex, channel: number): Promise<void> {
  await db('files').where({ channel }).delete()
}

/** Forgets the files that were sent to an account, its tickets, and with `all` also the files that it has sent. */
export async function forgetAccountFiles(db: Knex, account: number, all: boolean): Promise<void> {
  await db('file_tokens').where({ account }).delete()
  await db('files').where({ to_account: account }).delete()
  const sent = db('files').where({ from_account: account })
  if (!all) sent.whereNull('sha256')
  await sent.delete()
}
