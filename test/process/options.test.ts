import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runAtDesk } from '../operator/desk.ts'
import { connectPerson } from './person.ts'
import { startPartyline, temporaryFolder } from './program.ts'
import { startServer } from './server.ts'

/** What the program prints that ends by itself. */
async function run(t: Test, ...args: string[]) {
  const { exit, stderr, stdout } = startPartyline(t, args, { cwd: temporaryFolder(t) })
  const { code } = await exit
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** The same in one process for all of them, where it does not matter that it is one of its own. */
function atDesk(...args: readonly string[]) {
  return runAtDesk({ args, input: '' })
}

t.test('--help', async (t) => {
  const { code, stdout, stderr } = await run(t, '--help')
  t.equal(code, 0)
  t.match(stdout, /^Usage: partyline .*serve/s)
  t.equal(stderr, '')
  const serve = await run(t, 'serve', '--help')
  t.equal(serve.code, 0)
  for (const option of ['--config', '--host', '--port', '--data']) t.match(serve.stdout, option)
})

t.test('--version', async (t) => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(file) as { version: string }
  t.strictSame(await run(t, '--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
})

t.test('what is wrong on the command line is told, and nothing is started', async (t) => {
  const wrong = [
    [['--prot', '1'], "error: unknown option '--prot'\n(Did you mean --port?)\n"],
    [['serve', '--port', '65536'], /^error: .*--port.*65536.* A port is a number from 0 to 65535\.\n$/],
    [['serve', '--port', '12x'], /^error: .*--port.*12x.* A port is a number from 0 to 65535\.\n$/],
    [['serve', '--data'], /^error: .*--data <directory>.* argument missing\n$/],
    [['frobnicate'], 'partyline: There is no command "frobnicate". "partyline --help" lists them.\n'],
    [['user-list'], /There is no command "user-list"\. Did you mean userlist\?/],
    // What destroys is not suggested.
    [['deleteusr', 'anna'], 'partyline: There is no command "deleteusr". "partyline --help" lists them.\n'],
    [['\u001b[2Jx'], 'partyline: There is no command "[2Jx". "partyline --help" lists them.\n'],
  ] as const
  for (const [args, text] of wrong) {
    const { code, stdout, stderr } = await atDesk(...args)
    t.equal(code, 1, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, text)
  }
})

t.test('a data directory that cannot be is told at once', async (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const places: [string, RegExp][] = [
    [file, /: it is a file\.\n$/],
    [join(file, 'in', 'it'), /: \S+\/file is a file\.\n$/],
    // Node's own way to make it would never end.
    ...(process.platform === 'linux'
      ? [['/proc/nowhere', /: it cannot be made there\./] as [string, RegExp]]
      : []),
  ]
  for (const [place, why] of places) {
    const { code, stderr } = await atDesk('serve', '--port', '0', '--data', place)
    t.equal(code, 1, place)
    t.match(stderr, why)
    t.ok(stderr.startsWith(`partyline: Cannot use the data directory ${place}`))
  }
  const config = join(folder, 'partyline.yaml')
  for (const [place, why] of places) {
    writeFileSync(config, JSON.stringify({ dataDirectory: place }))
    const { code, stderr } = await atDesk('check-config', config)
    t.equal(code, 78, `check-config looks at ${place}, too`)
    t.match(stderr, why)
  }
  writeFileSync(config, JSON.stringify({ dataDirectory: join(folder, 'to', 'be', 'made') }))
  t.match(await atDesk('check-config', config), { code: 0, stderr: '' })
  t.match(await atDesk('check-config', '--config', config), { code: 0, stderr: '' })
  t.match(await atDesk('check-config', '--config', join(folder, 'none.yaml')), { code: 78 })
  t.match(await atDesk('check-config', config, '--config', join(folder, 'none.yaml')), {
    code: 1,
    stderr: 'partyline: Name one file: as it is, or with --config.\n',
  })
  t.notOk(existsSync(join(folder, 'to')), 'and makes none')
})

t.test('--host', async (t) => {
  // All of 127.0.0.0/8 is this machine, on Linux; elsewhere only 127.0.0.1 is.
  const host = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'
  const { port, stdout } = await startServer(t, { args: ['--host', host] })
  t.match(stdout.text, `"host":"${host}"`)
  const person = await connectPerson(t, port, { host, lines: ['/ping'] })
  await person.expect('* pong\n')
  const other = host === '127.0.0.1' ? '::1' : '127.0.0.1'
  const error = await new Promise((resolve) => {
    const socket = connect({ host: other, port }, () => resolve(undefined))
    socket.on('error', resolve)
    t.teardown(() => socket.destroy())
  })
  t.match(error, { code: /^(ECONNREFUSED|EADDRNOTAVAIL)$/ }, 'and nowhere else')
})

t.test('--data', async (t) => {
  const data = join(temporaryFolder(t), 'new', 'folder')
  await startServer(t, { data })
  t.match(readFileSync(join(data, 'partyline.db')).toString('latin1'), /^SQLite format 3/)
})

t.test('--port 0 takes a free port each time', async (t) => {
  const [one, other] = await Promise.all([startServer(t), startServer(t)])
  t.not(one.port, other.port)
  for (const { port } of [one, other]) {
    const person = await connectPerson(t, port, { lines: ['/ping'] })
    await person.expect('* pong\n')
  }
})
