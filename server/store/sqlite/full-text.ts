import type { Knex } from 'knex'
import type { MessageChange, SearchQuery } from '../../chat/ports/records.ts'
import { searchForm } from '../../lib/search-form.ts'
import { isUnspaced } from '../../lib/unspaced.ts'
import { type MessageRow, messageColumns } from '../rows.ts'
import { mention } from './insert.ts'

/** The number up to which all messages are indexed. */
export async function indexedUpTo(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'indexed' }).first('value')
  return row?.value ?? 0
}

/**
 * Indexes the next `limit` messages after the number `after`, and returns the number up to which the index is complete then. All
 * messages up to the number `newest` are stored.
 */
export async function indexNext(db: Knex, after: number, limit: number, newest: number): Promise<number> {
  const next = db('messages').select('id').where('id', '>', after).orderBy('id').limit(limit)
  const rows: { last: number | null; count: number }[] = await db
    .max({ last: 'id' })
    .count({ count: '*' })
    .from(next.as('next'))
  const [{ last, count } = { last: null, count: 0 }] = rows
  if (last !== null) {
    await keepForms(db, after, last)
    await db.raw(
      'INSERT INTO messages_fts (rowid, text) SELECT id, text FROM searched WHERE id > ? AND id <= ?',
      [after, last],
    )
  }
  // The newest messages may be removed by now; then the index is complete without them.
  const position = last !== null && count === limit ? last : Math.max(last ?? after, newest)
  await db('meta').where({ key: 'indexed' }).update({ value: position })
  return position
}

/** Holds for texts that are not all ASCII, and for those with a NUL, at which SQLite ends its count of characters. */
const beyondAscii = 'octet_length(text) <> length(text)'
/** SQLite takes no longer list in one statement. */
const mostRows = 400

/** Keeps the forms in which the texts of these messages are searched, where they are others than the texts. Takes the place of older ones. */
async function keepForms(db: Knex, after: number, last: number): Promise<void> {
  await db('search_forms').where('id', '>', after).where('id', '<=', last).delete()
  const rows: { id: number; text: string }[] = await db('messages')
    .where('id', '>', after)
    .where('id', '<=', last)
    .whereRaw(beyondAscii)
    .select('id', 'text')
  const forms = rows.flatMap(({ id, text }) => {
    const form = searchForm(text)
    return form === text ? [] : [{ id, text: form }]
  })
  for (let at = 0; at < forms.length; at += mostRows)
    await db('search_forms').insert(forms.slice(at, at + mostRows))
}

/** Removes messages: first their words from the index, then their mentions, then the messages. */
export async function removeMessages(db: Knex, ids: readonly number[]): Promise<void> {
  const list = JSON.stringify(ids)
  await db.raw(
    `INSERT INTO messages_fts (messages_fts, rowid, text)
     SELECT 'delete', id, text FROM searched
     WHERE id IN (SELECT value FROM json_each(?)) AND id <= (SELECT value FROM meta WHERE key = 'indexed')`,
    [list],
  )
  await db.raw('DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))', [list])
}

/** Changes the text of a message, also in the index if it is there. Returns false if there is no such message. */
export async function editMessage(db: Knex, { id, text, edited, mentions }: MessageChange): Promise<boolean> {
  const known: { id: number } | undefined = await db('messages').where({ id }).first('id')
  if (!known) return false
  const indexed = id <= (await indexedUpTo(db))
  if (indexed)
    await db.raw(
      "INSERT INTO messages_fts (messages_fts, rowid, text) SELECT 'delete', id, text FROM searched WHERE id = ?",
      [id],
    )
  await db('messages').where({ id }).update({ text, edited_at: edited })
  if (indexed) {
    await keepForms(db, id - 1, id)
    await db.raw('INSERT INTO messages_fts (rowid, text) SELECT id, text FROM searched WHERE id = ?', [id])
  }
  await db('mentions').where({ message: id }).delete()
  if (mentions.length > 0)
    await mention(
      db,
      mentions.map((account) => [account, id]),
    )
  return true
}

/** How many pages of the index are written in one step, which takes some 10 ms. */
const stepPages = 100

/**
 * Writes the whole index anew, a step at a time; returns whether there is more to do. Removed words are overwritten, but the
 * inner pages have the beginnings of some, and keep these until they are merged with other pages
 * (https://sqlite.org/fts5.html#the_merge_command).
 */
export async function rewriteIndex(db: Knex, first: boolean): Promise<boolean> {
  if (first) {
    await beginRewrite(db)
    return true
  }
  const before = await changesSoFar(db)
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('merge', ?)", [stepPages])
  // FTS5 says so that nothing was left to merge.
  return (await changesSoFar(db)) - before >= 2
}

async function beginRewrite(db: Knex): Promise<void> {
  // FTS5 merges if there are two parts.
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('usermerge', 2)")
  // FTS5 leaves an index of one part as it is. The savepoint puts the added word into a second part.
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
 * Makes an FTS5 expression of the words of a user, in which no character has a special meaning: each word is a quoted string,
 * followed by a star if it is the beginning of a word. FTS5 ignores a word without letters and digits.
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

/** A LIKE pattern for texts that contain this. */
function likeExpression(word: string): string {
  return `%${word.replaceAll('\0', ' ').replace(/[\\%_]/g, '\\$&')}%`
}

/**
 * Finds the newest messages that have all the words, newest first; or the oldest, oldest first, if the page begins there. Without
 * words there must be an author. The index finds words by the spaces between them: for words of scripts without spaces the query
 * goes through the texts, and through all of them if there is no other word.
 */
export function searchQuery(db: Knex, query: SearchQuery): Knex.Raw<MessageRow[]> {
  const columns = messageColumns.map((column) => `m.${column}`).join(', ')
  const conditions: string[] = []
  const values: (string | number)[] = []
  const where = (condition: string, ...bindings: (string | number)[]) => {
    conditions.push(condition)
    values.push(...bindings)
  }

  const words = query.words.map(searchForm)
  const unspaced = words.filter(isUnspaced)
  const indexed = words.filter((word) => !isUnspaced(word))
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
  for (const word of unspaced) where("coalesce(f.text, m.text) LIKE ? ESCAPE '\\'", likeExpression(word))

  // CROSS JOIN: the index goes first, in the order of its numbers, and stops at the limit, however many matches there are.
  const source = byIndex
    ? 'messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid'
    : 'messages m NOT INDEXED'
  const forms = unspaced.length > 0 ? 'LEFT JOIN search_forms f ON f.id = m.id' : ''
  return db.raw(
    `SELECT ${columns} FROM ${source} ${forms} WHERE ${conditions.join(' AND ')} ORDER BY ${id} ${query.oldest ? 'ASC' : 'DESC'} LIMIT ?`,
    [...values, query.limit],
  )
}
