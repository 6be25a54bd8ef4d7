import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import knexModule from 'knex'
import type { Test } from 'tap'
import { type Fields, logIn, type MessageFields, type Talker } from '../process/talker.ts'
import { get } from '../process/transfer.ts'
import type { Random } from '../support/random.ts'
import type { Ledger } from './ledger.ts'
import { fileIn, type Member, password, publicRooms, put } from './load.ts'

interface Audit {
  readonly t: Test
  readonly port: number
  readonly ledger: Ledger
  readonly random: Random
  /** Messages up to this one were compared before. */
  readonly from: number
  /** Files up to this one were fetched before. */
  readonly fromFile: number
}

/** Compares what members find after a restart with what they were shown before it. */
export async function audit(parts: Audit, members: readonly Member[]): Promise<void> {
  const { ledger } = parts
  const histories = new Map<string, MessageFields[]>()
  for (const member of members) {
    await auditRooms(parts, member)
    await auditRequests(parts, member)
  }
  for (const member of members) {
    const rooms = await roomsOf(member)
    for (const { name } of rooms)
      if (!histories.has(name)) histories.set(name, await history(parts.from, member.talker, name))
    for (const other of members)
      if (other.name > member.name)
        histories.set(`${member.name} ${other.name}`, await history(parts.from, member.talker, other.name))
  }
  compareMessages(parts.from, ledger, histories)
  await compareFiles(parts, members)
  for (const member of members) await compareNotices(parts, member)
  for (const what of ledger.about('account ')) await auditAccount(parts, what)
}

async function roomsOf({ talker }: Member): Promise<{ name: string; topic: string }[]> {
  const { channels } = (await talker.data('/channels')) as {
    channels: { name: string; joined: boolean; topic: string }[]
  }
  return channels.filter(({ joined }) => joined)
}

async function auditRooms({ ledger }: Audit, member: Member): Promise<void> {
  const { name, own } = member
  const rooms = await roomsOf(member)
  const joined = new Set(rooms.map((room) => room.name))
  for (const room of publicRooms) ledger.found(`member ${room} ${name}`, joined.has(room) ? 'in' : 'out')
  if (!joined.has('#lobby')) ledger.problem(`${name} is not in #lobby`)
  for (const what of ledger.about('member #')) {
    const [, room = '', who] = what.split(' ')
    if (who === name && !publicRooms.some((one) => one === room))
      ledger.found(what, joined.has(room) ? 'in' : 'out')
  }
  for (const { name: room, topic } of rooms) {
    if (!room.startsWith(`#${name}-`)) continue
    // One that the answer about did not come any more is there all the same.
    if (!own.includes(room)) own.push(room)
    if (ledger.about(`topic ${room}`).includes(`topic ${room}`)) ledger.found(`topic ${room}`, topic)
    else if (topic !== '') ledger.problem(`${room} has the topic ${topic}, which nobody set`)
  }
  const made = ledger.about(`member #${name}-`).filter((what) => what.endsWith(` ${name}`))
  for (const what of made) {
    const [, room = ''] = what.split(' ')
    if (own.includes(room) && !joined.has(room)) ledger.problem(`${room} of ${name} is gone`)
  }
}

/** What became of every invitation: pending, or a membership, or neither. */
async function auditRequests({ ledger }: Audit, member: Member): Promise<void> {
  const { name, talker } = member
  const { requests } = (await talker.data('/requests')) as {
    requests: { request: number; channel: string; user: string; answer: string }[]
  }
  const mine = requests.filter(({ user, answer }) => user === name && answer === 'pending')
  if (new Set(mine.map(({ channel }) => channel)).size < mine.length)
    ledger.problem(`${name} is invited twice: ${JSON.stringify(mine)}`)
  member.requests.splice(0, member.requests.length, ...mine)
  const joined = new Set((await roomsOf(member)).map((room) => room.name))
  for (const what of ledger.about('request #')) {
    const [, room = '', who = ''] = what.split(' ')
    if (who !== name) continue
    const pending = mine.some(({ channel }) => channel === room)
    const inside = joined.has(room)
    if (pending && inside) ledger.problem(`${name} is in ${room}, and still invited`)
    // Who is neither asked nor in has said no, or was never asked: where both can be, nobody can tell which.
    const neither = ledger.may(what, 'rejected') ? 'rejected' : 'none'
    const state = pending ? 'pending' : inside ? 'accepted' : neither
    ledger.found(what, state)
    const answered = state === 'accepted' || state === 'rejected'
    if (answered && ledger.known(`told ${room} ${name}`) !== 'yes')
      ledger.problem(`nobody was told that ${name} has ${state} ${room}`)
  }
}

/** All that was said there, later than message `from`, oldest first. */
export async function history(from: number, talker: Talker, where: string): Promise<MessageFields[]> {
  const all: MessageFields[] = []
  for (let before = ''; ; ) {
    const page = (await talker.data(`/history ${where} 500${before}`)) as {
      messages: MessageFields[]
      more: boolean
    }
    all.unshift(...page.messages)
    const [first] = page.messages
    if (!page.more || !first || first.id <= from) break
    before = ` before ${first.id}`
  }
  return all.filter(({ id }) => id > from)
}

/** Compares histories, by place, with what was shown, later than message `from`. */
export function compareMessages(
  from: number,
  ledger: Ledger,
  histories: ReadonlyMap<string, MessageFields[]>,
): void {
  const found = new Map<number, MessageFields>()
  const texts = new Set<string>()
  for (const [where, messages] of histories) {
    let last = 0
    for (const message of messages) {
      const { id, kind, text } = message
      if (id <= last) ledger.problem(`${where}: ${id} comes behind ${last}`)
      last = id
      if (texts.has(text)) ledger.problem(`${where}: "${text}" is there twice`)
      texts.add(text)
      if (kind === 'text' && !ledger.said.has(text)) ledger.problem(`${where}: nobody said "${text}"`)
      found.set(id, message)
    }
  }
  for (const [id, message] of ledger.messages)
    if (id > from && message.kind !== 'notice' && !found.has(id))
      ledger.problem(`${id} was shown, and is gone: ${JSON.stringify(message)}`)
  for (const message of found.values()) ledger.show(message, 'in the history')
}

/** Every file that was told of as whole is, and nothing else is offered; broken uploads can be finished. */
async function compareFiles(parts: Audit, members: readonly Member[]): Promise<void> {
  const { ledger, port, t } = parts
  await finishUploads(parts, members)
  const offered = new Map<number, { file: ReturnType<typeof fileIn>; member: Member }>()
  for (const member of members) {
    const { files } = (await member.talker.data('/files')) as { files: Fields[] }
    for (const file of files.map(fileIn)) offered.set(file.id, { file, member })
  }
  for (const { id, name } of ledger.files.values())
    if (!offered.has(id)) ledger.problem(`file ${id}, ${name}, was there, and is gone`)
  for (const { file, member } of offered.values()) {
    ledger.showFile(file)
    if (file.id <= parts.fromFile) continue
    const fresh = (await member.talker.data(`/fileget ${file.id}`)) as { get: string }
    for (const token of [fresh.get, ledger.files.get(file.id)?.get ?? file.get]) {
      const bytes = await get(t, port, token)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (bytes.length !== file.size || sha256 !== file.sha256)
        ledger.problem(`file ${file.id}: ${bytes.length} bytes of ${file.size} came, with another SHA-256`)
    }
  }
}

/** Goes on with every upload that was cut off, where it was cut off. */
async function finishUploads({ ledger, port, t }: Audit, members: readonly Member[]): Promise<void> {
  for (const { name: member, talker } of members) {
    const { uploads } = (await talker.data('/files')) as {
      uploads: { id: number; name: string; state: string; received: number; size?: number; token: string }[]
    }
    for (const { id, name, received, size, state, token } of uploads) {
      const bytes = ledger.uploading.get(name)
      if (state === 'running') ledger.problem(`upload ${id} of ${member} runs after a restart`)
      if (!bytes || (size !== undefined && size !== bytes.length) || received > bytes.length) {
        ledger.problem(`upload ${id} of ${member} is none that was begun`)
        continue
      }
      const line = `/put ${token} ${bytes.length} ${received}\n`
      const told = await put({ port, t }, line, bytes.subarray(received))
      if (told.startsWith(`* "${name}" is there`)) ledger.uploading.delete(name)
      else ledger.problem(`upload ${id} of ${member} does not go on at ${received}: ${told}`)
    }
  }
  ledger.uploading.clear()
}

async function compareNotices({ ledger }: Audit, { talker }: Member): Promise<void> {
  const { messages } = (await talker.data('/notices')) as unknown as { messages: MessageFields[] }
  const shown = [...ledger.messages.values()].filter(({ kind }) => kind === 'notice').map(({ id }) => id)
  const listed = new Set(messages.map(({ id }) => id))
  const oldest = Math.min(...listed)
  for (const id of shown) if (id >= oldest && !listed.has(id)) ledger.problem(`notice ${id} is gone`)
  for (const message of messages) ledger.show(message, 'among the notices')
}

async function auditAccount({ ledger, port, t }: Audit, what: string): Promise<void> {
  const name = what.split(' ')[1] ?? ''
  const there = await logIn(t, port, name, password).then(
    ({ talker }) => {
      talker.socket.destroy()
      return true
    },
    () => false,
  )
  ledger.found(what, there ? 'there' : 'missing')
  // What was never made is not asked for again: a wrong login has to wait longer each time.
  ledger.forget(what)
}

/** Reads the database itself: whole by SQLite's own check, and with every message that was ever shown. */
export async function auditDatabase(ledger: Ledger, data: string): Promise<void> {
  const db = knexModule.default({
    client: 'sqlite3',
    connection: { filename: join(data, 'partyline.db') },
    useNullAsDefault: true,
  })
  try {
    await db.raw('PRAGMA query_only = 1')
    const [{ integrity_check: whole }] = await db.raw('PRAGMA integrity_check')
    if (whole !== 'ok') ledger.problem(`integrity_check: ${whole}`)
    const strays: unknown[] = await db.raw('PRAGMA foreign_key_check')
    if (strays.length > 0) ledger.problem(`foreign_key_check: ${JSON.stringify(strays)}`)
    const rows: { id: number; text: string }[] = await db('messages').select('id', 'text')
    const stored = new Map(rows.map(({ id, text }) => [id, text]))
    for (const { id, text } of ledger.messages.values())
      if (stored.get(id) !== text) ledger.problem(`${id} is not in the database as it was shown`)
    const blobs: string[] = await db('files').whereNotNull('sha256').orderBy('blob').pluck('blob')
    // Beside them are the id of the folder, and parts of what is on its way.
    const inFolder = readdirSync(join(data, 'files')).filter((name) => !name.includes('.'))
    const known = new Set(blobs)
    const there = new Set(inFolder)
    for (const name of inFolder)
      if (!known.has(name)) ledger.problem(`${name} is in the folder, and no file has it`)
    for (const blob of blobs)
      if (!there.has(blob)) ledger.problem(`${blob} of the database is not in the folder`)
  } finally {
    await db.destroy()
  }
}
