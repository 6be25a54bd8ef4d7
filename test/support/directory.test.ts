import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { directoryFor } from './directory.ts'

t.test('a directory is there until the last teardown is over, and no longer', async (t) => {
  let directory = ''
  const there: boolean[] = []
  await t.test('a test', async (t) => {
    directory = directoryFor(t, { file: 'x' })
    t.teardown(async () => {
      await turn()
      there.push(existsSync(join(directory, 'file')))
      writeFileSync(join(directory, 'written by what was just stopped'), '')
    })
    t.ok(existsSync(join(directory, 'file')))
  })
  t.same(there, [true])
  t.notOk(existsSync(directory))
})
