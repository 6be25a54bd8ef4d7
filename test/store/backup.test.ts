import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import knexModule, { type Knex } from 'knex'
import t, { type Test } from 'tap'
import { appliedMigrations, migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { openStore, StoreOpenError } from '../../server/store/open.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { directoryFor } from '../support/directory.ts'

const old = migrationNames.slice(0, migrationNames.indexOf('0004-files'))

/** A closed database of an older version. */
async function oldDatabase(t: Test, { content = true } = {}): Promise<string> {
  const file = join(directoryFor(t), 'chat.db')
  const { reader, writer } = connect({ file, synchronous: 'off' })
  await migrate(writer, old)
  if (content) {
    await writer('accounts').insert({
      name: 'Anna',
      key: 'anna',
      since: 5,
      password_hash: 'x',
      recovery_hash: 'x',
    })
    await writer('messages').insert({ at: 5, kind: 'notice', from_account: 1, text: 'closing' })
  }
  await Promise.all([writer.destroy(), reader.destroy()])
  return file
}

/** Opens the store and closes it; answers what was logged. */
async function openOnce(file: string): Promise<object[]> {
  const logged: object[] = []
  const log = { info: (fields: object) => logged.push(fields), warn: (fields: object) => logged.push(fields) }
  const store = await openStore({ file, synchronous: 'off', log })
  await store.close()
  return logged
}

async function read<T>(file: string, task: (db: Knex) => Promise<T>): Promise<T> {
  const db = knexModule.default({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true })
  return task(db).finally(() => db.destroy())
}

t.test('a database with data is copied before it is changed', async (t) => {
  const file = await oldDatabase(t)
  const copy = `${file}.before-0004-files`
  t.strictSame(await openOnce(file), [{ copy }], 'the log says where')
  t.strictSame(await read(file, appliedMigrations), migrationNames)
  await read(copy, async (db) => {
    t.strictSame(await appliedMigrations(db), old, 'as it was')
    t.strictSame(await db.raw('PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
    t.match(await db('accounts'), [{ id: 1, name: 'Anna' }])
    t.match(await db('messages'), [{ id: 1, text: 'closing' }])
  })
  t.equal(statSync(copy).mode, statSync(file).mode)
  t.strictSame(await openOnce(file), [], 'once')
  t.strictSame(readdirSync(dirname(file)), ['chat.db', 'chat.db.before-0004-files'])
})

t.test('a copy is a database to go back to', async (t) => {
  const file = await oldDatabase(t)
  await openOnce(file)
  const again = join(dirname(file), 'again.db')
  writeFileSync(again, readFileSync(`${file}.before-0004-files`))
  const store = await openStore({ file: again, synchronous: 'off' })
  t.teardown(() => store.close())
  t.match(await store.load(), { accounts: [{ name: 'Anna' }], lastMessageId: 1 })
})

t.test('a copy that is there is kept, and another one made', async (t) => {
  const file = await oldDatabase(t)
  const copy = `${file}.before-0004-files`
  writeFileSync(copy, 'the one of yesterday')
  t.strictSame(await openOnce(file), [{ copy: `${copy}.2` }])
  t.equal(readFileSync(copy, 'utf8'), 'the one of yesterday')
  t.strictSame(await read(`${copy}.2`, appliedMigrations), old)
  t.strictSame(await read(file, appliedMigrations), migrationNames)
})

t.test('after going back and on, what was said with the older version is in a copy, too', async (t) => {
  const file = await oldDatabase(t)
  const copy = `${file}.before-0004-files`
  await openOnce(file)
  const again = readFileSync(copy)
  writeFileSync(file, again)
  t.strictSame(await openOnce(file), [{ copy }], 'not while there is nothing new')
  writeFileSync(file, again)
  await read(file, (db) =>
    db('messages').insert({ at: 6, kind: 'notice', from_account: 1, text: 'went back' }),
  )
  t.strictSame(await openOnce(file), [{ copy: `${copy}.2` }])
  t.same(readFileSync(copy), again)
  t.match(await read(`${copy}.2`, (db) => db('messages')), [{ text: 'closing' }, { text: 'went back' }])
  t.strictSame(readdirSync(dirname(file)), [
    'chat.db',
    'chat.db.before-0004-files',
    'chat.db.before-0004-files.2',
  ])
})

t.test('a copy that was interrupted is begun anew', async (t) => {
  const file = await oldDatabase(t)
  const copy = `${file}.before-0004-files`
  writeFileSync(`${copy}.part`, 'half of i')
  await openOnce(file)
  t.notOk(existsSync(`${copy}.part`))
  t.strictSame(await read(copy, appliedMigrations), old)
})

t.test('where nobody would miss anything there is no copy', async (t) => {
  const file = await oldDatabase(t, { content: false })
  t.strictSame(await openOnce(file), [])
  t.strictSame(readdirSync(dirname(file)), ['chat.db'])
  const made = join(directoryFor(t), 'new.db')
  t.strictSame(await openOnce(made), [])
  t.strictSame(readdirSync(dirname(made)), ['new.db'])
})

t.test('without a copy nothing is changed', async (t) => {
  const file = await oldDatabase(t)
  const copy = `${file}.before-0004-files`
  const before = readFileSync(file)
  // Something stands where the copy is to be written, and cannot be removed as a file can.
  directoryFor(t, { 'chat.db': before, 'chat.db.before-0004-files.part': { mine: 'x' } })
  await t.rejects(openStore({ file, synchronous: 'off' }), {
    constructor: StoreOpenError,
    message:
      /chat\.db has to be updated, and cannot be copied to .*chat\.db\.before-0004-files before: .*; it was left as it is$/,
  })
  t.same(readFileSync(file), before)
  t.notOk(existsSync(copy))
})
