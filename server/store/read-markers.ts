import type { Knex } from 'knex'
import type {
  AccountRead,
  Counted,
  PlaceRead,
  ReadChange,
  UnreadCount,
  Writer,
} from '../chat/ports/read-store.ts'
import type { Page, Unwanted } from '../chat/ports/records.ts'
import { mentioning, newest, type Query, received } from './messages.ts'
import type { MessageRow } from './rows.ts'

interface MarkerRow {
  kind: PlaceRead['kind']
  place: number
  gap_after: number | null
  gap_up_to: number | null
  read_up_to: number
}

export async function readOf(db: Knex, account: number): Promise<AccountRead> {
  const row: { read_up_to: number | null } | undefined = await db('accounts')
    .where({ id: account })
    .first('read_up_to')
  const rows: MarkerRow[] = await db('read_markers')
    .select('kind', 'place', 'gap_after', 'gap_up_to', 'read_up_to')
    .where({ account })
    .orderBy(['kind', 'place'])
  return { upTo: row?.read_up_to ?? undefined, places: rows.map(toPlace) }
}

function toPlace({ gap_after, gap_up_to, kind, place, read_up_to: end }: MarkerRow): PlaceRead {
  const gap = gap_after === null || gap_up_to === null ? {} : { gap: { after: gap_after, upTo: gap_up_to } }
  return { kind, id: place, unread: { ...gap, end } }
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
  const { gap, end } = unread
  const isThere =
    kind === 'channel'
      ? 'EXISTS (SELECT 1 FROM memberships WHERE channel = ? AND account = ?)'
      : '(? = 0 OR EXISTS (SELECT 1 FROM accounts WHERE id = ?))'
  await db.raw(
    `INSERT INTO read_markers (account, kind, place, gap_after, gap_up_to, read_up_to)
     SELECT id, ?, CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint)
     FROM accounts WHERE id = ? AND deleted_at IS NULL AND ${isThere}
     ON CONFLICT (account, kind, place) DO UPDATE SET
       gap_after = excluded.gap_after, gap_up_to = excluded.gap_up_to, read_up_to = excluded.read_up_to`,
    [kind, id, gap?.after ?? null, gap?.upTo ?? null, end, account, id, kind === 'channel' ? account : id],
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
  looked: number | string
  count: number | string | null
  next: number | null
  oldest: number | null
}

/** Walks along the index of the channel, no further than the limit. */
export function countUnreadQuery(
  db: Knex,
  channel: number,
  page: Page,
  { accounts, guests, since }: Unwanted & { since: number },
): Knex.QueryBuilder<object, CountRow[]> {
  const walk = newest(
    db('messages').select('id', 'from_account', 'from_guest', 'at').where('channel_id', channel),
    page,
  )
  const among = 'IN (SELECT value FROM json_each(?))'
  const wanted = `at >= ? AND (from_account IS NULL OR from_account NOT ${among})
    AND (from_guest IS NULL OR from_guest NOT ${among})`
  return db
    .count({ looked: '*' })
    .min({ next: 'id', oldest: 'at' })
    .select(
      db.raw(`SUM(CASE WHEN ${wanted} THEN 1 ELSE 0 END) AS count`, [
        since,
        JSON.stringify(accounts),
        JSON.stringify(guests),
      ]),
    )
    .from(walk.as('found'))
}

/** Counts rows up to the first that is older than `since`: times never go back. */
export async function countUnread(
  query: PromiseLike<CountRow[]>,
  { limit }: Page,
  since: number,
): Promise<UnreadCount> {
  const [row] = await query
  const count = Number(row?.count ?? 0)
  const isWhole = Number(row?.looked ?? 0) < limit || (row?.oldest ?? 0) < since
  return isWhole ? { count } : { count, next: row?.next ?? undefined }
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

export function mentioningQuery(db: Knex, account: number, page: Page): Query {
  const columns = ['m.id', 'm.from_account', 'm.from_guest', 'm.channel_id']
  return newest(mentioning(db, account).select(columns), page, 'n.message')
}

type CountedRow = Pick<MessageRow, 'id' | 'from_account' | 'from_guest'>

export function toCounted({ from_account, from_guest, id }: CountedRow): Counted {
  return { id, from: from_account ?? undefined, fromGuest: from_guest ?? undefined }
}
