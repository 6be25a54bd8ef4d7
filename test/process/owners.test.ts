import { chmodSync, chownSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { databaseOf } from '../../server/data/places.ts'
import { migrate, migrationNames } from '../../server/store/migrations/index.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { environment, runCommand } from '../operator/cli.ts'
import { connectPerson } from './person.ts'
import { mainFile, type Program, startProgram, temporaryFolder } from './program.ts'
import { asUser, visibleProgram } from './visible-program.ts'

t.setTimeout(280_000)

/** Somebody whom no machine knows. */
const service = 54321
const skip = process.getuid?.() === 0 ? false : 'only root can be two users'

function ownedFolder(t: Test): string {
  const folder = temporaryFolder(t)
  chownSync(folder, service, service)
  return folder
}

/** What is in a folder and does not belong to the service. */
function foreignIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => lstatSync(join(folder, name)).uid !== service,
  )
}

let seen: string | undefined

/** Runs Partyline as the service does, which sees the program wherever it is. */
function asService(test: Test, args: readonly string[]): Program {
  seen ??= visibleProgram(t, service)
  return startProgram(test, [...asUser(service), process.execPath, seen, ...args], { env: environment })
}

t.test("what root makes in the service's directory is the service's", { skip }, async (t) => {
  const data = ownedFolder(t)
  await runCommand(t, data, ['createsuperuser', 'anna'], 'password')
  t.ok(readdirSync(data).includes('partyline.db'))
  t.strictSame(foreignIn(data), [], 'a new database')

  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const byRoot = startProgram(t, [process.execPath, mainFile, ...serve], { env: environment })
  await byRoot.stdout.expect('"msg":"listening"')
  const running = readdirSync(data)
  for (const name of ['partyline.db-wal', 'partyline.db-shm', 'control.sock', 'files', 'partyline.lock'])
    t.ok(running.includes(name), name)
  t.strictSame(foreignIn(data), [], "root's server")
  byRoot.child.kill('SIGKILL')
  await byRoot.exit

  const place = ownedFolder(t)
  const archive = join(place, 'copy.tar')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  t.equal((await runCommand(t, data, ['export', join(place, 'all.jsonl')])).code, 0)
  t.strictSame([foreignIn(data), foreignIn(place)], [[], []], 'an archive, an export')
  const other = ownedFolder(t)
  t.equal((await runCommand(t, other, ['restore', archive])).code, 0)
  t.strictSame(foreignIn(other), [], 'what is restored')

  for (const folder of [data, other]) {
    const { child, exit, stdout } = asService(t, [...serve.slice(0, -1), folder])
    const [, port] = await stdout.expect(/"port":(\d+).*"msg":"listening"/)
    const person = await connectPerson(t, Number(port), { lines: ['/login anna password'] })
    await person.expect('What you type goes to #lobby')
    child.kill('SIGTERM')
    t.strictSame(await exit, { code: 0, signal: null })
  }
})

t.test("a copy from before an update, made by root, is the service's", { skip }, async (t) => {
  const data = ownedFolder(t)
  const { reader, writer } = connect({ file: databaseOf(data), synchronous: 'off' })
  await migrate(writer, migrationNames.slice(0, -1))
  await writer('channels').insert({ name: 'tea', key: 'tea', private: 0, topic: '', created_at: 1 })
  await Promise.all([reader.destroy(), writer.destroy()])
  await runCommand(t, data, ['userlist'])
  t.match(
    readdirSync(data).find((name) => name.includes('.before-')),
    /^partyline\.db\.before-/,
  )
  t.strictSame(foreignIn(data), [], 'and what root had made before is given to it')
})

t.test('a database of somebody else: the line says whose it is, and what helps', { skip }, async (t) => {
  const data = ownedFolder(t)
  await runCommand(t, data, ['createsuperuser', 'anna'], 'password')
  chownSync(databaseOf(data), 0, 0)
  chmodSync(databaseOf(data), 0o600)
  for (const words of [
    ['serve', '--port', '0'],
    ['userlist'],
    ['backup', join(temporaryFolder(t), 'x.tar')],
  ]) {
    const { exit, stderr } = asService(t, [...words, '--data', data])
    t.match(await exit, { code: 1 })
    t.match(
      stderr.text,
      new RegExp(
        `^partyline: .*It belongs to root, and this is user ${service}\\. As root: chown -R ${service} ${data}\n$`,
      ),
      String(words[0]),
    )
  }
})
