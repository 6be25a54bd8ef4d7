import type { Knex } from 'knex'
import type { FileRecord, FileStore, FileTokenRecord, WholeFile } from '../chat/ports/file-store.ts'
import { newId } from './inserts.ts'
import { type FileRow, toFile } from './rows.ts'

/** One variable each; SQLite allows 32,766 in a statement. */
const idChunk = 1000

/** @throws {Error} if the migration that makes it is missing */
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

/** Changes nothing once the file is whole. */
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

/** Fails if there is no such ticket any more, so that nothing is said of it either. */
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

/** Whoever leaves has seen the tokens of the room's files. Tickets are nobody's but their maker's. */
export async function forgetRoomTokens(db: Knex, channels: Knex.QueryBuilder | number): Promise<void> {
  const whole = db('files').whereNotNull('sha256')
  if (typeof channels === 'number') whole.where('channel', channels)
  else whole.whereIn('channel', channels)
  await whole.update({ token: null })
}

export async function forgetChannelFiles(db: Knex, channel: number): Promise<void> {
  await db('files').where({ channel }).delete()
}

/** What was sent to the account, its tickets, and with `all` whatever it sent. */
export async function forgetAccountFiles(db: Knex, account: number, all: boolean): Promise<void> {
  await db('file_tokens').where({ account }).delete()
  await db('files').where({ to_account: account }).delete()
  const sent = db('files').where({ from_account: account })
  if (!all) sent.whereNull('sha256')
  await sent.delete()
}
