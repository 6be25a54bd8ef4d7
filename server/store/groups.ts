import type { Knex } from 'knex'
import type { RestraintKind } from '../chat/model/people.ts'
import type {
  GroupStore,
  GuestRestraintRecord,
  LinkRecord,
  RestraintRecord,
} from '../chat/ports/group-store.ts'
import type { MembershipRecord } from '../chat/ports/records.ts'
import { addMember } from './channels.ts'
import { newId, orNameTaken } from './inserts.ts'
import { forgetPlace, forgetReadIn } from './read-markers.ts'
import {
  type GuestRestraintRow,
  type RequestRow,
  type RestraintRow,
  toGuestRestraint,
  toRequest,
  toRestraint,
} from './rows.ts'

type NewRequest = Parameters<GroupStore['addRequest']>[0]
type LinkTable = 'contacts' | 'blocks'

/** The most values in a statement: SQLite allows 32,766 variables. */
const idChunk = 1000

export async function loadGroups(
  db: Knex,
): Promise<Omit<Awaited<ReturnType<GroupStore['loadGroups']>>, 'addressBans'>> {
  const requests: RequestRow[] = await db('requests').orderBy('id')
  const byChannel = [{ column: 'channel' }, { column: 'account' }]
  const bans: RestraintRow[] = await db('bans').orderBy(byChannel)
  const mutes: RestraintRow[] = await db('mutes').orderBy(byChannel)
  const ofGuests: GuestRestraintRow[] = await db('guest_restraints').orderBy(['channel', 'kind'])
  return {
    requests: requests.map(toRequest),
    bans: bans.map(toRestraint),
    mutes: mutes.map(toRestraint),
    guestRestraints: ofGuests.map(toGuestRestraint),
    contacts: await loadLinks(db, 'contacts'),
    blocks: await loadLinks(db, 'blocks'),
  }
}

async function loadLinks(db: Knex, table: LinkTable): Promise<LinkRecord[]> {
  return db(table)
    .select('account', 'other')
    .orderBy([{ column: 'account' }, { column: 'other' }])
}

/** Adds a request, and returns its number. Rejects with NameTaken if such a request is pending. */
export async function addRequest(db: Knex, request: NewRequest): Promise<number> {
  const { channel, account, by, at } = request
  const rows: { id: number }[] = await orNameTaken(
    db('requests').insert({ channel, account, by, at }, ['id']),
  )
  return newId(rows)
}

/** Stores the answer to a request. Changes nothing if the request is not pending. */
export async function answerRequest(
  db: Knex,
  id: number,
  answer: 'rejected' | MembershipRecord,
): Promise<void> {
  const accepted = answer !== 'rejected'
  const answered = await db('requests')
    .where({ id, answer: 'pending' })
    .update({ answer: accepted ? 'accepted' : 'rejected' })
  if (answered > 0 && accepted) await addMember(db, answer)
}

export async function forgetRequests(db: Knex, ids: readonly number[]): Promise<void> {
  for (let start = 0; start < ids.length; start += idChunk) {
    await db('requests')
      .whereIn('id', ids.slice(start, start + idChunk))
      .delete()
  }
}

export async function addBan(db: Knex, ban: RestraintRecord, at: number): Promise<void> {
  const { account, channel } = ban
  await db('bans')
    .insert({ channel, account, at, ...terms(ban) })
    .onConflict(['channel', 'account'])
    .merge(['until', 'why', 'rank'])
  await db('memberships').where({ channel, account }).delete()
  await forgetReadIn(db, account, channel)
  await db('requests')
    .where({ channel, answer: 'pending' })
    .andWhere((about) => about.where({ account }).orWhere({ by: account }))
    .delete()
}

export async function removeBan(db: Knex, channel: number, account: number): Promise<void> {
  await db('bans').where({ channel, account }).delete()
}

export async function setMute(db: Knex, mute: RestraintRecord): Promise<void> {
  const { channel, account } = mute
  await db('mutes')
    .insert({ channel, account, ...terms(mute) })
    .onConflict(['channel', 'account'])
    .merge(['until', 'why', 'rank'])
}

function terms({ until, why, rank }: RestraintRecord | GuestRestraintRecord) {
  return { until: until ?? null, why: why ?? null, rank }
}

export async function removeMute(db: Knex, channel: number, account: number): Promise<void> {
  await db('mutes').where({ channel, account }).delete()
}

export async function setGuestRestraint(db: Knex, restraint: GuestRestraintRecord): Promise<void> {
  const { channel, kind } = restraint
  await db('guest_restraints')
    .insert({ channel, kind, ...terms(restraint) })
    .onConflict(['channel', 'kind'])
    .merge(['until', 'why', 'rank'])
}

export async function removeGuestRestraint(db: Knex, channel: number, kind: RestraintKind): Promise<void> {
  await db('guest_restraints').where({ channel, kind }).delete()
}

export async function setLink(db: Knex, table: LinkTable, link: LinkRecord, on: boolean): Promise<void> {
  const { account, other } = link
  if (on) await db(table).insert({ account, other }).onConflict(['account', 'other']).ignore()
  else await db(table).where({ account, other }).delete()
}

/** Sets or ends a block. A new block also forgets the invitations between the two. */
export async function setBlock(db: Knex, link: LinkRecord, on: boolean): Promise<void> {
  await setLink(db, 'blocks', link, on)
  if (!on) return
  const { account, other } = link
  await db('requests').where({ account, by: other }).orWhere({ account: other, by: account }).delete()
}

/** Forgets requests, bans and mutes of a channel. */
export async function forgetChannel(db: Knex, channel: number): Promise<void> {
  for (const table of ['requests', 'bans', 'mutes', 'guest_restraints'])
    await db(table).where({ channel }).delete()
  await forgetPlace(db, 'channel', channel)
}

/** Forgets the contacts, blocks, requests, bans, mutes, mentions and read markers of an account. */
export async function forgetAccount(db: Knex, account: number): Promise<void> {
  for (const table of ['requests', 'bans', 'mutes', 'contacts', 'blocks', 'mentions', 'read_markers']) {
    await db(table).where({ account }).delete()
  }
  await db('requests').where({ by: account }).delete()
  for (const table of ['contacts', 'blocks']) await db(table).where({ other: account }).delete()
}
