import type { Knex } from 'knex'
import type { LoginAddressRecord } from '../chat/model/login-addresses.ts'

interface LoginAddressRow {
  address: string
  since: number
  last: number
  told: number
}

export async function loginAddresses(db: Knex, account: number): Promise<LoginAddressRecord[]> {
  const rows: LoginAddressRow[] = await db('login_addresses')
    .where({ account })
    .orderBy([{ column: 'since' }, { column: 'address' }])
  return rows.map(({ address, since, last, told }) => ({ address, since, last, told: Boolean(told) }))
}

/** Stores a new address, and of more than `most` forgets those that were used longest ago. Returns false if the address was known, or the account is deleted. */
export async function addLoginAddress(
  db: Knex,
  account: number,
  { address, since, last, told }: LoginAddressRecord,
  most: number,
): Promise<boolean> {
  // The account may have been deleted during the login.
  const living = await db('accounts').where({ id: account }).whereNull('deleted_at').first('id')
  if (!living) return false
  const row = { account, address, since, last, told }
  const added: unknown[] = await db('login_addresses')
    .insert(row)
    .onConflict(['account', 'address'])
    .ignore()
    .returning('address')
  if (added.length === 0) return false
  const kept = db('login_addresses')
    .where({ account })
    .orderBy([
      { column: 'last', order: 'desc' },
      { column: 'since', order: 'desc' },
    ])
    .limit(most)
    .select('address')
  await db('login_addresses').where({ account }).whereNotIn('address', kept).delete()
  return true
}

export async function useLoginAddress(db: Knex, account: number, address: string, at: number): Promise<void> {
  await db('login_addresses').where({ account, address }).update({ last: at })
}

export async function tellLoginAddresses(
  db: Knex,
  account: number,
  addresses: readonly string[],
): Promise<void> {
  await db('login_addresses').where({ account }).whereIn('address', addresses).update({ told: true })
}

export async function forgetLoginAddresses(db: Knex, account: number): Promise<void> {
  await db('login_addresses').where({ account }).delete()
}
