import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { create, extract } from 'tar'
import type { Manifest } from '../../server/operator/archive/archive.ts'
import { Progress } from '../../server/operator/archive/progress.ts'
import { restoreFrom } from '../../server/operator/archive/restore.ts'
import { Refused } from '../../server/operator/control/refused.ts'
import { connect } from '../../server/store/sqlite/connect.ts'
import { connectMember, connectPerson, type Person } from '../process/person.ts'
import { startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, type Server, startServer } from '../process/server.ts'
import { environment, runCommand, runJson, runRefused, stopServer } from './cli.ts'

const password = 'annas-password'

async function begin(t: Test): Promise<{ server: Server; data: string; anna: Person; blob: string }> {
  const data = temporaryFolder(t)
  const settings = { ...quickSettings, FILES_FREE_SPACE_BYTES: '0' }
  const server = await startServer(t, { data, settings })
  const anna = await connectMember(t, server.port, 'anna', password)
  anna.type(
    '/create #tea',
    'earl grey',
    '/filepaste tea.txt',
    Buffer.from('the bytes').toString('base64'),
    '.',
  )
  await anna.settle()
  const [blob = ''] = blobsIn(data)
  return { server, data, anna, blob }
}

/** What is in the folder of files, without what says to which database it belongs. */
function blobsIn(data: string): string[] {
  return readdirSync(join(data, 'files')).filter((name) => name !== 'partyline.id')
}

/** All that is in a folder, by path; without the socket. */
function everythingIn(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return Object.fromEntries(
    entries.map(({ name, parentPath }) => {
      const path = join(parentPath, name)
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')]
    }),
  )
}

async function restored(t: Test, archive: string): Promise<string> {
  const data = join(temporaryFolder(t), 'new')
  const { code, stdout } = await runCommand(t, data, ['restore', archive])
  t.equal(code, 0)
  t.match(
    stdout,
    /^Restored into .*new as it was at 20[-\d:.TZ]+: 1 account, 2 channels, \d+ messages, 1 file\.\n/,
  )
  return data
}

t.test('a backup while people chat is what was there at one moment', async (t) => {
  const { anna, blob, data, server } = await begin(t)
  let said = 0
  let file = 1
  let stored = 0
  let talking = true
  let warm = () => {}
  const warmed = new Promise<void>((resolve) => {
    warm = resolve
  })
  // As fast as the server takes it, and files come and go meanwhile.
  const talk = (async () => {
    while (talking) {
      anna.type(...Array.from({ length: 50 }, () => `line ${++said}`))
      // The next number for a file, whatever they were so far.
      anna.type('/filepaste gone.txt', 'AAAA', '.', `/filedelete ${++file}`)
      await anna.settle()
      stored = said
      if (stored >= 200) warm()
    }
  })()
  await warmed
  const before = stored
  const archive = join(temporaryFolder(t), 'chat.tar.gz')
  const { code, stdout } = await runCommand(t, data, ['backup', archive])
  t.equal(code, 0)
  t.match(
    stdout,
    /^Backed up to .*chat\.tar\.gz \(\d.*\): 1 account, 2 channels, \d+ messages, \d+ files?\.\n$/,
  )
  talking = false
  await talk
  t.equal(statSync(archive).mode & 0o777, 0o600)
  t.strictSame(
    readdirSync(join(data, 'files')).filter((name) => name.startsWith('backup-')),
    [],
  )
  const after = said
  await stopServer(t, server, [password])

  const copy = join(temporaryFolder(t), 'copy')
  t.equal((await runCommand(t, copy, ['restore', archive])).code, 0)
  t.equal(readFileSync(join(copy, 'files', blob), 'utf8'), 'the bytes')
  const { messages } = await runJson(t, copy, ['messagelist', '--limit', '100000'])
  const lines = (messages as { text: string }[])
    .map(({ text }) => text)
    .filter((text) => text.startsWith('line '))
  t.strictSame(
    lines,
    Array.from({ length: lines.length }, (_, index) => `line ${index + 1}`),
    'nothing is missing in between',
  )
  t.ok(lines.length >= before && lines.length < after, `${before} <= ${lines.length} < ${after}`)

  const again = await startServer(t, { data: copy, settings: quickSettings })
  const back = await connectPerson(t, again.port, { lines: [`/login anna ${password}`, '/fileget 1 inline'] })
  await back.expect('Welcome back, anna (#1)')
  await back.expect(Buffer.from('the bytes').toString('base64'))
  back.type('/search earl')
  await back.expect('earl grey')
  await stopServer(t, again, [password])
})

t.test('without a server, and what is refused', async (t) => {
  const { blob, data, server } = await begin(t)
  await stopServer(t, server, [password])
  const folder = temporaryFolder(t)
  const archive = join(folder, 'chat.tar')
  const before = everythingIn(data)
  t.match(await runJson(t, data, ['backup', archive]), {
    file: archive,
    counts: { accounts: 1, channels: 2, messages: 2, files: 1 },
    damaged: [],
  })
  t.strictSame(everythingIn(data), before, 'what is backed up is not touched')
  t.match(await runRefused(t, data, ['backup', archive]), 'chat.tar is there already; choose another name')
  writeFileSync(archive, 'old')
  await runRefused(t, data, ['backup', archive, '--force'])
  t.equal(readFileSync(archive, 'utf8'), 'old', 'what is no backup is not replaced')
  writeFileSync(archive, '')
  t.equal((await runCommand(t, data, ['backup', archive, '--force'])).code, 0)
  t.match(
    await runRefused(t, data, ['backup', join(folder, 'no', 'x.tar')]),
    'there is no such file or directory',
  )
  t.match(await runRefused(t, join(folder, 'nix'), ['backup', 'x.tar']), 'There is no database in')
  t.notOk(existsSync(join(folder, 'nix')))
  t.strictSame(readdirSync(folder), ['chat.tar'])

  t.match(
    await runRefused(t, data, ['restore', archive]),
    /is not empty: it contains "files" and 1 other entry\./,
  )
  t.strictSame(everythingIn(data), before)
  const copy = await restored(t, archive)
  t.equal(readFileSync(join(copy, 'files', blob), 'utf8'), 'the bytes')
  t.match(await runRefused(t, copy, ['restore', archive]), 'is not empty')
  mkdirSync(join(folder, 'empty'))
  // As a restore that was killed leaves it; what only has a number for its name is somebody's.
  const left = join(folder, 'empty', `restore-${'0a'.repeat(12)}`)
  mkdirSync(left)
  writeFileSync(join(left, 'partyline.passing'), '')
  mkdirSync(join(folder, 'empty', 'lost+found'))
  t.equal(
    (await runCommand(t, join(folder, 'empty'), ['restore', archive])).code,
    0,
    'what a killed one left',
  )
  t.strictSame(readdirSync(join(folder, 'empty')), ['files', 'lost+found', 'partyline.db', 'partyline.lock'])

  const piped = startPartyline(t, ['backup', '-', '--data', data], { env: environment })
  t.equal((await piped.exit).code, 0)
  writeFileSync(join(folder, 'piped.tar'), piped.stdout.bytes)
  await restored(t, join(folder, 'piped.tar'))
})

t.test('a file that is damaged on the disk is told, and the rest is in the backup', async (t) => {
  const { blob, data, server } = await begin(t)
  await stopServer(t, server, [password])
  writeFileSync(join(data, 'files', blob), 'other')
  const archive = join(temporaryFolder(t), 'chat.tgz')
  const { stdout } = await runCommand(t, data, ['backup', archive])
  t.match(stdout, 'Warning: the bytes of tea.txt have been damaged on the disk; they are in it as they are.')
  const copy = await restored(t, archive)
  t.equal(readFileSync(join(copy, 'files', blob), 'utf8'), 'other')
})

t.test('an archive that is not as it was made is refused, and nothing is left of it', async (t) => {
  const { blob, data, server } = await begin(t)
  await stopServer(t, server, [password])
  const folder = temporaryFolder(t)
  const plain = join(folder, 'plain.tar')
  const packed = join(folder, 'packed.tgz')
  for (const file of [plain, packed]) t.equal((await runCommand(t, data, ['backup', file])).code, 0)
  t.ok(gunzipSync(readFileSync(packed)).length > 0)
  const target = join(folder, 'target')
  const refused = async (name: string, bytes: Buffer, why: RegExp) => {
    const file = join(folder, name)
    writeFileSync(file, bytes)
    const error = await restoreFrom(file, target, new Progress()).catch((error: unknown) => error)
    if (!(error instanceof Refused)) throw error
    t.match(error.message, why, name)
    t.notOk(existsSync(target), 'not even the directory')
  }
  const whole = readFileSync(plain)
  writeFileSync(join(folder, 'cut'), whole.subarray(0, 9000))
  t.match(
    await runRefused(t, target, ['restore', join(folder, 'cut')]),
    /It is damaged.* Nothing was restored\./,
  )
  for (const size of [0, 1, 511, 512, 700, 1536, Math.floor(whole.length / 2), whole.length - 2048])
    await refused(
      `cut-${size}`,
      whole.subarray(0, size),
      /(damaged|no backup|not whole).* Nothing was restored\./,
    )
  const small = readFileSync(packed)
  for (const size of [3, 200, small.length - 4])
    await refused(`cut-gz-${size}`, small.subarray(0, size), /It is damaged/)
  for (const at of [whole.indexOf('SQLite format') + 5000, whole.indexOf('the bytes')]) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await refused(`bent-${at}`, bytes, /It is damaged: (partyline\.db|files\/\w+) is not as it was\./)
  }

  // What somebody who means harm could put together.
  const work = join(folder, 'work')
  mkdirSync(work)
  await extract({ file: plain, cwd: work })
  const manifestFile = join(work, 'manifest.json')
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest
  writeFileSync(join(folder, 'evil'), 'evil')
  const rebuilt = async (change: Record<string, unknown>, names: string[]) => {
    writeFileSync(manifestFile, JSON.stringify({ ...manifest, ...change }))
    const file = join(folder, 'rebuilt.tar')
    await create({ file, cwd: work, portable: true, preservePaths: true }, ['manifest.json', ...names])
    return readFileSync(file)
  }
  const names = ['partyline.db', `files/${blob}`]
  const evil = { blob: '../../evil', bytes: 4, sha256: createHash('sha256').update('evil').digest('hex') }
  await refused('up', await rebuilt({}, [...names, '../evil']), /does not belong there: "\.\.\/evil"/)
  await refused('named', await rebuilt({ files: [...manifest.files, evil] }, names), /damaged/)
  await refused('twice', await rebuilt({}, [...names, 'partyline.db']), /does not belong there/)
  await refused('less', await rebuilt({}, ['partyline.db']), /It is not whole: files\/\w+ is missing/)
  await refused('fewer', await rebuilt({ files: [] }, ['partyline.db']), /the file tea\.txt is missing/)
  await refused('later', await rebuilt({ version: 2 }, names), /newer version of Partyline/)

  const database = join(work, 'partyline.db')
  const withDatabase = async (sql: string) => {
    cpSync(database, `${database}.kept`)
    const { reader, writer } = connect({ file: database, synchronous: 'off' })
    await writer.raw(sql)
    await Promise.all([reader.destroy(), writer.destroy()])
    const bytes = readFileSync(database)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const archive = await rebuilt({ database: { bytes: bytes.length, sha256 } }, names)
    cpSync(`${database}.kept`, database)
    return archive
  }
  const newer = "INSERT INTO knex_migrations (name, batch) VALUES ('9999-later', 9)"
  await refused('newer', await withDatabase(newer), /written by a newer version \(schema 9999-later\)/)
  await refused('foreign', await withDatabase('DROP TABLE knex_migrations'), /not one of Partyline/)
  t.notOk(existsSync(join(folder, 'files')))
})

t.test('a backup of an older schema is updated at the next start', async (t) => {
  const { data, server } = await begin(t)
  await stopServer(t, server, [password])
  const { reader, writer } = connect({ file: join(data, 'partyline.db'), synchronous: 'off' })
  await writer.raw("DELETE FROM knex_migrations WHERE name = '0006-keep'")
  await writer.raw('DROP INDEX messages_elsewhere')
  await Promise.all([reader.destroy(), writer.destroy()])
  const archive = join(temporaryFolder(t), 'old.tar')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  const copy = await restored(t, archive)
  const again = await startServer(t, { data: copy, settings: quickSettings })
  const back = await connectPerson(t, again.port, { lines: [`/login anna ${password}`] })
  await back.expect('Welcome back')
  t.ok(existsSync(join(copy, 'partyline.db.before-0006-keep')))
  await stopServer(t, again, [password])
})

/** Resolves once a backup has begun to work in a folder of its own, or has ended. */
async function markedFolderIn(files: string, exit: Promise<unknown>): Promise<void> {
  let ended = false
  void exit.then(() => {
    ended = true
  })
  const isMarked = (name: string) => existsSync(join(files, name, 'partyline.passing'))
  while (!ended && !readdirSync(files).some(isMarked)) await new Promise(setImmediate)
}

t.test('whoever interrupts it leaves nothing half', async (t) => {
  const { blob, data, server } = await begin(t)
  await stopServer(t, server, [password])
  // A hole of this size takes a second to read.
  truncateSync(join(data, 'files', blob), 1_500_000_000)
  const folder = temporaryFolder(t)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    const { child, exit } = startPartyline(t, ['backup', join(folder, 'x.tar'), '--data', data], {
      env: environment,
    })
    await markedFolderIn(join(data, 'files'), exit)
    child.kill(signal)
    t.strictSame(await exit, { code: null, signal })
    t.strictSame(readdirSync(folder), [], 'no archive, and no part of one')
    const left = blobsIn(data).filter((name) => name !== blob)
    t.equal(left.length, signal === 'SIGKILL' ? 1 : 0)
  }
  truncateSync(join(data, 'files', blob), 9)
  t.equal((await runCommand(t, data, ['backup', join(folder, 'x.tar')])).code, 0)
  t.strictSame(blobsIn(data), [blob], 'the next one cleans up')
})

t.test('no room for it', async (t) => {
  const { blob, data, server } = await begin(t)
  await stopServer(t, server, [password])
  truncateSync(join(data, 'files', blob), 5_000_000)
  const folder = temporaryFolder(t)
  // No file of more than 1 MB, in blocks of 512 bytes: the kernel then says EFBIG.
  const command = `ulimit -f 2000; trap '' XFSZ; exec "$@"`
  const program = ['node', 'dist/main.js', 'backup', join(folder, 'x.tar'), '--data', data]
  const { exit, stderr } = startProgram(t, ['sh', '-c', command, 'sh', ...program])
  t.equal((await exit).code, 1)
  t.match(stderr.text, /^partyline: .*x\.tar cannot be written: it may not get so large; raise the limit/)
  t.strictSame(readdirSync(folder), [])
  t.strictSame(blobsIn(data), [blob])
})
