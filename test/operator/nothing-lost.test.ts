import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { doOfflineAction } from '../../server/offline-action.ts'
import { openStore } from '../../server/store/open.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import type { LineClient } from '../support/client.ts'
import { ManualClock } from '../support/clock.ts'
import { directoryFor } from '../support/directory.ts'
import { countedSecrets, quickHasher } from '../support/secrets.ts'
import { TestServer } from '../support/server.ts'
import { runCommand } from './cli.ts'

const strange = 'files are not those of the database, nothing is touched'

/** A server on whose data a person has put one file into #lobby. */
async function begin(t: Test) {
  const directory = directoryFor(t)
  const files = join(directory, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'thesis.odt'), 'mine')
  const server = await TestServer.start({ directory })
  t.teardown(() => server.stop())
  const anna = await server.connect()
  await anna.ask('/signup anna\npassword\npassword')
  await paste(anna, 'one.txt', 'the first')
  return { anna, database: join(directory, 'partyline.db'), directory, files, server }
}

const paste = (client: LineClient, name: string, text: string) =>
  client.ask(`/filepaste ${name}\n${Buffer.from(text).toString('base64')}\n.`)

async function restart(server: TestServer, between: () => unknown): Promise<LineClient> {
  await server.stop()
  await between()
  server.logged.length = 0
  await server.start()
  return server.connect()
}

/** What of the files named by number can be got, by who logs in as anna. */
async function got(client: LineClient, ...ids: number[]): Promise<string> {
  await client.ask('/login anna password')
  const answers = []
  for (const id of ids) answers.push(...(await client.ask(`/fileget ${id} inline`)))
  return answers.map((line) => Buffer.from(line.replace(/^- /, ''), 'base64').toString()).join('\n')
}

t.test('a damaged database is moved away, and the good one is put back later', async (t) => {
  const { database, directory, files, server } = await begin(t)
  const before = readdirSync(files).sort()
  t.ok(before.includes('thesis.odt'))
  t.ok(before.includes('partyline.id'))
  const anew = await restart(server, () => renameSync(database, join(directory, 'good')))
  t.equal(server.count(strange), 1)
  t.strictSame(readdirSync(files).sort(), before)
  await anew.ask('/signup eve\npassword\npassword')
  await paste(anew, 'new.txt', 'of the new one')
  t.strictSame(readdirSync(files).length, before.length + 1, 'chat goes on')
  const checked = await runCommand(t, directory, ['check'])
  t.equal(checked.code, 2)
  t.match(
    checked.stdout,
    /^The database is intact\.\nWarning: the folder of files belongs to another database: /,
  )
  const status = await runCommand(t, directory, ['status'])
  t.match(status.stdout.replace(/\s+/g, ' '), 'the files are not those of the database: ')
  t.match(JSON.parse((await runCommand(t, directory, ['status', '--json'])).stdout), {
    warnings: [/^the files are not those of the database: /],
  })
  const again = await restart(server, () => renameSync(join(directory, 'good'), database))
  t.equal(server.count('unknown files set aside'), 1, 'what came meanwhile is not lost either')
  t.match(await got(again, 1), 'the first')
})

t.test("yesterday's database beside today's files, and back", async (t) => {
  const { anna, database, directory, files, server } = await begin(t)
  const yesterday = join(directory, 'yesterday')
  const today = join(directory, 'today')
  await anna.ask('/offer later.txt')
  await anna.ask('/quit')
  const next = await restart(server, () => copyFileSync(database, yesterday))
  await next.ask('/login anna password')
  await paste(next, 'two.txt', 'the second')
  const old = await restart(server, () => {
    renameSync(database, today)
    copyFileSync(yesterday, database)
  })
  t.match(server.logged.find(({ message }) => message === 'unknown files set aside')?.fields, { files: 1 })
  t.match(await got(old, 1), 'the first')
  const back = await restart(server, () => renameSync(today, database))
  t.equal(server.count('files that were set aside are back'), 1)
  t.match(await got(back, 1, 2), /the first.*the second/s)
  t.notOk(readdirSync(files).some((name) => name.startsWith('aside-')))
})

t.test('the disk with the files is not mounted', async (t) => {
  const { directory, files, server } = await begin(t)
  const elsewhere = join(directory, 'elsewhere')
  await restart(server, () => {
    renameSync(files, elsewhere)
    mkdirSync(files)
  })
  t.match(server.logged.find(({ message }) => message === strange)?.fields, { why: /mount the disk/ })
  t.strictSame(readdirSync(files), [])
  const back = await restart(server, () => {
    rmSync(files, { recursive: true })
    renameSync(elsewhere, files)
  })
  t.equal(server.count(strange), 0)
  t.match(await got(back, 1), 'the first')
})

t.test('rows that lead nowhere are left alone, with their bytes', async (t) => {
  const { database, files, server } = await begin(t)
  const sql = async (...statements: string[]) => {
    const { reader, writer } = connect({ file: database, synchronous: 'off' })
    for (const statement of ['PRAGMA foreign_keys = OFF', ...statements]) await writer.raw(statement)
    await Promise.all([reader.destroy(), writer.destroy()])
  }
  const before = readdirSync(files).sort()
  await restart(server, () => sql('UPDATE files SET channel = 999'))
  t.equal(server.count('files of channels or people that are not there are left alone'), 1)
  t.strictSame(readdirSync(files).sort(), before)
  const back = await restart(server, () => sql('UPDATE files SET channel = 1'))
  t.match(await got(back, 1), 'the first')

  await back.ask('/create #tea')
  await back.ask('/quit')
  await restart(server, () =>
    sql('CREATE TABLE kept AS SELECT * FROM memberships', 'DELETE FROM memberships'),
  )
  t.equal(server.count('channels of guests closed'), 0, 'where nobody is anywhere, no room is over')
  const whole = await restart(server, () =>
    sql('DELETE FROM memberships', 'INSERT INTO memberships SELECT * FROM kept'),
  )
  await whole.ask('/login anna password')
  t.match((await whole.ask('/channels')).join('\n'), '#tea')
})

t.test("a command of the operator's closes, removes and sets aside nothing", async (t) => {
  const { database, directory, files, server } = await begin(t)
  await server.stop()
  // As a server that was killed leaves it.
  const store = await openStore({ file: database, synchronous: 'off' })
  await store.createChannel({ name: '#guests', key: '#guests', private: false, admin: undefined, at: 0 })
  await store.close()
  const stray = join(files, 'Z'.repeat(32))
  writeFileSync(stray, 'unknown')
  const clock = new ManualClock()
  // Far behind the time of every file.
  clock.advance(1000 * 24 * 3_600_000)
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const surroundings = { clock, log, secrets: countedSecrets(), hasher: quickHasher() }
  const before = readdirSync(files).sort()
  t.match(await doOfflineAction(server.config, surroundings, { action: 'userlist', options: {} }), {
    ok: true,
  })
  t.match(
    await doOfflineAction(server.config, surroundings, {
      action: 'messagelist',
      options: { channel: '#guests' },
    }),
    { ok: true },
  )
  t.strictSame(readdirSync(files).sort(), before)
  await server.start()
  t.notOk(existsSync(stray), 'a start of the server does')
  t.strictSame(server.logged.find(({ message }) => message === 'channels of guests closed')?.fields, {
    channels: ['#guests'],
  })
  t.ok(existsSync(join(directory, 'files', 'thesis.odt')))
})
