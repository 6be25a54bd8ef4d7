import type { Knex } from 'knex'
import type { BrowserRecord } from '../chat/ports/browser-store.ts'
import { newId } from './inserts.ts'

interface Row {
  id: number
  account: number
  hash: string
  created_at: number
  used_at: number
  used_from: string | null
  agent: string
}

export async function addBrowser(
  db: Knex,
  { account, agent, createdAt, hash, usedAt, usedFrom }: Omit<BrowserRecord, 'id'>,
  most: number,
): Promise<number> {
  const row = { account, hash, created_at: createdAt, used_at: usedAt, used_from: usedFrom ?? null, agent }
  const rows: { id: number }[] = await db('browser_sessions').insert(row, ['id'])
  const kept = db('browser_sessions')
    .where({ account })
    .orderBy([
      { column: 'used_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(most)
    .select('id')
  await db('browser_sessions').where({ account }).whereNotIn('id', kept).delete()
  return newId(rows)
}

export async function browserBy(db: Knex, hash: string): Promise<BrowserRecord | undefined> {
  const row: Row | undefined = await db('browser_sessions').where({ hash }).first()
  return row && toBrowser(row)
}

export async function browsersOf(db: Knex, account: number): Promise<BrowserRecord[]> {
  const rows: Row[] = await db('browser_sessions').where({ account }).orderBy('id')
  return rows.map(toBrowser)
}

export async function useBrowser(
  db: Knex,
  id: number,
  at: number,
  from: string | undefined,
): Promise<boolean> {
  return (
    (await db('browser_sessions')
      .where({ id })
      .update({ used_at: at, used_from: from ?? null })) > 0
  )
}

export async function removeBrowser(db: Knex, account: number, id: number): Promise<boolean> {
  return (await db('browser_sessions').where({ account, id }).delete()) > 0
}

export async function removeBrowsers(db: Knex, account: number): Promise<void> {
  await db('browser_sessions').where({ account }).delete()
}

export function removeBrowsersBefore(db: Knex, before: number): Promise<number> {
  return db('browser_sessions').where('used_at', '<', before).delete()
}

/** So many of the newest messages are looked at, in each direction. */
const mostLooked = 2_000

export async function partnersOf(
  db: Knex,
  account: number,
  limit: number,
): Promise<{ other: number; last: number }[]> {
  const sent = db('messages').where({ from_account: account }).orderBy('id', 'desc').limit(mostLooked)
  const got = db('messages')
    .where({ to_account: account, blocked: false })
    .orderBy('id', 'desc')
    .limit(mostLooked)
  const rows: { other: number; last: number }[] = await db
    .from(
      db
        .from(sent.select('id', { other: 'to_account' }).as('sent'))
        .unionAll(db.from(got.select('id', { other: 'from_account' }).as('got')).select('id', 'other'))
        .select('id', 'other')
        .as('direct'),
    )
    .whereNotNull('other')
    .groupBy('other')
    .select('other')
    .max({ last: 'id' })
    .orderBy('last', 'desc')
    .limit(limit)
  return rows.map(({ last, other }) => ({ other: Number(other), last: Number(last) }))
}

function toBrowser(row: Row): BrowserRecord {
  return {
    id: row.id,
    account: row.account,
    hash: row.hash,
    createdAt: row.created_at,
    usedAt: row.used_at,
    usedFrom: row.used_from ?? undefined,
    agent: row.agent,
  }
}
