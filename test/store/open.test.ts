import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import knexModule from 'knex'
import t, { type Test } from 'tap'
import type { Store } from '../../server/chat/ports/store.ts'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { openDatabase, openStore, StoreOpenError } from '../../server/store/open.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { directoryFor } from '../support/directory.ts'
import {
  asStored,
  newAccount,
  newFile,
  newMessage,
  newToken,
  populate,
  restraint,
  searchFor,
  texts,
  wholeFile,
} from './samples.ts'

function open(file: string): Promise<Store> {
  return openStore({ file, synchronous: 'off' })
}

/** Statements on a file, behind the store's back. */
async function edit(file: string, ...statements: string[]): Promise<void> {
  const db = knexModule.default({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true })
  for (const statement of statements) await db.raw(statement)
  await db.destroy()
}

/** A closed store with some content. */
async function filled(t: Test): Promise<string> {
  const file = join(directoryFor(t), 'chat.db')
  const store = await open(file)
  const { anna, tea } = await populate(store)
  for (let index = 0; index < 300; index++) {
    await store.append(newMessage(`line ${index}`, { from: anna, channel: tea }))
  }
  await store.close()
  return file
}

/** That a file is refused with one helpful line, and is the same afterwards, byte for byte. */
async function refused(t: Test, file: string, says: RegExp): Promise<void> {
  const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex')
  const before = digest()
  await t.rejects(open(file), { constructor: StoreOpenError, message: says })
  const error = await open(file).catch((error: unknown) => error)
  t.ok(error instanceof StoreOpenError && error.message.includes(file), 'it says which file')
  t.notMatch(String(error), /\n/)
  t.equal(digest(), before, 'the file is untouched')
}

t.test('all is there again after reopening', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  let store = await open(file)
  const { anna, bob, tea } = await populate(store)
  await store.setSettings(anna, { clock: '24', zone: 'Asia/Tokyo' })
  await store.setTopic(tea, 'green')
  await store.addToken(newToken('phone', anna))
  await store.saveSeen([{ account: anna, seen: 1, seenAt: 2 }])
  await store.append(newMessage('kettle on', { from: anna, channel: tea }))
  await store.append(newMessage('hello', { from: anna, to: bob }))
  const before = await store.load()
  await store.close()
  t.notOk(existsSync(`${file}-wal`), 'a closed store is a single file')

  store = await open(file)
  t.teardown(() => store.close())
  t.same(await store.load(), before)
  t.match(await store.secretsOf(anna), { passwordHash: 'password of Anna' })
  t.equal((await store.tokensOf(anna)).length, 1)
  t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['kettle on'])
  t.same(texts(await store.search(searchFor('kettle', { channels: [tea] }))), ['kettle on'])
  t.equal(await store.append(newMessage('next', { from: anna, channel: tea })), before.lastMessageId + 1)
})

t.test('who belongs together, and who does not, is there again after reopening', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  let store = await open(file)
  const { anna, bob, carl, tea, code } = await populate(store)
  const answered = await store.addRequest({ channel: tea, account: bob, by: anna, at: 1 })
  await store.answerRequest(answered, { channel: tea, account: bob, role: 'moderator', since: 2 })
  const last = await store.addRequest({ channel: tea, account: carl, by: anna, at: 3 })
  await store.addRequest({ channel: code, account: carl, by: anna, at: 4 })
  await store.addBan(restraint(code, carl), 5)
  await store.setMute(restraint(tea, bob, 6))
  await store.setMute(restraint(code, bob))
  await store.setContact({ account: anna, other: bob }, true)
  await store.setBlock({ account: bob, other: carl }, true)
  await store.banAddress({ cidr: '192.0.2.0/24', by: anna, at: 7, until: undefined })
  await store.addInvite({ hash: 'used', by: anna, at: 8, until: 100 })
  await store.addInvite({ hash: 'left', by: anna, at: 8, until: 100 })
  await store.createAccount(newAccount('Dora', { invite: 'used', since: 9, operator: true }))
  await store.setWatch(bob, true)
  await store.setInitialPassword(carl, 'given')
  await store.append(newMessage('hello bob', { from: anna, channel: tea, mentions: [bob] }))
  await store.append(newMessage('psst', { from: carl, to: bob, blocked: true }))
  await store.append(newMessage('closing', { from: anna, kind: 'notice' }))
  await store.forgetRequests([last])
  const before = { ...(await store.load()), ...(await store.loadGroups()) }
  await store.close()

  store = await open(file)
  t.teardown(() => store.close())
  t.same({ ...(await store.load()), ...(await store.loadGroups()) }, before)
  t.match(before, {
    requests: [{ id: answered, answer: 'accepted' }],
    bans: [{}],
    contacts: [{}],
    blocks: [{}],
  })
  t.ok((await store.addRequest({ channel: tea, account: carl, by: anna, at: 3 })) > last + 1)
  t.equal(await store.hasInvite('used', 9), false)
  t.equal(await store.hasInvite('left', 9), true)
  t.same(texts(await store.mentions(bob, { limit: 9 })), ['hello bob'])
  t.same(await store.inbox(bob, { limit: 9 }), [])
  t.match(await store.directHistory(carl, bob, { limit: 9 }), [{ text: 'psst', blocked: true }])
  t.same(texts(await store.notices({ limit: 9 })), ['closing'])
})

t.test('files are there again after reopening, and their numbers are not used again', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  let store = await open(file)
  const { anna, bob, tea } = await populate(store)
  const whole = await store.addFile(newFile('whole', { from: anna, channel: tea }))
  await store.completeFile(wholeFile(whole), newMessage('shares whole', { from: anna, channel: tea }))
  const begun = await store.addFile(newFile('begun', { from: anna, to: bob, blocked: true }))
  await store.setUpload(begun, { size: 7, expires: 9 })
  const removed = await store.addFile(newFile('removed', { from: bob, channel: tea }))
  await store.addFileToken({ hash: 'left', file: whole, account: bob, expires: 9 })
  await store.addFileToken({ hash: 'gone', file: removed, account: bob, expires: 9 })
  await store.removeFiles([removed])
  const before = await store.loadFiles()
  await store.close()

  store = await open(file)
  t.teardown(() => store.close())
  t.strictSame(await store.loadFiles(), before)
  t.match(before, { files: [{ id: whole }, { id: begun, size: 7 }], tokens: [{ hash: 'left' }] })
  t.same(texts(await store.channelHistory(tea, { limit: 9 })), ['shares whole'])
  t.ok((await store.addFile(newFile('next', { from: anna, channel: tea }))) > removed)
})

t.test('a database of the first version is brought up to date, with all that is in it', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  const { writer, reader } = connect({ file, synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, 2))
  for (const [name, operator] of [
    ['Anna', true],
    ['Bob', false],
  ] as const) {
    const secrets = { password_hash: `password of ${name}`, recovery_hash: 'x' }
    await writer('accounts').insert({
      name,
      key: name.toLowerCase(),
      operator,
      since: 5,
      seen: 2,
      ...secrets,
    })
  }
  await writer('channels').insert({ name: '#Tea', key: '#tea', private: true, topic: 'green', created_at: 5 })
  await writer('memberships').insert({ channel: 1, account: 2, role: 'admin', since: 5 })
  await writer('tokens').insert({ account: 1, name: 'phone', hash: 'abc', created_at: 5 })
  const said = { at: 5, kind: 'text', from_account: 1 }
  await writer('messages').insert({ ...said, text: 'kettle on', channel_id: 1 })
  await writer('messages').insert({ ...said, text: 'kettle for you', to_account: 2 })
  await writer('messages').insert({ ...said, text: 'closing', kind: 'notice' })
  await Promise.all([writer.destroy(), reader.destroy()])

  const store = await open(file)
  t.teardown(() => store.close())
  const account = { email: undefined, since: 5, settings: {}, seen: 2, seenAt: 0 }
  const plain = { ...account, watch: false, initialPassword: false }
  t.same(await store.load(), {
    accounts: [
      { ...plain, id: 1, name: 'Anna', operator: true },
      { ...plain, id: 2, name: 'Bob', operator: false },
    ],
    channels: [{ id: 1, name: '#Tea', private: true, topic: 'green', lastId: 1 }],
    memberships: [{ channel: 1, account: 2, role: 'admin', since: 5 }],
    lastMessageId: 3,
    lastMessageAt: 5,
  })
  t.same((await store.loadGroups()).requests, [])
  t.match(await store.secretsOf(1), { passwordHash: 'password of Anna' })
  t.equal((await store.tokensOf(1)).length, 1)
  t.same(await store.inbox(2, { limit: 9 }), [
    asStored(newMessage('kettle for you', { from: 1, to: 2, at: 5 }), 2),
  ])
  t.same(texts(await store.directHistory(2, 1, { limit: 9 })), ['kettle for you'])
  t.same(texts(await store.notices({ limit: 9 })), ['closing'])
  t.same(texts(await store.search(searchFor('kettle', { reader: 2, channels: [1] }))), [
    'kettle on',
    'kettle for you',
  ])
  t.equal(await store.append(newMessage('next', { from: 1, channel: 1, mentions: [2] })), 4)
  t.same(texts(await store.mentions(2, { limit: 9 })), ['next'])
  t.same(await store.loadFiles(), { files: [], tokens: [] })
  const ticket = await store.addFile(newFile('kettle.png', { from: 1, channel: 1 }))
  t.equal(await store.completeFile(wholeFile(ticket), newMessage('here', { from: 1, channel: 1 })), 5)
})

t.test('a database from before there were files is brought up to date', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  const { writer, reader } = connect({ file, synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, migrationNames.indexOf('0004-files')))
  t.equal(await writer.schema.hasTable('files'), false)
  const secrets = { password_hash: 'x', recovery_hash: 'x' }
  await writer('accounts').insert({ name: 'Anna', key: 'anna', since: 5, watch: true, ...secrets })
  await writer('channels').insert({ name: '#Tea', key: '#tea', private: true, topic: '', created_at: 5 })
  await writer('mutes').insert({ channel: 1, account: 1, until: 9 })
  const said = { at: 5, kind: 'text', from_account: 1, channel_id: 1 }
  await writer('messages').insert({ ...said, text: 'kettle on' })
  await writer('mentions').insert({ account: 1, message: 1 })
  await writer('memberships').insert({ channel: 1, account: 1, role: 'admin', since: 5 })
  await Promise.all([writer.destroy(), reader.destroy()])

  const store = await open(file)
  t.teardown(() => store.close())
  t.match(await store.load(), {
    accounts: [{ id: 1, name: 'Anna', watch: true }],
    channels: [{ id: 1, name: '#Tea', private: true, lastId: 1 }],
    memberships: [{ channel: 1, account: 1, role: 'admin' }],
    lastMessageId: 1,
  })
  t.same((await store.loadGroups()).mutes, [restraint(1, 1, 9)])
  t.same(texts(await store.mentions(1, { limit: 9 })), ['kettle on'])
  t.same(await store.loadFiles(), { files: [], tokens: [] })
  const ticket = await store.addFile(newFile('kettle.png', { from: 1, channel: 1 }))
  t.equal(await store.completeFile(wholeFile(ticket), newMessage('here', { from: 1, channel: 1 })), 2)
  await store.closeChannel(1, 6)
  t.same((await store.loadFiles()).files, [])
})

t.test('numbers are not used again after reopening', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  let store = await open(file)
  const { carl, anna, tea, code } = await populate(store)
  await store.append(newMessage('stays', { from: anna, channel: tea }))
  const last = await store.append(newMessage('goes', { from: carl, channel: tea }))
  await store.deleteAccount(carl, 'remove', 1)
  await store.closeChannel(code, 1)
  await store.close()

  store = await open(file)
  t.teardown(() => store.close())
  t.equal((await store.load()).lastMessageId, last)
  t.ok((await store.append(newMessage('new', { from: anna, channel: tea }))) > last)
  t.ok((await store.createAccount(newAccount('Carl'))) > carl)
})

t.test('a migration that was interrupted begins anew', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  const before = await openDatabase({ file, synchronous: 'off' })
  // What is there if the process ends after Knex made its own tables and before the first migration.
  await before.writer.raw('PRAGMA foreign_keys = OFF')
  // The tables inside the full-text index go with it.
  const tables: { name: string }[] = await before.writer.raw(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'messages_fts_*'
     AND name NOT GLOB 'knex_*' AND name NOT GLOB 'sqlite_*' ORDER BY name DESC`,
  )
  for (const { name } of tables) await before.writer.schema.dropTable(name)
  await before.writer('knex_migrations').delete()
  await Promise.all([before.writer.destroy(), before.reader.destroy()])
  const store = await open(file)
  t.equal((await store.load()).accounts.length, 0)
  await store.close()
})

t.test(
  'who was killed while it brought a database up to date does not keep the next one from it',
  async (t) => {
    const file = await filled(t)
    await edit(file, 'UPDATE knex_migrations_lock SET is_locked = 1')
    const store = await open(file)
    t.ok((await store.load()).accounts.length > 0)
    await store.close()
  },
)

t.test('the connections are set up as asked', async (t) => {
  for (const [synchronous, level] of [
    ['off', 0],
    ['normal', 1],
    ['full', 2],
  ] as const) {
    const { writer, reader } = await openDatabase({ file: join(directoryFor(t), 'chat.db'), synchronous })
    t.same(await writer.raw('PRAGMA journal_mode'), [{ journal_mode: 'wal' }])
    t.same(await writer.raw('PRAGMA synchronous'), [{ synchronous: level }])
    t.same(await writer.raw('PRAGMA foreign_keys'), [{ foreign_keys: 1 }])
    t.same(await writer.raw('PRAGMA busy_timeout'), [{ timeout: 5000 }])
    await t.rejects(reader('meta').delete(), /readonly/, 'readers cannot write')
    await Promise.all([writer.destroy(), reader.destroy()])
  }
})

t.test('a newer schema is refused', async (t) => {
  const file = await filled(t)
  await edit(file, "INSERT INTO knex_migrations (name, batch) VALUES ('9999-tomorrow', 2)")
  await refused(t, file, /newer version \(schema 9999-tomorrow\)/)
})

t.test("another program's database is refused", async (t) => {
  const file = join(directoryFor(t), 'other.db')
  await edit(file, 'CREATE TABLE bookmarks (url text)')
  await refused(t, file, /another program/)
})

t.test('a file that is no database is refused', async (t) => {
  const file = join(
    directoryFor(t, { 'chat.db': 'Dear diary, this is no database at all.\n'.repeat(500) }),
    'chat.db',
  )
  await refused(t, file, /damaged or is no database.*restore a backup/)
})

t.test('a database whose end is missing is refused', async (t) => {
  const file = await filled(t)
  truncateSync(file, Math.floor(statSync(file).size / 2))
  await refused(t, file, /damaged/)
})

for (const [what, offset, length] of [
  ['a page', 0, 4096],
  // The header of the page, 8 bytes, stays whole: only a check of the pages finds it.
  ['some bytes', 8, 12],
] as const) {
  t.test(`a database with ${what} of rubbish is refused`, async (t) => {
    const file = await filled(t)
    const { writer, reader } = await openDatabase({ file, synchronous: 'off' })
    const [{ rootpage }] = await writer.raw("SELECT rootpage FROM sqlite_master WHERE name = 'accounts'")
    await Promise.all([writer.destroy(), reader.destroy()])
    const handle = openSync(file, 'r+')
    writeSync(handle, Buffer.alloc(length, 0x5a), 0, length, (rootpage - 1) * 4096 + offset)
    closeSync(handle)
    await refused(t, file, /damaged/)
  })
}

t.test('a folder that is missing, or is none, is told', async (t) => {
  const folder = directoryFor(t, { file: 'x' })
  await t.rejects(open(join(folder, 'missing', 'chat.db')), {
    constructor: StoreOpenError,
    message: /no folder .*missing/,
  })
  await t.rejects(open(join(folder, 'file', 'chat.db')), StoreOpenError)
  t.notOk(existsSync(join(folder, 'missing')), 'it is not made')
})

t.test('a path that cannot be opened is told', async (t) => {
  const folder = directoryFor(t, { 'chat.db': {} })
  await t.rejects(open(join(folder, 'chat.db')), { constructor: StoreOpenError, message: /may not be read/ })
})

t.test('a locked database is told', async (t) => {
  const file = await filled(t)
  const other = await openDatabase({ file, synchronous: 'off' })
  t.teardown(() => Promise.all([other.writer.destroy(), other.reader.destroy()]))
  await other.writer.raw('BEGIN IMMEDIATE')
  await t.rejects(openDatabase({ file, synchronous: 'off', busyTimeout: 0 }), {
    constructor: StoreOpenError,
    message: /locked/,
  })
})

t.test('an empty file becomes a store', async (t) => {
  const file = join(directoryFor(t), 'chat.db')
  writeFileSync(file, '')
  const store = await open(file)
  t.equal((await store.load()).accounts.length, 0)
  await store.close()
})
