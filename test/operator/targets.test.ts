import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { databaseOf } from '../../server/data/places.ts'
import { temporaryFolder } from '../process/program.ts'
import { dataWithDatabase, runCommand, runRefused } from './cli.ts'

t.setTimeout(300_000)

t.test('no backup and no export takes the place of what is not its kind', async (t) => {
  const data = await dataWithDatabase(t)
  const folder = temporaryFolder(t)
  mkdirSync(join(data, 'files'))
  writeFileSync(join(data, 'partyline.lock'), '')
  const before = readFileSync(databaseOf(data))
  const link = join(folder, 'link.tar')
  symlinkSync(databaseOf(data), link)
  const second = join(folder, 'second.db')
  linkSync(databaseOf(data), second)
  const way = join(folder, 'way')
  symlinkSync(data, way)
  const nowhere = join(folder, 'nowhere.tar')
  symlinkSync(join(folder, 'not-mounted', 'x.tar'), nowhere)
  const thesis = join(folder, 'thesis.odt')
  writeFileSync(thesis, 'years of work')
  const inside = [
    'partyline.db',
    'partyline.db-wal',
    'partyline.lock',
    'control.sock',
    'b.tar',
    'files/b.tar',
  ]
  for (const command of ['backup', 'export']) {
    for (const name of inside)
      for (const at of [data, way])
        t.match(
          await runRefused(t, data, [command, '--force', join(at, name)]),
          'is in the data directory, which belongs to the server',
          `${command} ${name}`,
        )
    t.match(await runRefused(t, data, [command, join(data, 'b.tar')]), 'is in the data directory')
    t.match(await runRefused(t, data, [command, '--force', link]), 'is in the data directory')
    for (const strange of [second, thesis])
      t.match(
        await runRefused(t, data, [command, '--force', strange]),
        `${strange} is there already and is no ${command} of Partyline: it is not replaced.`,
      )
    t.match(await runRefused(t, data, [command, '--force', nowhere]), 'Is the disk mounted?')
    t.match(await runRefused(t, data, [command, '--force', '/dev/null']), 'is no file')
  }
  t.ok(readFileSync(databaseOf(data)).equals(before))
  t.equal(readFileSync(thesis, 'utf8'), 'years of work')
  t.strictSame(readdirSync(join(data, 'files')), [])

  const [archive, lines, empty] = ['a.tar', 'a.jsonl', 'empty'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  t.equal((await runCommand(t, data, ['export', lines])).code, 0)
  t.match(await runRefused(t, data, ['backup', '--force', lines]), 'is no backup of Partyline')
  t.match(await runRefused(t, data, ['export', '--force', archive]), 'is no export of Partyline')
  for (const [command, file] of [
    ['backup', archive],
    ['export', lines],
    ['backup', empty],
  ] as const) {
    if (file === empty) writeFileSync(empty, '')
    t.equal((await runCommand(t, data, [command, '--force', file])).code, 0, `${command} ${file}`)
  }
})

t.test('an archive that has more, or other data, is kept', async (t) => {
  const data = await dataWithDatabase(t)
  const archive = join(temporaryFolder(t), 'night.tar.gz')
  await runCommand(t, data, ['createsuperuser', 'anna'], 'annas-password')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  const good = readFileSync(archive)
  t.equal((await runCommand(t, data, ['backup', '--force', archive])).code, 0, 'the same data')
  t.notOk(existsSync(`${archive}.older`))
  writeFileSync(archive, good)
  const other = await dataWithDatabase(t)
  const { code, stdout } = await runCommand(t, other, ['backup', '--force', archive])
  t.equal(code, 2)
  t.match(stdout, 'Warning: it is of another database than the older one. Is that the right data directory')
  t.match(stdout, `is kept as ${archive}.older`)
  t.ok(readFileSync(`${archive}.older`).equals(good))
  t.equal((await runCommand(t, other, ['backup', '--force', archive])).code, 0, 'the next is of the same')
})

t.test('a link that leads nowhere is a disk that is not mounted', async (t) => {
  for (const name of ['partyline.db', 'files', '']) {
    const folder = temporaryFolder(t)
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const data = join(folder, 'data')
    if (name !== '') mkdirSync(data)
    const link = join(data, name)
    symlinkSync(join(disk, 'it'), name === '' ? data : link)
    for (const args of [
      ['createsuperuser', 'anna'],
      ['registeruser', 'anna'],
      ['userlist'],
      ['backup', join(folder, 'x.tar')],
      ['check'],
      ['export', join(folder, 'x.jsonl')],
      ['serve', '--host', '127.0.0.1', '--port', '0'],
    ]) {
      const { code, stderr } = await runCommand(t, data, args)
      t.equal(code, 1)
      t.match(stderr, 'which is not there. Is the disk mounted?', `${name}: ${args[0]}`)
      t.equal(readlinkSync(name === '' ? data : link), join(disk, 'it'))
      t.strictSame(readdirSync(disk), [])
    }
    rmSync(name === '' ? data : link)
    renameSync(disk, `${disk}.away`)
  }
})
