import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { connectPerson } from './person.ts'
import { startProgram, temporaryFolder } from './program.ts'

t.setTimeout(280_000)

const root = fileURLToPath(new URL('../../', import.meta.url))
const command = ['npm', 'start', '--', '--host', '127.0.0.1', '--port', '0', '--data', 'kept']

/** Starts as the README says, says something, and stops it. */
async function startAndStop(t: Test, folder: string): Promise<void> {
  const { child, exit, stdout } = startProgram(t, command, { cwd: folder, group: true })
  const [, port] = await stdout.expect(/"host":"127\.0\.0\.1","port":(\d+).*"msg":"listening"/)
  const person = await connectPerson(t, Number(port), { lines: ['/nick anna'] })
  await person.expect('What you type goes to #lobby')
  child.kill('SIGTERM')
  await person.expect(/^\* This connection is closed: the server is shutting down\.\n/m)
  t.strictSame(await exit, { code: 0, signal: null })
  t.match(stdout.text, /"msg":"stopped"\}\n$/)
}

t.test('npm start builds what changed, passes options on, and passes SIGTERM on', async (t) => {
  // A copy, because it builds: other tests run what is built here.
  const folder = temporaryFolder(t)
  for (const name of ['package.json', 'server'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  const modules = join(folder, 'node_modules')
  symlinkSync(join(root, 'node_modules'), modules)
  // What npm does before each start, waited for as long as a busy machine takes.
  const prepare = () => startProgram(t, ['npm', 'run', 'prestart'], { cwd: folder, group: true }).exit
  t.strictSame(await prepare(), { code: 0, signal: null })
  const built = () => statSync(join(folder, 'dist', 'main.js')).mtimeMs
  const first = built()

  // As `npm ci --omit=dev` makes it.
  rmSync(modules)
  mkdirSync(modules)
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!['.bin', 'esbuild', '@esbuild'].includes(name))
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
  await startAndStop(t, folder)
  t.equal(built(), first, 'what has not changed is not compiled again, and needs no compiler')

  appendFileSync(join(folder, 'server', 'version.ts'), '// changed\n')
  const refused = startProgram(t, command, { cwd: folder, group: true })
  t.match(await refused.exit, { code: 1 })
  t.match(
    refused.stderr.text,
    /^partyline: dist\/ was built from other sources than these, and esbuild is not installed: "npm ci && npm run build" makes it\.$/m,
  )

  rmSync(modules, { recursive: true })
  symlinkSync(join(root, 'node_modules'), modules)
  t.strictSame(await prepare(), { code: 0, signal: null })
  t.ok(built() > first, 'what has changed is')
})
