import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStore } from '../../server/store/open.ts'
import { startPartyline, temporaryFolder } from '../process/program.ts'
import { directoryFor } from '../support/directory.ts'
import { dataWithDatabase, runCommand, runJson, runRefused } from './cli.ts'

t.setTimeout(280_000)

const password = 'good-enough'

t.test('only createsuperuser makes a database, and says so', async (t) => {
  const data = join(temporaryFolder(t), 'new')
  t.match(await runRefused(t, data, ['createsuperuser', '7up'], password), '"7up" cannot be a name.')
  t.match(await runRefused(t, data, ['createsuperuser', 'anna'], 'short'), 'at least 8 characters')
  t.notOk(existsSync(join(data, 'partyline.db')), 'where it was in vain there is none')
  for (const args of [['registeruser', 'bob'], ['userlist'], ['backup', join(data, 'x.tar')]])
    t.match(
      await runRefused(t, data, args, password),
      `There is no database in ${data}. Is that the right directory?`,
    )
  t.notOk(existsSync(join(data, 'partyline.db')))
  const { code, stdout } = await runCommand(t, data, ['createsuperuser', 'anna'], password)
  t.equal(code, 0)
  t.match(
    stdout,
    `There was no database: ${join(data, 'partyline.db')} is made, for a new server.\nOperator anna`,
  )
  t.notMatch(
    (await runCommand(t, data, ['createsuperuser', 'bea'], password)).stdout,
    'There was no database',
  )
})

t.test('what is left of a database is named, and nothing of it is lost', async (t) => {
  const data = await dataWithDatabase(t)
  const database = join(data, 'partyline.db')
  const wal = Buffer.from('what was stored last')
  renameSync(database, join(data, 'Partyline.db.bak'))
  writeFileSync(`${database}.before-0006-keep`, '')
  mkdirSync(join(data, 'files'))
  writeFileSync(join(data, 'files', 'x'), '')
  const found = /but (?=.*Partyline\.db\.bak)(?=.*files)(?=.*before-0006-keep)/
  t.match(await runRefused(t, data, ['userlist']), found)
  t.match(await runRefused(t, data, ['backup', join(data, 'x.tar')]), found)
  const made = await runJson(t, data, ['createsuperuser', 'anna'], password)
  t.match(made, { madeDatabase: database, remains: { length: 3 } })

  renameSync(database, join(data, 'anew'))
  for (const rest of [`${database}-wal`, `${database}-journal`]) {
    writeFileSync(rest, wal)
    t.match(
      await runRefused(t, data, ['createsuperuser', 'anna'], password),
      'is the rest of one; put the database back',
    )
    const { exit, stderr } = startPartyline(t, ['serve', '--port', '0', '--data', data])
    t.match(await exit, { signal: null })
    t.match(stderr.text, /^partyline: [^\n]*is the rest of one; put the database back[^\n]*\n$/)
    t.strictSame(readFileSync(rest), wal)
    renameSync(rest, join(data, 'kept'))
  }
  t.notOk(existsSync(database))
})

t.test('an idle store is one file, and a busy one is left in peace', async (t) => {
  const file = join(directoryFor(t), 'partyline.db')
  const store = await openStore({ file, synchronous: 'off' })
  t.teardown(() => store.close())
  const size = () => statSync(`${file}-wal`).size
  await store.fold()
  for (let at = 0; at < 50; at++) await store.ping()
  const busy = size()
  t.ok(busy > 0)
  await store.fold()
  t.equal(size(), busy, 'somebody talks')
  await store.fold()
  t.equal(size(), 0)
  await store.ping()
  await store.fold()
  t.equal(size(), 0, 'also while it is watched')
  t.ok(readdirSync(join(file, '..')).includes('partyline.db'))
})
