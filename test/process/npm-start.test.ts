import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { connectPerson } from './person.ts'
import { startProgram, temporaryFolder } from './program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

t.test('npm start builds, passes options on, and passes SIGTERM on', async (t) => {
  // A copy, because it builds: other tests run what is built here.
  const folder = temporaryFolder(t)
  for (const name of ['package.json', 'tsconfig.json', 'server'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const command = ['npm', 'start', '--', '--host', '127.0.0.1', '--port', '0', '--data', 'kept']
  const { child, exit, stdout } = startProgram(t, command, { cwd: folder, group: true })
  const [, port] = await stdout.expect(/"host":"127\.0\.0\.1","port":(\d+).*"msg":"listening"/)
  const person = await connectPerson(t, Number(port), { lines: ['/nick anna'] })
  await person.expect('What you type goes to #lobby')
  child.kill('SIGTERM')
  await person.expect(/^\* This connection is closed: the server is shutting down\.\n/m)
  t.strictSame(await exit, { code: 0, signal: null })
  t.match(stdout.text, /"msg":"stopped"\}\n$/)
})
