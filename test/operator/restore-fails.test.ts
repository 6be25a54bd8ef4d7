import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { passingName } from '../../server/lib/leftovers.ts'
import { databaseOf, filesIn } from '../../server/lib/places.ts'
import { fillDirectory } from '../../server/operator/empty-directory.ts'
import { connectMember } from '../process/person.ts'
import { temporaryFolder } from '../process/program.ts'
import { startServer } from '../process/server.ts'
import { runCommand, runRefused, startLoggingServer } from './cli.ts'

t.setTimeout(90_000)

async function build(folder: string): Promise<string> {
  writeFileSync(databaseOf(folder), 'a database')
  mkdirSync(filesIn(folder))
  writeFileSync(join(filesIn(folder), 'blob'), 'bytes')
  return 'built'
}

t.test('a restore that fails behind its files leaves what was there before', async (t) => {
  const data = temporaryFolder(t)
  mkdirSync(join(data, 'lost+found'))
  const failed = fillDirectory(data, async (folder) => {
    // Somebody else's, and it came first: nothing takes its place.
    mkdirSync(databaseOf(data))
    return build(folder)
  })
  await t.rejects(failed, /EISDIR|ENOTEMPTY|EEXIST/)
  t.strictSame(readdirSync(data).sort(), ['lost+found', 'partyline.db', 'partyline.lock'])
  t.strictSame(readdirSync(databaseOf(data)), [])

  const other = join(temporaryFolder(t), 'new')
  await t.rejects(
    fillDirectory(other, async (folder) => {
      await build(folder)
      throw new Error('no room')
    }),
    /no room/,
  )
  t.notOk(existsSync(other), 'not even the directory')
  t.equal(await fillDirectory(other, build), 'built')
  t.strictSame(readdirSync(other).sort(), ['files', 'partyline.db', 'partyline.lock'])
  t.strictSame(readdirSync(filesIn(other)), ['blob'])
})

t.test(
  'a restore that is killed between the files and the database: nothing else is made, and a start finishes it',
  async (t) => {
    const first = await startLoggingServer(t)
    const anna = await connectMember(t, first.port, 'anna', 'annas-password')
    anna.type('/filepaste tea.txt', 'AAAA', '.')
    await anna.settle()
    const archive = join(temporaryFolder(t), 'copy.tar')
    t.equal((await runCommand(t, first.data, ['backup', archive])).code, 0)
    const data = join(temporaryFolder(t), 'data')
    t.equal((await runCommand(t, data, ['restore', archive])).code, 0)
    // As SIGKILL leaves it there: the mark is in the folder, the files have their place.
    const folder = join(data, passingName('restore-'))
    mkdirSync(folder)
    writeFileSync(join(folder, 'partyline.passing'), '')
    renameSync(databaseOf(data), databaseOf(folder))
    const before = readdirSync(data)
    const said =
      /^partyline: A restore into \S+ was killed in its last step\. All of it is there, and the next start of the server finishes it: /
    for (const args of [
      ['userlist'],
      ['createsuperuser', 'root'],
      ['backup', `${archive}2`],
      ['check'],
      ['export'],
    ])
      t.match(await runRefused(t, data, args, 'password'), said, args.join(' '))
    t.match(await runRefused(t, data, ['restore', archive]), said)
    t.strictSame(readdirSync(data), before, 'nothing came, nothing went')

    const server = await startServer(t, { data })
    t.match(server.stdout.text, '"msg":"a restore that was killed is finished"')
    t.notMatch(server.stdout.text, 'a new one is made')
    t.match((await runCommand(t, data, ['userlist'])).stdout, /^anna /)
    t.equal((await runCommand(t, data, ['check'])).stdout, 'The database is whole.\n1 file, all whole.\n')
    t.notOk(existsSync(folder))

    // Half an import is none: its database was never checked.
    const half = join(temporaryFolder(t), 'half')
    mkdirSync(join(half, passingName('restore-')), { recursive: true })
    const work = join(half, readdirSync(half)[0] ?? '')
    writeFileSync(join(work, 'partyline.passing'), '')
    writeFileSync(databaseOf(work), 'SQLite format 3')
    t.equal((await runCommand(t, half, ['restore', archive])).code, 0)
    rmSync(half, { recursive: true })
  },
)
