import type { Knex } from 'knex'
import type { ClockSeen, KeepStore, Outdated } from '../chat/ports/keep-store.ts'
import type { DeletionMode } from '../chat/ports/records.ts'
import { type MessageRow, messageColumns, toMessage } from './rows.ts'

/** How many messages one stretch of a walk by age looks at. */
const stretch = 500
/** How many numbers one stretch of a walk through all messages covers: it takes a few milliseconds. */
const span = 20_000

export async function channelNames(db: Knex): ReturnType<KeepStore['channelNames']> {
  return db('channels').select('id', 'name').orderBy('id')
}

/**
 * A query for the oldest messages of a list that were said before a time. Times need not grow with the numbers (a clock was set
 * back, or the data were imported), so the walk passes over younger messages, and does not end at them.
 */
export function oldestQuery(
  db: Knex,
  channel: number | undefined,
  before: number,
  after: number,
): Knex.QueryBuilder<object, { id: number; at: number; unread: number | null }[]> {
  const query = db('messages as m')
    .where('m.id', '>', after)
    .where('m.at', '<', before)
    .orderBy('m.id')
    .limit(stretch)
  if (channel !== undefined) return query.where('m.channel_id', channel).select('m.id', 'm.at')
  // A blocked message is unread for nobody, and neither is one to a deleted account.
  const unread = db('accounts as a')
    .joinRaw(
      "LEFT JOIN read_markers AS r ON r.account = a.id AND r.kind = 'person' AND r.place = coalesce(m.from_account, 0)",
    )
    .select(
      db.raw(
        `CASE WHEN m.id > coalesce(r.read_up_to, a.read_up_to, a.seen)
           OR EXISTS (SELECT 1 FROM json_each(r.gaps) WHERE m.id > value->>'after' AND m.id <= value->>'upTo')
         THEN 1 ELSE 0 END`,
      ),
    )
    .whereRaw('a.id = m.to_account AND a.deleted_at IS NULL AND NOT m.blocked')
  return query.whereRaw('m.channel_id IS NULL').select('m.id', 'm.at', unread.as('unread'))
}

export async function outdated(
  db: Knex,
  { before, channel, unreadBefore }: Outdated,
  after: number,
): ReturnType<KeepStore['outdated']> {
  const rows = await oldestQuery(db, channel, before, after)
  return {
    ids: rows.filter(({ at, unread }) => unread !== 1 || at < unreadBefore).map(({ id }) => id),
    next: rows.length === stretch ? rows.at(-1)?.id : undefined,
  }
}

/** Walks through all messages in the order on disk, without an index. */
export function messagesAboutQuery(db: Knex, account: number, after: number): Knex.Raw<MessageRow[]> {
  return db.raw(
    `SELECT ${messageColumns.join(', ')} FROM messages NOT INDEXED
     WHERE id > ? AND id <= ? AND (from_account = ? OR to_account = ?) ORDER BY id LIMIT ?`,
    [after, after + span, account, account, stretch],
  )
}

export async function messagesAbout(
  db: Knex,
  account: number,
  after: number,
): ReturnType<KeepStore['messagesAbout']> {
  const rows = await messagesAboutQuery(db, account, after)
  const next = rows.length === stretch ? (rows.at(-1)?.id ?? after) : after + span
  const more = await db('messages').where('id', '>', next).first('id')
  return { messages: rows.map(toMessage), next: more === undefined ? undefined : next }
}

const needs = ['none', 'traces', 'all'] as const

export async function setEnding(db: Knex, account: number, fate: DeletionMode): Promise<void> {
  await db('endings').insert({ account, fate }).onConflict('account').merge(['fate'])
  // Note it now: from now on messages of the account are removed step by step.
  await db('accounts')
    .where({ id: account })
    .whereExists(db('messages').select('id').where({ from_account: account }))
    .update({ rests: true })
}

export async function endings(db: Knex): ReturnType<KeepStore['endings']> {
  return db('endings').select('account', 'fate').orderBy('account')
}

export async function clockSeen(db: Knex): ReturnType<KeepStore['clockSeen']> {
  const rows: { key: string; value: number }[] = await db('meta').whereIn('key', [
    'clock',
    'clock-held',
    'clock-waited',
  ])
  const of = (key: string) => rows.find((row) => row.key === key)?.value
  const at = of('clock')
  return at === undefined
    ? undefined
    : { at, heldMs: of('clock-held') ?? 0, waitedMs: of('clock-waited') ?? 0 }
}

export async function setClockSeen(db: Knex, { at, heldMs, waitedMs }: ClockSeen): Promise<void> {
  const rows = [
    { key: 'clock', value: Math.round(at) },
    { key: 'clock-held', value: Math.round(heldMs) },
    { key: 'clock-waited', value: Math.round(waitedMs) },
  ]
  await db('meta').insert(rows).onConflict('key').merge(['value'])
}

export async function scrubNeed(db: Knex): ReturnType<KeepStore['scrubNeed']> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'scrub' }).first('value')
  return needs[row?.value ?? 0] ?? 'all'
}

/** Notes that traces of removed data must be removed. Call it in the change that removes the data. */
export async function needScrub(db: Knex, need: 'traces' | 'all'): Promise<void> {
  const value = needs.indexOf(need)
  await db('meta').where({ key: 'scrub' }).where('value', '<', value).update({ value })
}

/** Notes that traces were removed. Without a rewrite, the note about traces that only a rewrite removes stays. */
export async function scrubbed(db: Knex, rewritten: boolean): Promise<void> {
  await db('meta')
    .where({ key: 'scrub' })
    .where('value', '<=', rewritten ? 2 : 1)
    .update({ value: 0 })
}
