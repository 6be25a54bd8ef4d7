import type { Knex } from 'knex'
import type { Role } from '../chat/model/people.ts'
import type { ChannelRecord, MembershipRecord, NewName } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import { formerText, newId, orNameTaken } from './inserts.ts'
import { forgetReadIn } from './read-markers.ts'
import { type ChannelRow, type MembershipRow, toChannel, toMembership } from './rows.ts'
import { lastOfSeries } from './sqlite/sequences.ts'
import { renameInTokens } from './tokens.ts'

type NewChannel = Parameters<Store['createChannel']>[0]

export async function loadChannels(db: Knex): Promise<ChannelRecord[]> {
  const newest = db('messages').max('messages.id').whereRaw('messages.channel_id = channels.id')
  const rows: ChannelRow[] = await db('channels')
    .select('id', 'name', 'former', 'private', 'topic', newest.as('last_id'))
    .whereNull('closed_at')
    .orderBy('id')
  return rows.map(toChannel)
}

/** How many rows are read at a time, so that few are in memory as rows. */
const stretch = 10_000

/** The memberships after a given one, by channel and account, which is the order on disk. */
export function membershipsQuery(
  db: Knex,
  { account, channel }: { readonly account: number; readonly channel: number },
): Knex.QueryBuilder<object, MembershipRow[]> {
  return db('memberships')
    .select('channel', 'account', 'role', 'since')
    .whereRaw('(channel, account) > (?, ?)', [channel, account])
    .orderBy([{ column: 'channel' }, { column: 'account' }])
    .limit(stretch)
}

/** Reads all memberships, a stretch at a time. */
export async function* loadMemberships(db: Knex): AsyncIterable<MembershipRecord[]> {
  for (let last = { channel: 0, account: 0 }, more = true; more; ) {
    const rows: MembershipRow[] = await membershipsQuery(db, last)
    last = rows.at(-1) ?? last
    more = rows.length === stretch
    yield rows.map(toMembership)
  }
}

/** Makes a channel, and returns its number. Rejects with NameTaken. */
export async function createChannel(db: Knex, channel: NewChannel): Promise<number> {
  const { name, key, at, admin } = channel
  const rows: { id: number }[] = await orNameTaken(
    db('channels').insert(
      { name, key, private: channel.private, created_at: at, named_after: lastOfSeries(db) },
      ['id'],
    ),
  )
  const id = newId(rows)
  if (admin !== undefined) {
    await db('memberships').insert({ channel: id, account: admin, role: 'admin', since: at })
  }
  return id
}

export async function setTopic(db: Knex, channel: number, topic: string): Promise<void> {
  await db('channels').where({ id: channel }).whereNull('closed_at').update({ topic })
}

export async function setPrivate(db: Knex, channel: number, isPrivate: boolean): Promise<void> {
  await db('channels').where({ id: channel }).whereNull('closed_at').update({ private: isPrivate })
}

/** Renames a channel. Rejects with NameTaken. Login tokens name their channels, and are changed, too: see tokens.ts. */
export async function renameChannel(db: Knex, channel: number, name: NewName, from: string): Promise<void> {
  const { former, key } = name
  const row = { name: name.name, key, former: formerText(former), named_after: lastOfSeries(db) }
  await orNameTaken(db('channels').where({ id: channel }).whereNull('closed_at').update(row))
  await renameInTokens(db, from, name.name)
}

export async function closeChannel(db: Knex, channel: number, at: number): Promise<void> {
  await db('memberships').where({ channel }).delete()
  await db('channels').where({ id: channel }).whereNull('closed_at').update({ closed_at: at, former: null })
}

/** Adds a member. A member who is there already gets the new role and time. */
export async function addMember(db: Knex, member: MembershipRecord): Promise<void> {
  await db('memberships')
    .insert({ ...member, role: member.role ?? null })
    .onConflict(['channel', 'account'])
    .merge(['role', 'since'])
}

export async function removeMember(
  db: Knex,
  channel: number,
  account: number,
  successor: number | undefined,
): Promise<void> {
  await db('memberships').where({ channel, account }).delete()
  await forgetReadIn(db, account, channel)
  if (successor !== undefined) {
    await db('memberships').where({ channel, account: successor }).update({ role: 'admin' })
  }
}

export async function setRole(
  db: Knex,
  channel: number,
  account: number,
  role: Role | undefined,
): Promise<void> {
  await db('memberships')
    .where({ channel, account })
    .update({ role: role ?? null })
}

export async function transfer(db: Knex, channel: number, from: number, to: number): Promise<void> {
  await setRole(db, channel, from, undefined)
  await setRole(db, channel, to, 'admin')
}

/** A query for the numbers of the private channels of an account. */
export function privateChannelsOf(db: Knex, account: number): Knex.QueryBuilder {
  return db('memberships')
    .crossJoin(db.raw('channels'))
    .select('memberships.channel')
    .where('memberships.account', account)
    .whereRaw('channels.id = memberships.channel')
    .where('channels.private', true)
}
