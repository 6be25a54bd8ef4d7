import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { mainFile, startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'

/** The right of root to write what nobody may write is taken from the program, where it has it. */
const asAnybody =
  process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'] : []

/** A server that cannot write what it has to says so in one line, and changes nothing. */
async function refuses(t: Test, data: string, why: RegExp): Promise<void> {
  const before = readFileSync(join(data, 'partyline.db'))
  const names = readdirSync(data)
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const { exit, stderr, stdout } = startProgram(t, [...asAnybody, process.execPath, mainFile, ...serve])
  t.strictSame(await exit, { code: 1, signal: null })
  t.match(stderr.text, /^partyline: [^\n]+\n$/, 'one line')
  t.match(stderr.text, why)
  t.notMatch(stdout.text, 'listening')
  t.same(readFileSync(join(data, 'partyline.db')), before)
  t.same(readdirSync(data), names)
}

async function data(t: Test): Promise<string> {
  const folder = temporaryFolder(t)
  const server = await startServer(t, { settings: quickSettings, data: folder })
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  return folder
}

t.test('the data directory may not be written', async (t) => {
  const folder = await data(t)
  chmodSync(folder, 0o500)
  // So that it can be removed, by those who need it.
  t.teardown(() => chmodSync(folder, 0o700))
  await refuses(t, folder, /Cannot use the data directory .*: it may not be written/)
})

t.test('the database may not be written', async (t) => {
  const folder = await data(t)
  chmodSync(join(folder, 'partyline.db'), 0o400)
  await refuses(t, folder, /partyline\.db cannot be opened: .* may not be read and written/)
})
