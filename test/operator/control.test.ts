import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lockOf } from '../../server/data/places.ts'
import { lockFile } from '../../server/lib/file-lock.ts'
import { askServer, controlPath, listenForOperator } from '../../server/operator/control/control.ts'
import { connectPerson } from '../process/person.ts'
import { startPartyline, temporaryFolder } from '../process/program.ts'
import type { Server } from '../process/server.ts'
import { environment, runCommand, runJson, runRefused, startLoggingServer, stopServer } from './cli.ts'

/** Sends bytes to a control socket and answers all that comes back until it is closed. */
function send(path: string, bytes: string | Buffer, { end = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
    if (end) socket.end(bytes)
    else socket.write(bytes)
  })
}

async function kill({ child, exit }: Server): Promise<void> {
  child.kill('SIGKILL')
  await exit
}

t.test('the socket comes and goes with the server', async (t) => {
  const server = await startLoggingServer(t)
  const path = controlPath(server.data)
  t.ok(statSync(path).isSocket())
  t.equal(statSync(path).mode & 0o777, 0o600, 'nobody else may use it')
  await stopServer(t, server, [])
  t.notOk(existsSync(path))
})

t.test('what kill -9 leaves behind is replaced, by a server and by a command', async (t) => {
  const first = await startLoggingServer(t)
  const { data } = first
  await kill(first)
  t.ok(existsSync(controlPath(data)))
  t.match(await runJson(t, data, ['userlist']), { users: [] })
  t.strictSame(
    readdirSync(data).filter((name) => name.startsWith('control')),
    [],
  )
  const second = await startLoggingServer(t, data)
  await kill(second)
  const third = await startLoggingServer(t, data)
  t.match(await runJson(t, data, ['userlist']), { users: [] })
  await stopServer(t, third, [])
})

t.test('of several that start on one folder, one does', async (t) => {
  const first = await startLoggingServer(t)
  const { data } = first
  await kill(first)
  const command = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const all = Array.from({ length: 3 }, () => startPartyline(t, command, { env: environment }))
  const ends = await Promise.all(
    all.map(async ({ exit, stderr, stdout }) => {
      const begun = stdout.expect('"msg":"listening"').then(
        () => undefined,
        () => exit,
      )
      const end = await Promise.race([exit, begun])
      return end && { ...end, text: stderr.text }
    }),
  )
  const refused = ends.filter((end) => end !== undefined)
  t.equal(refused.length, 2)
  for (const end of refused)
    t.match(end, { code: 1, text: /^partyline: Another server uses the data directory [^\n]*\n$/ })
  t.match(await runJson(t, data, ['userlist']), { users: [] }, 'and that one is asked')
  t.ok(statSync(controlPath(data)).isSocket())
})

t.test('a second server leaves the first alone', async (t) => {
  const server = await startLoggingServer(t)
  const inode = statSync(controlPath(server.data)).ino
  const second = startPartyline(t, ['serve', '--port', '0', '--data', server.data])
  t.strictSame(await second.exit, { code: 1, signal: null })
  t.match(second.stderr.text, /^partyline: Another server uses the data directory [^\n]*\n$/)
  t.match(second.stdout.text, /^[^\n]+"msg":"starting"\}\n$/)
  t.equal(statSync(controlPath(server.data)).ino, inode)
  const person = await connectPerson(t, server.port, { lines: ['/nick gus'] })
  await person.settle()
  await runCommand(t, server.data, ['createsuperuser', 'anna'], 'good-enough')
  await runCommand(t, server.data, ['notice', 'still here'])
  await person.expect('still here')
  await stopServer(t, server, [])
})

t.test('a folder with a path too long for a socket', async (t) => {
  const data = join(temporaryFolder(t), 'd'.repeat(120), 'ä'.repeat(100))
  mkdirSync(data, { recursive: true })
  const folder = temporaryFolder(t)
  // The program finds it there, and so does tap's process.
  const temporary = { ...environment, TMPDIR: folder }
  const serve = ['serve', '--host', '127.0.0.1', '--port', '0', '--data', data]
  const server = startPartyline(t, serve, { env: temporary })
  await server.stdout.expect('"msg":"listening"')
  t.ok(statSync(controlPath(data)).isSocket(), 'the socket is in the folder all the same')
  t.equal(statSync(controlPath(data)).mode & 0o777, 0o600)
  t.strictSame(readdirSync(folder), [], 'and nothing elsewhere')
  const list = startPartyline(t, ['userlist', '--data', data], { env: temporary })
  t.match(await list.exit, { code: 0 })
  t.equal(list.stdout.text, '0 accounts.\n')
  await server.stdout.expect('"action":"userlist"')
  const second = startPartyline(t, serve, { env: temporary })
  t.match(await second.exit, { code: 1 })
  server.child.kill('SIGKILL')
  await server.exit
  const third = startPartyline(t, serve, { env: temporary })
  await third.stdout.expect('"msg":"listening"')
  third.child.kill('SIGTERM')
  t.match(await third.exit, { code: 0 })
  t.notOk(existsSync(controlPath(data)))
  t.strictSame(readdirSync(folder), [])
})

t.test('nonsense is answered, and does no harm', async (t) => {
  const server = await startLoggingServer(t)
  const path = controlPath(server.data)
  const random = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919 + 13) % 256))
  const wrong: [string, string | Buffer, string][] = [
    ['random bytes', random, 'bad-arguments'],
    ['an empty line', '\n', 'bad-arguments'],
    ['no object', '[1]\n', 'bad-arguments'],
    ['no action', '{"options":{}}\n', 'bad-arguments'],
    ['options that are none', '{"action":"userlist","options":7}\n', 'bad-arguments'],
    ['a huge line', `{"action":"${'x'.repeat(3 << 20)}`, 'bad-arguments'],
    ['an unknown action', '{"action":"format"}\n', 'unknown-command'],
    ["an object's own property", '{"action":"constructor"}\n', 'unknown-command'],
    ['__proto__', '{"action":"__proto__","options":{"__proto__":{"x":1}}}\n', 'unknown-command'],
    ['a missing option', '{"action":"deleteuser"}\n', 'bad-arguments'],
    ['a number for a name', '{"action":"deleteuser","options":{"name":1}}\n', 'bad-arguments'],
    ['a word for a limit', '{"action":"messagelist","options":{"limit":"all"}}\n', 'bad-arguments'],
    ['a limit beyond', '{"action":"messagelist","options":{"limit":1e9}}\n', 'bad-arguments'],
    ['an object for a text', '{"action":"notice","options":{"text":{}}}\n', 'bad-arguments'],
  ]
  for (const [name, bytes, code] of wrong) {
    const text = await send(path, bytes)
    t.match(text, /^\{[^\n]*\}\n$/, `${name}: one line`)
    t.match(JSON.parse(text), { ok: false, code }, name)
    t.notMatch(text, /node_modules|file:|\.js:/, 'and no stack')
  }
  t.equal(await send(path, '{"action":"userli', { end: true }), '', 'half a line')
  t.equal(await send(path, '', { end: true }), '', 'nothing')
  const idle = connect(path)
  t.teardown(() => idle.destroy())
  const asked = '{"action":"userlist"}\n'
  t.match(JSON.parse(await send(path, asked, { end: true })), { ok: true, data: { users: [] } })
  t.match(JSON.parse(await send(path, `${asked}${asked}`)), { ok: true }, 'one request a connection')
  t.match(JSON.parse(await send(path, '{"action":"release"}\n')), { ok: false, code: 'in-use' })
  const esc = '{"action":"\\u001b[31m\\u009b2J","options":{"password":"hush-hush"}}\n'
  t.match(JSON.parse(await send(path, esc)), { ok: false })
  // An idle connection does not hold up the stop.
  await stopServer(t, server, ['hush-hush', '\u001b', '\u009b', 'xxx'])
})

t.test('a name with what acts on terminals is shown without', async (t) => {
  const data = temporaryFolder(t)
  await runCommand(t, data, ['createsuperuser', 'anna'], 'good-enough')
  t.match(await runRefused(t, data, ['deleteuser', '\u001b[2Jbob\u202e']), 'There is no account [2Jbob.')
  await runCommand(t, data, ['notice', 'beep\u0007 \u001b[31mred'])
  t.match(await runJson(t, data, ['messagelist']), { messages: [{ text: 'beep [31mred' }] })
})

t.test('commands at the same moment wait for each other', async (t) => {
  const data = temporaryFolder(t)
  await runCommand(t, data, ['createsuperuser', 'anna'], 'good-enough')
  const names = ['one', 'two', 'three']
  const all = await Promise.all(names.map((name) => runCommand(t, data, ['notice', name])))
  t.strictSame(
    all.map(({ code, stderr }) => [code, stderr]),
    names.map(() => [0, '']),
  )
  const { messages } = await runJson(t, data, ['messagelist'])
  t.strictSame((messages as { text: string }[]).map(({ text }) => text).sort(), [...names].sort())
  t.strictSame(readdirSync(data), ['partyline.db', 'partyline.lock'])
})

t.test('a server that starts waits for a command that has the folder', async (t) => {
  const data = temporaryFolder(t)
  const path = controlPath(data)
  const lock = await lockFile(lockOf(data))
  let asked = ''
  const holder = createServer((socket) => {
    socket.on('data', (chunk) => {
      asked += chunk.toString()
      // It has finished.
      holder.close()
      rmSync(path, { force: true })
      lock?.release().then(() => socket.end())
    })
  })
  await new Promise<void>((resolve) => holder.listen(path, resolve))
  const server = await startLoggingServer(t, data)
  t.match(JSON.parse(asked), { action: 'release' })
  await stopServer(t, server, [])
})

t.test('what stands in the way and is no socket stays', async (t) => {
  const data = temporaryFolder(t)
  await runCommand(t, data, ['createsuperuser', 'anna'], 'good-enough')
  writeFileSync(controlPath(data), 'mine')
  t.match(await runRefused(t, data, ['userlist']), 'control.sock is no socket. Move it away.')
  t.ok(existsSync(controlPath(data)))
})

t.test('requests wait until the server is ready, and are answered before it ends', async (t) => {
  const data = temporaryFolder(t)
  const control = await listenForOperator(data, 'server')
  const early = askServer(data, { action: 'early', options: {} })
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let taken = () => {}
  const taking = new Promise<void>((resolve) => {
    taken = resolve
  })
  control.serve(async ({ action }) => {
    if (action === 'slow') {
      taken()
      await released
    }
    return { ok: true, data: action }
  })
  t.match(await early, { ok: true, data: 'early' })
  const slow = askServer(data, { action: 'slow', options: {} })
  await taking
  const finished = control.finish()
  const late = askServer(data, { action: 'late', options: {} })
  release()
  await finished
  await fence(t, data)
  await control.close()
  t.match(await slow, { ok: true, data: 'slow' })
  t.equal(await late, undefined, 'nobody has taken it on')
  t.equal(await askServer(data, { action: 'gone', options: {} }), undefined)
  t.strictSame(readdirSync(data), [])
})

/** Resolves when the connections made before are accepted: they are, in their order. */
async function fence(t: Test, data: string): Promise<void> {
  t.match(await askServer(data, { action: 'release', options: {} }), { ok: false, code: 'in-use' })
}
