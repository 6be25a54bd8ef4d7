import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { databaseOf, filesIn } from '../../server/lib/places.ts'
import { finishRestore, killedRestoreText } from '../../server/operator/killed-restore.ts'
import { connectMember } from '../process/person.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import { startServer } from '../process/server.ts'
import { environment, runCommand, runRefused, startLoggingServer } from './cli.ts'

t.setTimeout(240_000)

/** Ends itself, with SIGKILL, before a call of node:fs that `at` names. */
function killing(t: Test, at: string): string {
  const file = join(temporaryFolder(t), 'kill.mjs')
  writeFileSync(
    file,
    `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
for (const name of ['openSync', 'renameSync', 'rmSync', 'rmdirSync']) {
  const real = fs[name]
  fs[name] = (...values) => {
    if (${at}) process.kill(process.pid, 'SIGKILL')
    return real(...values)
  }
}
syncBuiltinESMExports()
`,
  )
  return file
}

/** A backup and an export of one account, one file and one message. */
async function original(t: Test): Promise<{ archive: string; lines: string }> {
  const first = await startLoggingServer(t)
  const anna = await connectMember(t, first.port, 'anna', 'annas-password')
  anna.type('/filepaste tea.txt', 'AAAA', '.', 'a message')
  await anna.settle()
  const folder = temporaryFolder(t)
  const [archive, lines] = [join(folder, 'copy.tar'), join(folder, 'copy.jsonl')]
  t.equal((await runCommand(t, first.data, ['backup', archive])).code, 0)
  t.equal((await runCommand(t, first.data, ['export', lines])).code, 0)
  return { archive, lines }
}

const first = original(t)

const looking = [['userlist'], ['createsuperuser', 'root'], ['backup', 'nowhere.tar'], ['check'], ['export']]

/** What commands say where there is no database, and that they change nothing. */
async function checkLooks(t: Test, data: string, said: RegExp, those = [['userlist']]): Promise<void> {
  const before = readdirSync(data, { recursive: true })
  for (const args of those) t.match(await runRefused(t, data, args, 'password'), said, args.join(' '))
  t.strictSame(readdirSync(data, { recursive: true }), before, 'nothing came, nothing went')
}

function folderIn(data: string): string {
  const name = readdirSync(data).find((one) => one.startsWith('restore-'))
  return name === undefined ? '' : join(data, name)
}

const isWhole =
  /^partyline: A restore or an import into \S+ was killed in its last step\. All of it is there, and the next start of the server finishes it: /
const isUnused =
  /^(partyline: )?A restore or an import into \S+ was killed before its end: nothing of it is used\. Start it again, which clears what it left, or remove restore-[0-9a-f]{24}\.$/
const logged = /"msg":"a restore or import was killed before its end, nothing of it is used"/

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
    t.match((await runCommand(t, data, ['check'])).stdout, 'The database is whole.\n')
    if (action === 'restore') t.match((await runCommand(t, data, ['check'])).stdout, '1 file, all whole.\n')
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
