import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { startPartyline, temporaryFolder } from '../process/program.ts'
import { startServer } from '../process/server.ts'
import { environment, runCommand } from './cli.ts'
import { checkLooks, folderIn, isUnused, looking, original } from './killed.ts'

t.setTimeout(280_000)

const first = original(t)

const logged = /"msg":"a restore or import was killed before its end, nothing of it is used"/

/** Starts a restore or an import that gets the beginning of a file only, and kills it when there is some of a database. */
async function killAtBeginning(t: Test, data: string, action: string, beginning: Buffer): Promise<void> {
  const { child, exit } = startPartyline(t, [action, '-', '--data', data], { env: environment })
  child.stdin.write(beginning)
  let ended = false
  void exit.then(() => {
    ended = true
  })
  const hasBegun = () => {
    const database = existsSync(data) ? databaseOf(folderIn(data)) : ''
    return action === 'restore'
      ? (statSync(database, { throwIfNoEntry: false })?.size ?? 0) > 0
      : existsSync(`${database}-journal`) || existsSync(`${database}-wal`)
  }
  while (!ended && !hasBegun()) await new Promise(setImmediate)
  child.kill('SIGKILL')
  t.strictSame(await exit, { code: null, signal: 'SIGKILL' }, action)
}

t.test('killed at its beginning: nothing of it is used, now or later', async (t) => {
  const { archive, lines } = await first
  const text = readFileSync(lines, 'utf8')
  const beginnings = [
    { action: 'import', file: lines, beginning: Buffer.from(text.slice(0, text.lastIndexOf('\n{') + 1)) },
    { action: 'restore', file: archive, beginning: readFileSync(archive).subarray(0, 60_000) },
  ]
  for (const { action, beginning, file } of beginnings) {
    // The server of another day comes first: it says so, and begins anew.
    const data = join(temporaryFolder(t), 'data')
    await killAtBeginning(t, data, action, beginning)
    await checkLooks(t, data, isUnused, action === 'import' ? looking : [])
    // Files that somebody puts there are no sign of a last step.
    mkdirSync(filesIn(data), { recursive: true })
    await checkLooks(t, data, isUnused)
    const server = await startServer(t, { data })
    t.match(server.stdout.text, logged)
    t.equal(server.stdout.text.match(new RegExp(logged, 'g'))?.length, 1, 'once')
    t.notMatch(server.stdout.text, 'is finished')
    t.match(server.stdout.text, 'there was no database, a new one is made')
    const checked = (await runCommand(t, data, ['check'])).stdout
    t.match(checked, /^Warning: a restore .* nothing of it is used\. Remove restore-\w+\.$/m)
    server.child.kill('SIGTERM')
    await server.exit
    t.ok(existsSync(databaseOf(folderIn(data))), 'what it left is there for who wants to look at it')

    // Months later the database is moved away.
    for (const end of ['', '-wal', '-shm']) rmSync(`${databaseOf(data)}${end}`, { force: true })
    const old = new Date('2026-03-01')
    utimesSync(folderIn(data), old, old)
    await checkLooks(t, data, isUnused)
    const later = await startServer(t, { data })
    t.match(later.stdout.text, logged)
    t.notMatch(later.stdout.text, 'is finished')
    t.match(later.stdout.text, 'there was no database, a new one is made')

    // Whoever starts it again has it all, and nothing of the first.
    const again = join(temporaryFolder(t), 'data')
    await killAtBeginning(t, again, action, beginning)
    t.equal((await runCommand(t, again, [action, file])).code, 0)
    t.equal(folderIn(again), '')
    t.match((await runCommand(t, again, ['userlist'])).stdout, /^anna /)
  }
})
