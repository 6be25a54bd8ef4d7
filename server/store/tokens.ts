import type { Knex } from 'knex'
import type { Scope } from '../chat/model/grant.ts'
import type { TokenRecord, TokenSeen, TokenUse } from '../chat/ports/records.ts'
import { orNameTaken } from './inserts.ts'

interface TokenRow {
  account: number
  name: string
  hash: string
  created_at: number
  scope: Scope
  /** Names of channels, separated by spaces. */
  channels: string | null
  used_at: number | null
  used_from: string | null
  seen: number | null
}

/** Adds a login token. Rejects with NameTaken if the account has a token of that name. */
export async function addToken(db: Knex, token: TokenRecord): Promise<void> {
  const { account, name, hash, createdAt, scope, channels, seen } = token
  await orNameTaken(
    db('tokens').insert({
      account,
      name,
      hash,
      created_at: createdAt,
      scope,
      channels: channels?.join(' ') ?? null,
      seen: seen ?? null,
    }),
  )
}

export async function tokensOf(db: Knex, account: number): Promise<TokenRecord[]> {
  const rows: TokenRow[] = await db('tokens')
    .where({ account })
    .orderBy([{ column: 'created_at' }, { column: 'name' }])
  return rows.map((row) => ({
    name: row.name,
    account,
    hash: row.hash,
    createdAt: row.created_at,
    scope: row.scope,
    channels: row.channels === null ? undefined : row.channels.split(' '),
    usedAt: row.used_at ?? undefined,
    usedFrom: row.used_from ?? undefined,
    seen: row.seen ?? undefined,
  }))
}

export async function tokenOwner(db: Knex, hash: string): Promise<number | undefined> {
  const row: { account: number } | undefined = await db('tokens').where({ hash }).first('account')
  return row?.account
}

/** Notes the use of a token. Returns false if there is no such token. */
export async function useToken(db: Knex, account: number, use: TokenUse): Promise<boolean> {
  const { name, createdAt, at, from } = use
  const found = db('tokens').where({ account, name, created_at: createdAt })
  return (await found.update({ used_at: at, used_from: from ?? null })) > 0
}

export async function removeTokens(db: Knex, account: number): Promise<void> {
  await db('tokens').where({ account }).delete()
}

export async function saveTokensSeen(db: Knex, entries: readonly TokenSeen[]): Promise<void> {
  for (const { account, name, createdAt, seen } of entries)
    await db('tokens').where({ account, name, created_at: createdAt }).update({ seen })
}

export async function removeToken(db: Knex, account: number, name: string): Promise<boolean> {
  return (await db('tokens').where({ account, name }).delete()) > 0
}

/** Changes the name of a channel in the tokens that are for it. */
export async function renameInTokens(db: Knex, from: string, to: string): Promise<void> {
  const key = from.toLowerCase()
  const rows: { hash: string; channels: string }[] = await db('tokens')
    .select('hash', 'channels')
    .whereRaw("instr(' ' || lower(channels) || ' ', ?) > 0", [` ${key} `])
  for (const { channels, hash } of rows) {
    const names = channels.split(' ').map((name) => (name.toLowerCase() === key ? to : name))
    await db('tokens')
      .where({ hash })
      .update({ channels: names.join(' ') })
  }
}
