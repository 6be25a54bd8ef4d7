import type { Knex } from 'knex'
import type { Page } from '../chat/ports.ts'
import { type MessageRow, messageColumns } from './rows.ts'

/*
 * Every query here is one walk along an index, from the end of the list and no further than the limit,
 * however many messages there are; a test looks at the plans.
 */

type Query = Knex.QueryBuilder<object, MessageRow[]>
type CountQuery = Knex.QueryBuilder<object, { count: number | string }[]>

/** Newest first. */
export function channelHistoryQuery(db: Knex, channel: number, page: Page): Query {
  return newest(db('messages').select(messageColumns).where('channel_id', channel), page)
}

/** Newest first. Two walks, put together: with an OR the database would sort all that was ever said. */
export function directHistoryQuery(db: Knex, account: number, other: number, page: Page): Query {
  const said = (from: number, to: number) =>
    newest(db('messages').select(messageColumns).where({ to_account: to, from_account: from }), page)
  if (account === other) return said(account, account)
  const both = db.select('*').from(said(account, other).as('sent'))
  return both
    .unionAll(db.select('*').from(said(other, account).as('received')))
    .orderBy('id', 'desc')
    .limit(page.limit)
}

/** Newest first. */
export function inboxQuery(db: Knex, account: number, page: Page): Query {
  return newest(db('messages').select(messageColumns).where('to_account', account), page)
}

export function countChannelQuery(db: Knex, channel: number, page: Page): CountQuery {
  return counted(db, within(db('messages').where('channel_id', channel), page), page.limit)
}

export function countInboxQuery(db: Knex, account: number, page: Page): CountQuery {
  return counted(db, within(db('messages').where('to_account', account), page), page.limit)
}

export function countFromQuery(db: Knex, account: number, limit: number): CountQuery {
  return counted(db, db('messages').where('from_account', account), limit)
}

/** What a count query answers. */
export async function countOf(query: CountQuery): Promise<number> {
  const rows: { count: number | string }[] = await query
  return Number(rows[0]?.count ?? 0)
}

function within(query: Query, { before, after }: Page): Query {
  if (before !== undefined) query.where('id', '<', before)
  if (after !== undefined) query.where('id', '>', after)
  return query
}

function newest(query: Query, page: Page): Query {
  return within(query, page).orderBy('id', 'desc').limit(page.limit)
}

function counted(db: Knex, query: Query, limit: number): CountQuery {
  return db.count({ count: '*' }).from(query.select(db.raw('1')).limit(limit).as('found'))
}

/** Removes what an account said, everywhere. */
export async function removeMessages(db: Knex, account: number): Promise<void> {
  await db('messages').where('from_account', account).delete()
}
