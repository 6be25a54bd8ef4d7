import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { Server } from 'node:net'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { lockFolder, passingName } from '../../server/data/leftovers.ts'
import { lockOf } from '../../server/data/places.ts'
import { askServer, controlPath, DataDirectoryInUse } from '../../server/operator/control/control.ts'
import { holdDataDirectory } from '../../server/operator/directory/data-directory.ts'
import { openDatabase } from '../../server/store/open.ts'
import { mainFile, startProgram, temporaryFolder } from '../process/program.ts'
import { runCommand, runRefused, startLoggingServer, stopServer } from './cli.ts'

t.setTimeout(280_000)

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

t.test('what a restore that was killed has left is known by its mark, not by a name', async (t) => {
  const data = temporaryFolder(t)
  const source = temporaryFolder(t)
  const archive = join(temporaryFolder(t), 'all.tar')
  const { reader, writer } = await openDatabase({ file: join(source, 'partyline.db'), synchronous: 'off' })
  await Promise.all([reader.destroy(), writer.destroy()])
  t.equal((await runCommand(t, source, ['backup', archive])).code, 0)
  const left = join(data, passingName('restore-'))
  mkdirSync(join(left, 'files'), { recursive: true })
  writeFileSync(join(left, 'partyline.db'), 'half')
  await (await lockFolder(left)).release()
  // Another data directory, an archive, and what looks like one of ours but for the mark.
  for (const name of ['restore-20261128', 'restore-202611281200', basename(passingName('restore-'))]) {
    const path = join(data, name)
    cpSync(source, path, { recursive: true })
    writeFileSync(join(path, 'partyline.lock'), '')
    t.match(await runRefused(t, data, ['restore', archive]), `is not empty: it contains "${name}".`)
    t.ok(existsSync(join(path, 'partyline.db')), name)
    rmSync(path, { recursive: true })
    cpSync(archive, path)
    t.match(await runRefused(t, data, ['restore', path]), `is not empty: it contains "${name}".`)
    t.ok(existsSync(path), name)
    rmSync(path)
  }
  t.equal((await runCommand(t, data, ['restore', archive])).code, 0)
  t.notOk(existsSync(left))
  // The next backup lets be what somebody has put among the files.
  const folder = join(data, 'files', 'backup-20261120')
  mkdirSync(folder)
  writeFileSync(join(folder, 'manifest.json'), 'mine')
  writeFileSync(`${folder}1`, 'mine')
  const old = new Date('2026-11-20')
  for (const path of [folder, `${folder}1`]) utimesSync(path, old, old)
  t.equal((await runCommand(t, data, ['backup', `${archive}.2`])).code, 0)
  t.ok(existsSync(join(folder, 'manifest.json')) && existsSync(`${folder}1`))
})

t.test('a copy of the lock in its place lets nobody else in', async (t) => {
  const server = await startLoggingServer(t)
  const { data } = server
  cpSync(lockOf(data), `${lockOf(data)}.copy`)
  renameSync(`${lockOf(data)}.copy`, lockOf(data))
  await refused(t, data)
  rmSync(controlPath(data))
  await refused(t, data)
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
})
