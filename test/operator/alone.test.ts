import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Server } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lockOf } from '../../server/lib/places.ts'
import { askServer, controlPath, DataDirectoryInUse } from '../../server/operator/control.ts'
import { holdDataDirectory } from '../../server/operator/data-directory.ts'
import { openDatabase } from '../../server/store/open.ts'
import { mainFile, startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import { environment, runCommand, startLoggingServer, stopServer } from './cli.ts'

t.setTimeout(120_000)

const inUse = /^partyline: Another (server uses|process has) [^\n]*\n$/

/** Another server on the same directory, begun by `way`, says in one line that it cannot be. */
async function refused(t: Test, data: string, way: readonly string[] = []): Promise<void> {
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const second = startProgram(t, [...way, process.execPath, mainFile, ...serve])
  t.strictSame(await second.exit, { code: 1, signal: null })
  t.match(second.stderr.text, inUse)
  t.notMatch(second.stdout.text, '"msg":"listening"')
}

t.test('no way leads around the lock', async (t) => {
  const server = await startLoggingServer(t)
  const { data } = server
  await t.test('the socket is removed: it comes back, and commands are answered', async (t) => {
    rmSync(controlPath(data))
    await refused(t, data)
    const { code, stdout } = await runCommand(t, data, ['userlist'])
    t.equal(code, 0)
    t.equal(stdout, '0 accounts.\n')
    t.ok(statSync(controlPath(data)).isSocket())
  })
  await t.test('another PID and another network namespace', async (t) => {
    rmSync(controlPath(data), { force: true })
    await refused(t, data, ['unshare', '--map-root-user', '--pid', '--net', '--fork', '--kill-child'])
  })
  await t.test('the lock and the socket are removed', async (t) => {
    rmSync(controlPath(data), { force: true })
    rmSync(lockOf(data))
    await refused(t, data)
    await refused(t, data)
    const command = await holdDataDirectory(data, 'command').catch((error: unknown) => error)
    t.ok(command instanceof DataDirectoryInUse, String(command))
  })
  await stopServer(t, server, [])
})

t.test('processes of a cluster, as pm2 -i 2 begins them, share no directory', async (t) => {
  const data = temporaryFolder(t)
  const script = join(temporaryFolder(t), 'cluster.cjs')
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  writeFileSync(
    script,
    `const cluster = require('node:cluster')
cluster.setupPrimary({ exec: ${JSON.stringify(mainFile)}, args: ${JSON.stringify(serve)} })
const workers = [cluster.fork(), cluster.fork()]
cluster.on('exit', (worker, code) => {
  console.log('worker ended with ' + code)
  for (const one of workers) if (one !== worker) one.process.kill('SIGTERM')
})`,
  )
  const primary = startProgram(t, [process.execPath, script], { group: true })
  await primary.stdout.expect('worker ended with 1')
  await primary.stdout.expect('worker ended with 0')
  t.match(primary.stderr.text, inUse)
})

t.test('a file system without sockets', async (t) => {
  const data = temporaryFolder(t)
  const elsewhere = temporaryFolder(t)
  const before = process.env['XDG_RUNTIME_DIR']
  process.env['XDG_RUNTIME_DIR'] = elsewhere
  // What exFAT and SMB say to a socket.
  const listen = Server.prototype.listen
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [{ path = '' } = {}] = args as { path?: string }[]
    if (!path.startsWith(data)) return Reflect.apply(listen, this, args) as Server
    queueMicrotask(() => this.emit('error', Object.assign(new Error('listen EPERM'), { code: 'EPERM' })))
    return this
  } as typeof listen
  t.teardown(() => {
    Server.prototype.listen = listen
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR']
    else process.env['XDG_RUNTIME_DIR'] = before
  })
  const held = await holdDataDirectory(data, 'server')
  held.serve(async ({ action }) => ({ ok: true, data: action }))
  t.notOk(existsSync(controlPath(data)))
  t.match(held.path, elsewhere)
  t.match(await askServer(data, { action: 'hello', options: {} }), { ok: true, data: 'hello' })
  await t.rejects(holdDataDirectory(data, 'command'), DataDirectoryInUse)
  await held.leave()
  t.equal(await askServer(data, { action: 'hello', options: {} }), undefined)
  t.strictSame(
    readdirSync(elsewhere, { recursive: true }).filter((name) => String(name).endsWith('.sock')),
    [],
  )
})

t.test('what a restore that was killed has left is known by its shape, not by a number', async (t) => {
  const data = temporaryFolder(t)
  const source = temporaryFolder(t)
  const archive = join(temporaryFolder(t), 'all.tar')
  const { reader, writer } = await openDatabase({ file: join(source, 'partyline.db'), synchronous: 'off' })
  await Promise.all([reader.destroy(), writer.destroy()])
  t.equal((await runCommand(t, source, ['backup', archive])).code, 0)
  // In a container every process has number 1, and it always runs.
  mkdirSync(join(data, 'restore-1', 'files'), { recursive: true })
  writeFileSync(join(data, 'restore-1', 'partyline.db'), 'half')
  mkdirSync(join(data, 'restore-2024'))
  writeFileSync(join(data, 'restore-2024', 'letters.odt'), 'mine')
  const restore = startPartyline(t, ['restore', archive, '--data', data], { env: environment })
  t.match(await restore.exit, { code: 1 })
  t.match(restore.stderr.text, 'is not empty: there is restore-2024.')
  rmSync(join(data, 'restore-2024'), { recursive: true })
  t.equal((await runCommand(t, data, ['restore', archive])).code, 0)
  t.notOk(existsSync(join(data, 'restore-1')))
})
