import type { Knex } from 'knex'
import type { MessageFilter } from '../chat/ports/group-store.ts'
import type { NoNews, Page, Unwanted } from '../chat/ports/records.ts'
import { type MessageRow, messageColumns } from './rows.ts'

/*
 * Nearly every query here is one walk along an index, from the end of the list and no further than the limit, however many
 * messages there are; a test checks the plans. There is no index by author (see migration 0005): a query by author goes through
 * all messages, and must run on a reading connection.
 */

export type Query = Knex.QueryBuilder<object, MessageRow[]>
type CountQuery = Knex.QueryBuilder<object, { count: number | string }[]>

function allOf(db: Knex): Query {
  return db('messages').select(messageColumns)
}

/** A query for a page of a channel: newest first, or oldest first if the page begins there. All lists have this order. */
export function channelHistoryQuery(db: Knex, channel: number, page: Page): Query {
  return ofPage(allOf(db).where('channel_id', channel), page)
}

/**
 * A query for the messages between two people as `account` may see them: without blocked messages of the other. It puts several
 * walks together, because with an OR the database would sort all messages.
 */
export function directHistoryQuery(db: Knex, account: number, other: number, page: Page): Query {
  const said = (name: string, from: number, to: number, blocked: boolean): Query => {
    const walk = allOf(db).where({ to_account: to, from_account: from, blocked })
    return db.select('*').from(ofPage(walk, page).as(name))
  }
  const more = [said('lost', account, other, true)]
  if (account !== other) more.push(said('received', other, account, false))
  return said('sent', account, other, false)
    .unionAll(more)
    .orderBy('id', page.oldest ? 'asc' : 'desc')
    .limit(page.limit)
}

export function inboxQuery(db: Knex, account: number, page: Page): Query {
  return ofPage(received(db, account).select(messageColumns), page)
}

export function countChannelQuery(db: Knex, channel: number, page: Page, unwanted?: NoNews): CountQuery {
  const query = db('messages').where('channel_id', channel)
  // If nobody is unwanted, the index alone answers this.
  return unwanted
    ? countedBut(db, newest(query, page), unwanted)
    : counted(db, within(query, page), page.limit)
}

export function countInboxQuery(db: Knex, account: number, page: Page, unwanted?: Unwanted): CountQuery {
  // The order makes the database use the index of the inbox, which has no blocked messages.
  const query = newest(received(db, account), page)
  return unwanted ? countedBut(db, query, unwanted) : counted(db, query, page.limit)
}

/** A query that counts the messages of an account. It goes through all messages if the account has less than `limit`. */
export function countFromQuery(db: Knex, account: number, limit: number): CountQuery {
  return counted(db, db('messages').where('from_account', account), limit)
}

/** A query that counts all messages, or those since a time: then it reads back to the first of them. */
export function countMessagesQuery(db: Knex, since?: number): CountQuery {
  const query: CountQuery = db('messages').count({ count: '*' })
  if (since === undefined) return query
  const before = db('messages').select('id').where('at', '<', since).orderBy('id', 'desc').limit(1)
  return query.whereRaw('id > COALESCE((?), 0)', [before])
}

/** A query that counts the messages above a number: one walk along the newest messages. */
export function countAboveQuery(db: Knex, id: number): CountQuery {
  const query: CountQuery = db('messages').count({ count: '*' })
  return query.where('id', '>', id)
}

export function noticesQuery(db: Knex, page: Page): Query {
  // Not as a variable: the index has only the rows with this condition.
  return ofPage(db('messages').select(messageColumns).whereRaw("kind = 'notice'"), page)
}

export function mentionsQuery(db: Knex, account: number, page: Page): Query {
  const columns = messageColumns.map((column) => `m.${column}`)
  return ofPage(mentioning(db, account).select(columns), page, 'n.message')
}

export function countMentionsQuery(db: Knex, account: number, page: Page, unwanted?: NoNews): CountQuery {
  return unwanted
    ? countedBut(db, newest(mentioning(db, account), page, 'n.message'), unwanted)
    : counted(db, within(mentioning(db, account), page, 'n.message'), page.limit)
}

/** A query for the operator's list, newest first. Unlike the others it reads on to the end of the list if `since` leaves too few. */
export function messageListQuery(db: Knex, filter: MessageFilter): Query {
  const query: Query = db('messages').select(messageColumns)
  const [channel, ...others] = filter.channels ?? []
  // For a single channel, one index has the order.
  if (channel !== undefined && others.length === 0) query.where('channel_id', channel)
  else if (filter.channels !== undefined) query.whereIn('channel_id', filter.channels)
  if (filter.from !== undefined) query.where('from_account', filter.from)
  if (filter.since !== undefined) query.where('at', '>=', filter.since)
  return newest(query, filter)
}

/** Runs a query that counts. */
export async function countOf(query: CountQuery): Promise<number> {
  const rows: { count: number | string }[] = await query
  return Number(rows[0]?.count ?? 0)
}

/** A query for the direct messages to an account, without blocked ones. */
export function received(db: Knex, account: number): Query {
  return db('messages').where('to_account', account).whereRaw('NOT blocked')
}

/** A query for mentions of an account in its channels. CROSS JOIN makes the database begin with the mentions. */
function mentioning(db: Knex, account: number): Query {
  const member = db('memberships')
    .select(db.raw('1'))
    .where('memberships.account', account)
    .whereRaw('memberships.channel = m.channel_id')
  return db('mentions as n')
    .crossJoin(db.raw('messages AS m'))
    .where('n.account', account)
    .whereRaw('m.id = n.message')
    .whereExists(member)
}

function within(query: Query, { before, after }: Page, id = 'id'): Query {
  if (before !== undefined) query.where(id, '<', before)
  if (after !== undefined) query.where(id, '>', after)
  return query
}

function ofPage(query: Query, page: Page, id = 'id'): Query {
  return page.oldest ? within(query, page, id).orderBy(id).limit(page.limit) : newest(query, page, id)
}

/** Limits a query to a page, from the end of the list. */
export function newest(query: Query, page: Page, id = 'id'): Query {
  return within(query, page, id).orderBy(id, 'desc').limit(page.limit)
}

function counted(db: Knex, query: Query, limit: number): CountQuery {
  return db.count({ count: '*' }).from(query.select(db.raw('1')).limit(limit).as('found'))
}

/** Counts the rows of a limited query that are not from unwanted people. */
function countedBut(db: Knex, query: Query, { accounts, guests, own = 0 }: NoNews): CountQuery {
  return db
    .count({ count: '*' })
    .from(query.select('from_account', 'from_guest', 'bot').as('found'))
    .whereRaw('(from_account IS NULL OR from_account NOT IN (SELECT value FROM json_each(?)))', [
      JSON.stringify(accounts),
    ])
    .whereRaw('(from_guest IS NULL OR from_guest NOT IN (SELECT value FROM json_each(?)))', [
      JSON.stringify(guests),
    ])
    .whereRaw('(from_account IS NULL OR from_account <> ? OR bot)', [own])
}

/** The time of the newest message there is; 0 if there is none. */
export async function lastMessageAt(db: Knex): Promise<number> {
  const row: { at: number } | undefined = await db('messages').orderBy('id', 'desc').first('at')
  return row?.at ?? 0
}

/** Numbers of messages, and the number up to which all are among them. */
export interface Numbers {
  readonly ids: readonly number[]
  readonly upTo: number
}

/** The numbers of all messages of an account so far. Goes through all messages. */
export async function saidBy(db: Knex, account: number): Promise<Numbers> {
  const rows: { last: number | null }[] = await db('messages').max({ last: 'id' })
  const upTo = rows[0]?.last ?? 0
  return { ids: await saidBetween(db, account, 0, upTo), upTo }
}

/** The numbers of its messages above `after`. */
export function saidSince(db: Knex, account: number, after: number): Promise<number[]> {
  return saidBetween(db, account, after, Number.MAX_SAFE_INTEGER)
}

function saidBetween(db: Knex, account: number, after: number, upTo: number): Promise<number[]> {
  return db('messages')
    .where('id', '>', after)
    .where('id', '<=', upTo)
    .where('from_account', account)
    .pluck('id')
}
