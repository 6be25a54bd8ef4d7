import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { limitFileSize } from '../faults/faults.ts'
import { connectMember } from '../process/person.ts'
import { temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { runCommand } from './cli.ts'

t.test('check and compact, and a damaged page that does not take all of status with it', async (t) => {
  const data = temporaryFolder(t)
  const settings = { ...quickSettings, FILES_FREE_SPACE_BYTES: '0' }
  const server = await startServer(t, { data, settings })
  const anna = await connectMember(t, server.port, 'anna', 'annas-password')
  anna.type('/create #tea', ...Array.from({ length: 400 }, (_, index) => `${index} ${'word '.repeat(200)}`))
  anna.type('/filepaste tea.txt', 'AAAA', '.')
  await anna.settle()
  t.match(await runCommand(t, data, ['check']), {
    code: 0,
    stdout: 'The database is intact.\n1 file, all intact.\n',
  })
  const file = join(data, 'partyline.db')
  await runCommand(t, data, ['prune', '--yes', '--before', new Date(Date.now() + 60_000).toISOString()])
  const before = statSync(file).size
  limitFileSize(server, 4096)
  const refused = await runCommand(t, data, ['compact'])
  t.equal(refused.code, 1)
  t.match(
    refused.stderr,
    /^partyline: The database could not be rewritten, and is as it was\. That needs up to [\d.]+ \w+ beside the database, where [\d.]+ \w+ are free/,
  )
  limitFileSize(server)
  t.match((await runCommand(t, data, ['compact'])).stdout, /^The database has .* now; it had .*\.\n$/)
  t.ok(statSync(file).size < before, `${statSync(file).size} < ${before}`)

  for (const name of readdirSync(join(data, 'files'))) rmSync(join(data, 'files', name))
  const lost = await runCommand(t, data, ['check'])
  t.equal(lost.code, 2)
  t.match(lost.stdout, 'Warning: the bytes of tea.txt (1) are missing on the disk.')

  anna.type(...Array.from({ length: 400 }, (_, index) => `${index} ${'more '.repeat(200)}`))
  await anna.settle()
  // The pages of what was said last, behind all others; the log is folded in, and nobody has them in memory.
  await runCommand(t, data, ['compact'])
  server.child.kill('SIGTERM')
  await server.exit
  // One leaf in the middle of the messages, and none that a start reads.
  const bytes = readFileSync(file)
  const leaves = Array.from({ length: bytes.length / 4096 }, (_, index) => index * 4096).filter(
    (at) => bytes[at] === 0x0d && bytes.subarray(at, at + 4096).includes('more more more'),
  )
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, leaves[Math.floor(leaves.length / 2)] ?? 0)
  closeSync(handle)
  const again = await startServer(t, { data, settings })
  const status = await runCommand(t, data, ['status'])
  t.equal(status.code, 0)
  t.match(status.stdout, /messages cannot be read: "partyline check" says/)
  t.match(status.stdout, /^Known +1 account, 2 channels$/m, 'all the rest is there')
  again.child.kill('SIGTERM')
  await again.exit

  const damaged = await runCommand(t, data, ['check'])
  t.equal(damaged.code, 2)
  t.match(damaged.stdout, 'Database: ')
  t.match(damaged.stdout, 'When the database is damaged')
})
