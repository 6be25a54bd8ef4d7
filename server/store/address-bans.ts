import type { Knex } from 'knex'
import type { AddressBanRecord } from '../chat/ports/group-store.ts'
import { type AddressBanRow, toAddressBan } from './rows.ts'

export async function loadAddressBans(db: Knex): Promise<AddressBanRecord[]> {
  const rows: AddressBanRow[] = await db('address_bans').select('cidr', 'by', 'at', 'until').orderBy('cidr')
  return rows.map(toAddressBan)
}

/** Bans an address. If it is banned already, the new ban replaces the old one. */
export async function banAddress(db: Knex, ban: AddressBanRecord): Promise<void> {
  const { cidr, by, at, until } = ban
  await db('address_bans')
    .insert({ cidr, by, at, until: until ?? null })
    .onConflict('cidr')
    .merge(['by', 'at', 'until'])
}

export async function unbanAddress(db: Knex, cidr: string): Promise<boolean> {
  return (await db('address_bans').where({ cidr }).delete()) > 0
}
