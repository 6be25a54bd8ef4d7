import type { Knex } from 'knex'
import type { Span } from '../chat/model/unread.ts'
import type {
  AccountRead,
  Counted,
  MentioningCounts,
  MentioningIn,
  PlaceRead,
  ReadChange,
  UnreadCount,
  UnreadWalk,
  Writer,
} from '../chat/ports/read-store.ts'
import type { Page, Unwanted } from '../chat/ports/records.ts'
import { newest, type Query, received } from './messages.ts'
import type { MessageRow } from './rows.ts'

interface MarkerRow {
  kind: PlaceRead['kind']
  place: number
  /** A list of spans, as JSON. */
  gaps: string
  read_up_to: number
}

export async function readOf(db: Knex, account: number): Promise<AccountRead> {
  const row: { read_up_to: number | null } | undefined = await db('accounts')
    .where({ id: account })
    .first('read_up_to')
  const rows: MarkerRow[] = await db('read_markers')
    .select('kind', 'place', 'gaps', 'read_up_to')
    .where({ account })
    .orderBy(['kind', 'place'])
  return { upTo: row?.read_up_to ?? undefined, places: rows.map(toPlace) }
}

function toPlace({ gaps, kind, place, read_up_to: end }: MarkerRow): PlaceRead {
  return { kind, id: place, unread: { gaps: JSON.parse(gaps) as Span[], end } }
}

export async function saveRead(db: Knex, changes: readonly ReadChange[]): Promise<void> {
  for (const { account, places, same, upTo } of changes) {
    await db('accounts')
      .where({ id: account })
      .whereNull('deleted_at')
      .update({ read_up_to: upTo ?? null })
    for (const { kind, id } of same) await db('read_markers').where({ account, kind, place: id }).delete()
    for (const place of places) await savePlace(db, account, place)
  }
}

/** Saves read markers. Passes over channels that the account has left; messages of deleted accounts can still be read. */
async function savePlace(db: Knex, account: number, { id, kind, unread }: PlaceRead): Promise<void> {
  const isThere =
    kind === 'channel'
      ? 'EXISTS (SELECT 1 FROM memberships WHERE channel = ? AND account = ?)'
      : '(? = 0 OR EXISTS (SELECT 1 FROM accounts WHERE id = ?))'
  await db.raw(
    `INSERT INTO read_markers (account, kind, place, gaps, read_up_to)
     SELECT id, ?, CAST(? AS bigint), ?, CAST(? AS bigint)
     FROM accounts WHERE id = ? AND deleted_at IS NULL AND ${isThere}
     ON CONFLICT (account, kind, place) DO UPDATE SET gaps = excluded.gaps, read_up_to = excluded.read_up_to`,
    [kind, id, JSON.stringify(unread.gaps), unread.end, account, id, kind === 'channel' ? account : id],
  )
}

/** Forgets the marker of an account that has left a channel. */
export async function forgetReadIn(db: Knex, account: number, channel: number): Promise<void> {
  await db('read_markers').where({ account, kind: 'channel', place: channel }).delete()
}

/** Forgets all markers of a closed channel, or of a person whose messages are removed. */
export async function forgetPlace(db: Knex, kind: PlaceRead['kind'], place: number): Promise<void> {
  await db('read_markers').where({ kind, place }).delete()
}

interface CountRow {
  /** Which of the walks, counted from 0. */
  walk: number
  /** How many were looked at, the lowest number, the earliest time, and how many count; as JSON. */
  counted: string
}

const among = 'IN (SELECT value FROM json_each(?))'

/** A walk along the index of each channel, no further than the limit. */
export function countUnreadQuery(
  db: Knex,
  walks: readonly UnreadWalk[],
  limit: number,
  { accounts, guests }: Unwanted,
): Knex.Raw<CountRow[]> {
  const of = (field: keyof UnreadWalk) => `json_extract(walk.value, '$.${field}')`
  return db.raw(
    `SELECT walk.key AS walk, (
       SELECT json_array(COUNT(*), MIN(found.id), MIN(found.at), TOTAL(
         found.at >= ${of('since')} AND (found.from_account IS NULL OR found.from_account NOT ${among})
         AND (found.from_guest IS NULL OR found.from_guest NOT ${among})))
       FROM (SELECT id, from_account, from_guest, at FROM messages
         WHERE channel_id = ${of('channel')} AND id > ${of('after')} AND id < ${of('before')}
         ORDER BY id DESC LIMIT ?) AS found) AS counted
     FROM json_each(?) AS walk`,
    [JSON.stringify(accounts), JSON.stringify(guests), limit, JSON.stringify(walks)],
  )
}

/** Times never go back: below a message from before `since` nothing counts. */
export async function countUnread(
  query: PromiseLike<CountRow[]>,
  walks: readonly UnreadWalk[],
  limit: number,
): Promise<UnreadCount[]> {
  const counts = new Map((await query).map(({ counted, walk }) => [walk, counted]))
  return walks.map(({ since }, index) => {
    const found: unknown = JSON.parse(counts.get(index) ?? '[]')
    const [looked = 0, next = 0, oldest = 0, count = 0] = Array.isArray(found) ? found.map(Number) : []
    return looked < limit || oldest < since ? { count } : { count, next }
  })
}

/** Walks along the index of talks of two people; 0 is all guests. */
export function receivedFromQuery(db: Knex, account: number, from: number, page: Page): Query {
  const walk: Query = db('messages').select('id', 'from_account', 'from_guest')
  return newest(walk.where({ to_account: account, from_account: from || null, blocked: false }), page)
}

/** Steps along the accounts that have written to somebody, and reads the newest message of each. */
export function writersQuery(db: Knex, account: number): Knex.Raw<Writer[]> {
  const next = (from: string) =>
    `SELECT MIN(from_account) FROM messages WHERE to_account = ? AND from_account > ${from}`
  return db.raw(
    `WITH RECURSIVE writers(id) AS (
       SELECT (${next('0')}) UNION ALL SELECT (${next('writers.id')}) FROM writers WHERE id IS NOT NULL)
     SELECT id AS "from", last FROM (
       SELECT id, (SELECT MAX(m.id) FROM messages AS m
         WHERE m.to_account = ? AND m.from_account = writers.id AND m.blocked = ?) AS last FROM writers) AS found
     WHERE last IS NOT NULL ORDER BY last DESC`,
    [account, account, account, false],
  )
}

export function receivedQuery(db: Knex, account: number, page: Page): Query {
  return newest(received(db, account).select('id', 'from_account', 'from_guest'), page)
}

interface MentioningRow {
  channel: number
  /** Which of the spans of the channel, counted from 0; null for messages outside of them. */
  span: number | null
  looked: number
  next: number
  count: number
}

/**
 * One walk along the index of mentions, no further than the limit, and a look at each message. The database counts: of
 * somebody who was named ten thousand times, the rows would take the server a tenth of a second.
 */
export function countMentioningQuery(
  db: Knex,
  account: number,
  { after = 0, before = Number.MAX_SAFE_INTEGER, limit }: Page,
  { accounts, channels, guests }: MentioningIn,
): Knex.Raw<MentioningRow[]> {
  const rows = [...channels].flatMap(([id, spans]) =>
    spans.map(({ after, upTo }, at) => [id, at, after, upTo]),
  )
  return db.raw(
    `WITH spans AS MATERIALIZED (
       SELECT CAST(value->>0 AS integer) AS channel, value->>1 AS span, value->>2 AS after, value->>3 AS up_to
       FROM json_each(?)),
     looked AS (
       SELECT m.id, m.channel_id, (from_account IS NULL OR from_account NOT ${among})
         AND (from_guest IS NULL OR from_guest NOT ${among}) AS wanted
       FROM mentions AS n CROSS JOIN messages AS m
       WHERE n.account = ? AND n.message > ? AND n.message < ? AND m.id = n.message
       ORDER BY n.message DESC LIMIT ?)
     SELECT channel_id AS channel, span, COUNT(*) AS looked, MIN(id) AS next, SUM(wanted) AS count
     FROM looked LEFT JOIN spans ON spans.channel = channel_id AND id > spans.after AND id <= spans.up_to
     GROUP BY channel_id, span`,
    [JSON.stringify(rows), JSON.stringify(accounts), JSON.stringify(guests), account, after, before, limit],
  )
}

export async function countMentioning(
  query: PromiseLike<MentioningRow[]>,
  { limit }: Page,
  of: MentioningIn,
): Promise<MentioningCounts> {
  const rows = await query
  const looked = rows.reduce((sum, row) => sum + row.looked, 0)
  const channels = new Map<number, number[]>()
  for (const { channel, count, span } of rows) {
    if (span === null || count === 0) continue
    const counts = channels.get(channel) ?? (of.channels.get(channel) ?? []).map(() => 0)
    counts[span] = count
    channels.set(channel, counts)
  }
  return looked < limit ? { channels } : { channels, next: Math.min(...rows.map(({ next }) => next)) }
}

type CountedRow = Pick<MessageRow, 'id' | 'from_account' | 'from_guest'>

export function toCounted({ from_account, from_guest, id }: CountedRow): Counted {
  return { id, from: from_account ?? undefined, fromGuest: from_guest ?? undefined }
}
