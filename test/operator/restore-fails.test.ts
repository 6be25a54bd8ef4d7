import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { fillDirectory } from '../../server/operator/directory/empty-directory.ts'
import { temporaryFolder } from '../process/program.ts'

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
