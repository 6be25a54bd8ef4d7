import type { Knex } from 'knex'
import type { MessageChange, SearchQuery } from '../../chat/ports/records.ts'
import { isUnspaced } from '../../lib/unspaced.ts'
import { type MessageRow, messageColumns } from '../rows.ts'
import { mention } from './insert.ts'

/** The newest message number that is in the index; everything below it is indexed, too. */
export async function indexedUpTo(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'indexed' }).first('value')
  return row?.value ?? 0
}

/**
 * Indexes the next `limit` messages after number `after`, and answers up to where the index is now
 * complete. `newest` is a number up to which all messages are known to be stored.
 */
export async function indexNext(db: Knex, after: number, limit: number, newest: number): Promise<number> {
  const ids: number[] = await db('messages').where('id', '>', after).orderBy('id').limit(limit).pluck('id')
  const last = ids.at(-1)
  if (last !== undefined) {
    await db.raw(
      'INSERT INTO messages_fts (rowid, text) SELECT id, text FROM messages WHERE id > ? AND id <= ?',
      [after, last],
    )
  }
  // The newest messages may be gone again: without them the end is reached all the same.
  const position = last !== undefined && ids.length === limit ? last : Math.max(last ?? after, newest)
  await db('meta').where({ key: 'indexed' }).update({ value: position })
  return position
}

/** Removes messages, and first their words; who was mentioned in one, is not any more. */
export async function removeMessages(db: Knex, ids: readonly number[]): Promise<void> {
  const list = JSON.stringify(ids)
  await db.raw(
    `INSERT INTO messages_fts (messages_fts, rowid, text)
     SELECT 'delete', id, text FROM messages
     WHERE id IN (SELECT value FROM json_each(?)) AND id <= (SELECT value FROM meta WHERE key = 'indexed')`,
    [list],
  )
  await db.raw('DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))', [list])
}

/** Says a message differently, in the index too as far as it is in there. False if there is none of that number. */
export async function editMessage(db: Knex, { id, text, edited, mentions }: MessageChange): Promise<boolean> {
  const known: { text: string } | undefined = await db('messages').where({ id }).first('text')
  if (!known) return false
  const indexed = id <= (await indexedUpTo(db))
  if (indexed)
    await db.raw("INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', ?, ?)", [
      id,
      known.text,
    ])
  await db('messages').where({ id }).update({ text, edited_at: edited })
  if (indexed) await db.raw('INSERT INTO messages_fts (rowid, text) VALUES (?, ?)', [id, text])
  await db('mentions').where({ message: id }).delete()
  if (mentions.length > 0)
    await mention(
      db,
      mentions.map((account) => [account, id]),
    )
  return true
}

/** So many pages of the index are written in one step, which takes some 10 ms. */
const stepPages = 100

/**
 * Writes the whole index anew, a step at a time; answers whether there is more to do. Removed words are overwritten
 * where they stand, but beginnings of some are also the signposts between pages, and those stay until the pages are
 * merged with others (https://sqlite.org/fts5.html#the_merge_command).
 */
export async function rewriteIndex(db: Knex, first: boolean): Promise<boolean> {
  if (first) {
    await beginRewrite(db)
    return true
  }
  const before = await changesSoFar(db)
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('merge', ?)", [stepPages])
  // FTS5's sign that nothing was left to merge.
  return (await changesSoFar(db)) - before >= 2
}

async function beginRewrite(db: Knex): Promise<void> {
  // Two parts are enough to go on with.
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('usermerge', 2)")
  // What is in one part already would be left as it is; a savepoint makes a second one of the word that comes in.
  await db.raw("INSERT INTO messages_fts (rowid, text) VALUES (-1, 'x')")
  await db.raw('SAVEPOINT second_part')
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('merge', ?)", [-stepPages])
  await db.raw("INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', -1, 'x')")
  await db.raw('RELEASE SAVEPOINT second_part')
}

async function changesSoFar(db: Knex): Promise<number> {
  const [row]: { changes: number }[] = await db.raw('SELECT total_changes() AS changes')
  return row?.changes ?? 0
}

/**
 * The words of a user as an FTS5 expression in which nothing has a meaning but the words: each is
 * a quoted string, with a star behind it where it is a beginning. A word without letters and digits is ignored by FTS5.
 */
function matchExpression(words: readonly string[]): string {
  return words
    .map((word) => {
      const begins = /..\*$/.test(word)
      const text = begins ? word.slice(0, -1) : word
      return `"${text.replaceAll('\0', ' ').replaceAll('"', '""')}"${begins ? '*' : ''}`
    })
    .join(' ')
}

/** A pattern for texts in which this occurs. */
function likeExpression(word: string): string {
  return `%${word.replaceAll('\0', ' ').replace(/[\\%_]/g, '\\$&')}%`
}

/**
 * The newest messages that have all the words, newest first; or the oldest, oldest first, where the page begins there. Without words there must be an author. The index knows words by
 * the spaces between them: for those of scripts that have none the texts themselves are looked through, all of them
 * if there is no other word.
 */
export function searchQuery(db: Knex, query: SearchQuery): Knex.Raw<MessageRow[]> {
  const columns = messageColumns.map((column) => `m.${column}`).join(', ')
  const conditions: string[] = []
  const values: (string | number)[] = []
  const where = (condition: string, ...bindings: (string | number)[]) => {
    conditions.push(condition)
    values.push(...bindings)
  }

  const unspaced = query.words.filter(isUnspaced)
  const indexed = query.words.filter((word) => !isUnspaced(word))
  const byIndex =
    (unspaced.length === 0 && indexed.length > 0) || indexed.some((word) => /[\p{L}\p{N}\p{Co}]/u.test(word))
  const id = byIndex ? 'messages_fts.rowid' : 'm.id'
  if (byIndex) where('messages_fts MATCH ?', matchExpression(indexed))
  if (query.before !== undefined) where(`${id} < ?`, query.before)
  if (query.after !== undefined) where(`${id} > ?`, query.after)
  if (query.from !== undefined) where('m.from_account = ?', query.from)
  if (query.unwanted) {
    const { accounts, guests } = query.unwanted
    const among = 'IN (SELECT value FROM json_each(?))'
    where(`(m.from_account IS NULL OR m.from_account NOT ${among})`, JSON.stringify(accounts))
    where(`(m.from_guest IS NULL OR m.from_guest NOT ${among})`, JSON.stringify(guests))
  }
  if (query.since !== undefined) where('m.at >= ?', query.since)
  if (query.until !== undefined) where('m.at < ?', query.until)

  const inChannels = 'm.channel_id IN (SELECT value FROM json_each(?))'
  const channels = JSON.stringify(query.channels)
  if (query.direct) {
    const direct = `(m.to_account = ? AND NOT m.blocked)
      OR (m.from_account = ? AND (m.to_account IS NOT NULL OR m.to_guest IS NOT NULL))`
    where(`(${inChannels} OR ${direct})`, channels, query.reader, query.reader)
  } else {
    where(inChannels, channels)
  }
  for (const word of unspaced) where("m.text LIKE ? ESCAPE '\\'", likeExpression(word))

  // CROSS JOIN: the index goes first, in the order of its numbers, and stops at the limit, however many matches there are.
  const source = byIndex
    ? 'messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid'
    : 'messages m NOT INDEXED'
  return db.raw(
    `SELECT ${columns} FROM ${source} WHERE ${conditions.join(' AND ')} ORDER BY ${id} ${query.oldest ? 'ASC' : 'DESC'} LIMIT ?`,
    [...values, query.limit],
  )
}
