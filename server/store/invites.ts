import type { Knex } from 'knex'
import type { GroupStore } from '../chat/ports/group-store.ts'
import { InviteUsed } from '../chat/ports/store-errors.ts'

/** A query for an invitation code that is valid at a time. */
function usable(db: Knex, hash: string, now: number) {
  return db('invites').where({ hash }).whereNull('used_by').where('until', '>', now)
}

export async function addInvite(db: Knex, invite: Parameters<GroupStore['addInvite']>[0]): Promise<void> {
  const { hash, by, at, until } = invite
  await db('invites').where({ by }).whereNull('used_by').where('until', '<=', at).delete()
  await db('invites').insert({ hash, by, at, until })
}

/** The number of valid invitation codes of an account. */
export async function countInvites(db: Knex, by: number, now: number): Promise<number> {
  const rows: { count: number }[] = await db('invites')
    .where({ by })
    .whereNull('used_by')
    .where('until', '>', now)
    .count({ count: '*' })
  return rows[0]?.count ?? 0
}

export async function hasInvite(db: Knex, hash: string, now: number): Promise<boolean> {
  return (await usable(db, hash, now).first('hash')) !== undefined
}

/** Uses up an invitation code. Rejects with InviteUsed. */
export async function takeInvite(db: Knex, hash: string, account: number, now: number): Promise<void> {
  const taken = await usable(db, hash, now).update({ used_by: account })
  if (taken === 0) throw new InviteUsed('The invitation cannot be used')
}

/** Removes the unused invitation codes of an account. */
export async function forgetInvites(db: Knex, by: number): Promise<void> {
  await db('invites').where({ by }).whereNull('used_by').delete()
}
