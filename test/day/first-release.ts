import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from 'bcryptjs'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import type { MessageFields } from '../process/talker.ts'

/** The schema of the first release. */
export const firstSchema = migrationNames.slice(0, migrationNames.indexOf('0003-groups'))

export const passwords = { anna: 'annas-password', bob: 'bobs-password', cleo: 'cleos-password' }
export const token = 'J1Z37BVGF3EK5J38WAK05T12MV9SKKE2'
export const recoveryCode = 'KYXY-W2CG-24RT-20CC-BJ0Y'

const begin = Date.parse('2026-03-01T08:00:00Z')
const [anna, bob, cleo, gone] = [1, 2, 3, 4] as const
const [lobby, tea, board, closed] = [1, 2, 3, 4] as const
const names = ['', 'anna', 'bob', 'cleo']
const rooms = ['', '#lobby', '#tea', '#board']

/**
 * Makes a data directory as the first release has left it, row by row: three people, one of them an operator, and one who
 * has deleted the account; a public channel, a private one, one that is closed; what they said in there and to
 * each other, half of it indexed; a token; messages that wait. Answers what was said and can still be read.
 */
export async function firstReleaseData(data: string): Promise<MessageFields[]> {
  mkdirSync(data)
  const { reader, writer: db } = connect({ file: join(data, 'partyline.db'), synchronous: 'off' })
  await migrate(db, firstSchema)
  const account = (id: number, name: keyof typeof passwords, more: object) => ({
    id,
    name,
    key: name,
    password_hash: hashSync(passwords[name], 4),
    recovery_hash: sha256(id === anna ? recoveryCode : `${name}'s`),
    since: begin,
    seen_at: begin,
    ...more,
  })
  await db('accounts').insert(
    account(anna, 'anna', { operator: true, email: 'anna@example.org', seen: 1000 }),
  )
  await db('accounts').insert(account(bob, 'bob', { settings: '{"clock":"24"}', seen: 1000 }))
  await db('accounts').insert(account(cleo, 'cleo', { seen: 900, unread_from: 900 }))
  await db('accounts').insert({ id: gone, name: 'dan', key: 'dan', since: begin, deleted_at: begin + 5 })
  await db('tokens').insert({ account: bob, name: 'cron', hash: sha256(token), created_at: begin })
  const channel = { private: false, topic: '', created_at: begin }
  await db('channels').insert({ ...channel, id: lobby, name: '#lobby', key: '#lobby' })
  await db('channels').insert({ ...channel, id: tea, name: '#Tea', key: '#tea', topic: 'green or black' })
  await db('channels').insert({ ...channel, id: board, name: '#board', key: '#board', private: true })
  await db('channels').insert({ ...channel, id: closed, name: '#old', key: '#old', closed_at: begin + 9 })
  for (const account of [anna, bob, cleo])
    await db('memberships').insert({ channel: lobby, account, since: begin })
  await db('memberships').insert({ channel: tea, account: bob, role: 'admin', since: begin })
  await db('memberships').insert({ channel: tea, account: cleo, role: null, since: begin })
  await db('memberships').insert({ channel: board, account: anna, role: 'admin', since: begin })
  await db('memberships').insert({ channel: board, account: bob, role: null, since: begin })

  const said: MessageFields[] = []
  for (let id = 1; id <= 1000; id++) {
    const from = 1 + (id % 3)
    const text = `qxold${id} ${'and so on '.repeat(id % 9)}`.trim()
    const at = begin + id * 1000
    const row = { id, at, kind: id % 10 === 0 ? 'action' : 'text', text }
    const shown = { id, at: new Date(at).toISOString(), from: names[from] ?? '', kind: row.kind, text }
    const inside = [lobby, from === anna ? board : tea][id % 2] ?? lobby
    if (id % 5 === 0) {
      const to = 1 + ((from + (id % 2)) % 3)
      await db('messages').insert({ ...row, from_account: from, to_account: to })
      said.push({ ...shown, to: names[to] ?? '' })
    } else if (id % 100 === 1) {
      await db('messages').insert({ ...row, from_guest: '~gus', channel_id: lobby })
      said.push({ ...shown, from: '~gus', channel: '#lobby' })
    } else if (id % 100 === 2) {
      await db('messages').insert({ ...row, from_account: gone, channel_id: lobby })
      said.push({ ...shown, from: `deleted user #${gone}`, channel: '#lobby' })
    } else {
      await db('messages').insert({ ...row, from_account: from, channel_id: inside })
      said.push({ ...shown, channel: inside === tea ? '#Tea' : (rooms[inside] ?? '') })
    }
  }
  await db('messages').insert({
    id: 1001,
    at: begin,
    kind: 'text',
    text: 'x',
    from_account: 1,
    channel_id: 4,
  })
  await db.raw('INSERT INTO messages_fts (rowid, text) SELECT id, text FROM messages WHERE id <= 500')
  await db('meta').where({ key: 'indexed' }).update({ value: 500 })
  await Promise.all([db.destroy(), reader.destroy()])
  return said
}

function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
