import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { finishRestore, killedRestoreText } from '../../server/operator/directory/killed-restore.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import { startServer } from '../process/server.ts'
import { environment, runCommand, runRefused } from './cli.ts'
import { checkLooks, folderIn, isUnused, isWhole, killing, looking, original } from './killed.ts'

t.setTimeout(280_000)

const first = original(t)

t.test('killed when all of it was there: nothing else is made, and a start finishes it', async (t) => {
  const { archive, lines } = await first
  const moments = [
    { action: 'restore', at: "name === 'renameSync' && values[1].endsWith('/files')" },
    { action: 'restore', at: "name === 'renameSync' && values[1].endsWith('/partyline.db')" },
    { action: 'import', at: "name === 'renameSync' && values[1].endsWith('/partyline.db')" },
  ]
  for (const { action, at } of moments) {
    const data = join(temporaryFolder(t), 'data')
    const command = [action, action === 'restore' ? archive : lines, '--data', data]
    const killed = startProgram(t, [process.execPath, '--import', killing(t, at), mainFile, ...command], {
      env: environment,
    })
    t.strictSame(await killed.exit, { code: null, signal: 'SIGKILL' }, at)
    t.notOk(existsSync(databaseOf(data)))
    await checkLooks(t, data, isWhole, action === 'import' ? looking : [])
    if (action === 'import') t.match(await runRefused(t, data, command.slice(0, 2)), isWhole)

    const server = await startServer(t, { data })
    t.match(server.stdout.text, '"msg":"a restore that was killed is finished"')
    t.notMatch(server.stdout.text, 'a new one is made')
    t.match((await runCommand(t, data, ['userlist'])).stdout, /^anna /)
    t.match((await runCommand(t, data, ['check'])).stdout, 'The database is intact.\n')
    if (action === 'restore') t.match((await runCommand(t, data, ['check'])).stdout, '1 file, all intact.\n')
    t.equal(folderIn(data), '')
  }
})

t.test(
  'killed when all of it had its place: the rest goes with the next start, without a word',
  async (t) => {
    const { archive } = await first
    for (const at of [
      "name === 'rmSync' && values[0].endsWith('/partyline.complete')",
      "name === 'rmSync' && /restore-[0-9a-f]+$/.test(values[0])",
    ]) {
      const data = join(temporaryFolder(t), 'data')
      const killed = startProgram(
        t,
        [process.execPath, '--import', killing(t, at), mainFile, 'restore', archive, '--data', data],
        { env: environment },
      )
      // There is no manifest.json in the folder, and then nothing is killed.
      const { code, signal } = await killed.exit
      t.ok(code === 0 || signal === 'SIGKILL', at)
      t.match((await runCommand(t, data, ['userlist'])).stdout, /^anna /)
      const server = await startServer(t, { data })
      t.notMatch(server.stdout.text, 'killed')
      t.equal(folderIn(data), '')
    }
  },
)

// Those that are asked of a server wait for it.
t.test('while it is under way, it is not said to be killed', async (t) => {
  const { archive } = await first
  const data = join(temporaryFolder(t), 'data')
  const { child, exit } = startPartyline(t, ['restore', '-', '--data', data], { env: environment })
  child.stdin.write(readFileSync(archive).subarray(0, 60_000))
  while (!existsSync(data) || !existsSync(databaseOf(folderIn(data)))) await new Promise(setImmediate)
  await checkLooks(
    t,
    data,
    /^partyline: A restore or an import into \S+ is under way, in restore-\w+: wait/,
    [['check'], ['export']],
  )
  child.stdin.end(readFileSync(archive).subarray(60_000))
  t.strictSame(await exit, { code: 0, signal: null })
})

t.test('what only looks complete is not used', async (t) => {
  const { archive } = await first
  const spoilt = {
    'a journal beside it': (folder: string) => writeFileSync(`${databaseOf(folder)}-journal`, 'hot'),
    'a log beside it': (folder: string) => writeFileSync(`${databaseOf(folder)}-wal`, 'hot'),
    'no mark': (folder: string) => rmSync(join(folder, 'partyline.complete')),
    'no database': (folder: string) => rmSync(databaseOf(folder)),
    'other files in the place of its own': (folder: string) => {
      mkdirSync(filesIn(join(folder, '..')))
      writeFileSync(join(filesIn(join(folder, '..')), 'other'), '')
    },
  }
  for (const [what, spoil] of Object.entries(spoilt)) {
    const data = join(temporaryFolder(t), 'data')
    const kill = killing(t, "name === 'renameSync' && values[1].endsWith('/files')")
    const command = [process.execPath, '--import', kill, mainFile, 'restore', archive, '--data', data]
    await startProgram(t, command, { env: environment }).exit
    spoil(folderIn(data))
    t.match(await killedRestoreText(data), isUnused, what)
    t.equal(finishRestore(data).finished, false, what)
    // What spoilt it goes: it is not taken for complete now.
    for (const end of ['-journal', '-wal']) rmSync(`${databaseOf(folderIn(data))}${end}`, { force: true })
    rmSync(filesIn(data), { recursive: true, force: true })
    t.strictSame(finishRestore(data), { finished: false, unused: [folderIn(data)] }, what)
  }
})

t.test('a complete one beside a database that came otherwise is not finished, now or later', async (t) => {
  const { archive } = await first
  const data = join(temporaryFolder(t), 'data')
  const kill = killing(t, "name === 'renameSync' && values[1].endsWith('/files')")
  await startProgram(t, [process.execPath, '--import', kill, mainFile, 'restore', archive, '--data', data], {
    env: environment,
  }).exit
  writeFileSync(databaseOf(data), '')
  t.strictSame(finishRestore(data), { finished: false, unused: [folderIn(data)] })
  rmSync(databaseOf(data))
  t.strictSame(finishRestore(data), { finished: false, unused: [folderIn(data)] })
})
