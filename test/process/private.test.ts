import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCommand } from '../operator/cli.ts'
import { connectMember } from './person.ts'
import { mainFile, type Program, startProgram, temporaryFolder } from './program.ts'

t.setTimeout(280_000)

/** A server as somebody starts it whose files are readable by all. */
async function startOpen(t: Test, data: string): Promise<Program & { port: number }> {
  const serve = [process.execPath, mainFile, 'serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const command = ['sh', '-c', 'umask 000; exec "$@"', 'sh', ...serve]
  const program = startProgram(t, command, { env: { PARTYLINE_ACCOUNTS_BCRYPT_COST: '4' } })
  const [, port] = await program.stdout.expect(/"port":(\d+).*"msg":"listening"/)
  return { ...program, port: Number(port) }
}

/** What is in a folder and readable by others. */
function openIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (statSync(join(folder, name)).mode & 0o077) !== 0,
  )
}

function folderForAll(t: Test): string {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o777)
  return folder
}

t.test('what the server makes is for its own user alone, whatever the directory is', async (t) => {
  const data = folderForAll(t)
  const server = await startOpen(t, data)
  const anna = await connectMember(t, server.port, 'anna', 'password')
  anna.type('hello')
  await anna.settle()
  await runCommand(t, data, ['backup', join(data, 'copy.tar')])
  await runCommand(t, data, ['export', join(data, 'copy.jsonl')])
  const names = readdirSync(data)
  for (const name of ['partyline.db', 'partyline.db-wal', 'partyline.db-shm', 'files', 'control.sock'])
    t.ok(names.includes(name), name)
  t.strictSame(openIn(data), [])
  t.equal(statSync(data).mode & 0o777, 0o777, 'the directory is whose it is')
})

t.test('what others could read is closed, with a warning', async (t) => {
  const data = folderForAll(t)
  await runCommand(t, data, ['createsuperuser', 'root'], 'password')
  const files = join(data, 'files')
  mkdirSync(files, { recursive: true })
  writeFileSync(join(data, 'partyline.db.before-0003-groups'), '')
  writeFileSync(join(data, 'notes.txt'), 'not ours')
  symlinkSync(join(data, 'notes.txt'), join(data, 'partyline.db.link'))
  for (const name of ['partyline.db', 'partyline.db.before-0003-groups', 'notes.txt'])
    chmodSync(join(data, name), 0o644)
  chmodSync(files, 0o755)
  const server = await startOpen(t, data)
  t.strictSame(openIn(data).sort(), ['notes.txt', 'partyline.db.link'], 'what is not ours stays as it is')
  const [warning = '{}'] = server.stdout.text.match(/^.*others could read what the server keeps.*$/m) ?? []
  const { level, names } = JSON.parse(warning) as { level: number; names: string[] }
  t.equal(level, 40)
  t.strictSame(names.sort(), ['files', 'partyline.db', 'partyline.db.before-0003-groups'])
  server.child.kill('SIGTERM')
  await server.exit
  const again = await startOpen(t, data)
  t.notMatch(again.stdout.text, 'others could read', 'once')
})
