import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCommand, runJson } from '../operator/cli.ts'
import { connectGuest } from '../process/person.ts'
import { mainFile, startProgram, temporaryFolder } from '../process/program.ts'

t.setTimeout(280_000)

const serve = [process.execPath, mainFile, 'serve', '--host', '127.0.0.1', '--port', '0', '--data']

/** Resolves when the socket of the operator's command line is there, or gone. */
async function socketIs(data: string, there: boolean): Promise<void> {
  const watcher = watch(data)
  while (existsSync(join(data, 'control.sock')) !== there) await once(watcher, 'change')
  watcher.close()
}

/** Waits for a server whose log nobody can read; answers its port. */
async function portOf(t: Test, data: string): Promise<number> {
  await socketIs(data, true)
  const { listeners } = await runJson(t, data, ['status'])
  const [{ port }] = listeners as [{ port: number }]
  return port
}

for (const pretty of ['false', 'true'])
  t.test(`chat goes on where the log has no room; log.pretty: ${pretty}`, async (t) => {
    const data = temporaryFolder(t)
    const command = ['sh', '-c', 'exec "$@" >/dev/full', 'sh', ...serve, data]
    const server = startProgram(t, command, { env: { PARTYLINE_LOG_PRETTY: pretty } })
    const port = await portOf(t, data)
    const anna = await connectGuest(t, port, 'anna')
    const bob = await connectGuest(t, port, 'bob')
    anna.type('hello')
    await bob.expect('<~anna> hello')
    server.child.kill('SIGTERM')
    t.strictSame(await server.exit, { code: 0, signal: null }, 'and it stops when it is asked to')
    t.equal(server.stderr.text, '')
  })

t.test('it stops when the terminal is closed in which it was begun', async (t) => {
  const data = temporaryFolder(t)
  const script = ['script', '-qfe', '-c', [...serve, data].join(' '), '/dev/null']
  const terminal = startProgram(t, script, { env: { SHELL: '/bin/sh' } })
  const port = await portOf(t, data)
  const anna = await connectGuest(t, port, 'anna')
  await runCommand(t, data, ['reload'])
  terminal.child.kill('SIGKILL')
  await anna.expect('the server is shutting down')
  await socketIs(data, false)
})

for (const pretty of ['false', 'true'])
  t.test(`it stops while nobody reads a pipe that is full; log.pretty: ${pretty}`, async (t) => {
    const data = temporaryFolder(t)
    const fifo = join(temporaryFolder(t), 'log')
    // Read and written by the same, so that it is open; 64 KiB is all that fits.
    const script =
      'mkfifo "$0" && exec 3<>"$0" && dd if=/dev/zero bs=65536 count=1 2>/dev/null >&3 && exec "$@" >&3'
    const server = startProgram(t, ['sh', '-c', script, fifo, ...serve, data], {
      env: { PARTYLINE_LOG_PRETTY: pretty },
    })
    const port = await portOf(t, data)
    const anna = await connectGuest(t, port, 'anna')
    const bob = await connectGuest(t, port, 'bob')
    anna.type('hello')
    await bob.expect('<~anna> hello')
    server.child.kill('SIGTERM')
    t.strictSame(await server.exit, { code: 0, signal: null })
    t.equal(server.stderr.text, '')
  })
