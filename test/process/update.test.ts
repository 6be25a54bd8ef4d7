import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import knexModule from 'knex'
import t, { type Test } from 'tap'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { connectPerson } from './person.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from './program.ts'
import { startServer } from './server.ts'

const old = migrationNames.slice(0, -1)
const copyName = `partyline.db.before-${migrationNames.at(-1)}`

/** A data directory as an older version has left it, with 300 kB of messages. */
async function oldData(t: Test): Promise<string> {
  const data = temporaryFolder(t)
  const { reader, writer } = connect({ file: join(data, 'partyline.db'), synchronous: 'off' })
  await migrate(writer, old)
  await writer('channels').insert({ name: '#lobby', key: '#lobby', private: false, created_at: 1 })
  for (let id = 1; id <= 300; id++)
    await writer('messages').insert({
      at: id,
      kind: 'text',
      text: `${id} ${'x'.repeat(1000)}`,
      from_guest: '~old',
      channel_id: 1,
    })
  await Promise.all([writer.destroy(), reader.destroy()])
  return data
}

function serveCommand(data: string): string[] {
  return ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
}

function digest(data: string): string {
  return createHash('sha256')
    .update(readFileSync(join(data, 'partyline.db')))
    .digest('hex')
}

t.test('an update without room for the copy is refused, and goes on once there is some', async (t) => {
  const data = await oldData(t)
  const before = digest(data)
  // No file may grow beyond 100 kB: writing the copy fails in the middle, as on a full disk.
  const limited = ['prlimit', '--fsize=100000:', process.execPath, mainFile, ...serveCommand(data)]
  const { exit, stderr } = startProgram(t, limited)
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, /^partyline: [^\n]+partyline\.db has to be updated, and cannot be copied to [^\n]+\n$/)
  t.match(stderr.text, /look whether the disk is full or broken/)
  t.equal(digest(data), before, 'the database is as it was')
  t.strictSame(readdirSync(data), ['partyline.db', 'partyline.lock'], 'and nothing is left beside it')

  const server = await startServer(t, { data })
  t.match(server.stdout.text, `"copy":"${join(data, copyName)}"`)
  t.ok(readdirSync(data).includes(copyName))
  const person = await connectPerson(t, server.port, { lines: ['/nick anna', '/history #lobby 3'] })
  await person.expect('~old> 300 xxx')
})

t.test('a database of a newer version is refused, and left as it is', async (t) => {
  const data = temporaryFolder(t)
  const first = await startServer(t, { data })
  first.child.kill('SIGTERM')
  await first.exit
  const file = join(data, 'partyline.db')
  const db = knexModule.default({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true })
  await db('knex_migrations').insert({ name: '9999-tomorrow', batch: 9, migration_time: 1 })
  await db.destroy()
  const before = digest(data)
  const second = startPartyline(t, serveCommand(data))
  t.strictSame(await second.exit, { code: 1, signal: null })
  t.match(second.stderr.text, /^partyline: [^\n]+newer version \(schema 9999-tomorrow\)[^\n]+\n$/)
  t.equal(digest(data), before)
})
