import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { temporaryFolder } from './program.ts'
import { announcedToken, get, put, someBytes, startFileServer, ticketFor } from './transfer.ts'

/** Into which people paste. CI has all of them, elsewhere those are tried that are installed. */
const shells = ['bash', 'dash', 'busybox sh', 'zsh', 'fish', 'tcsh'].filter(
  (shell) => process.env['CI'] === 'true' || run(shell, ':', '.').status === 0,
)

t.setTimeout(280_000)

/** The lines to run that somebody was shown last. */
function linesOf(screen: string): string[] {
  return [...screen.matchAll(/^\* {3}(.*)$/gm)].slice(-2).map(([, line = '']) => line)
}

async function shared(t: Test) {
  const { server, anna, bob } = await startFileServer(t)
  const bytes = someBytes(100_000)
  await put(t, server.port, `${await ticketFor(anna, 'report.pdf')} ${bytes.length}`, bytes)
  bob.type('/fileget 1')
  const [shown] = await bob.expect(/To get "report\.pdf"[\s\S]*SHA-256 is \w+\n/)
  return { server, anna, bob, bytes, lines: linesOf(shown) }
}

function run(shell: string, line: string, cwd: string) {
  const [program = '', ...args] = shell.split(' ')
  const { status, stderr, stdout } = spawnSync(program, [...args, '-c', line], {
    cwd,
    timeout: 60_000,
    encoding: 'utf8',
  })
  return { status, stderr, stdout }
}

t.test('the lines shown send the file, whatever its name and its shell', async (t) => {
  const { server, anna, bob } = await startFileServer(t)
  const name = `-wow! "it's" $HOME \`id\` \\n ~*[a]{b,c};#%41 ü👍`
  for (const [index, shell] of shells.entries())
    for (const at of [0, 1]) {
      const folder = temporaryFolder(t)
      // An empty file is one, too.
      const bytes = someBytes(index === 0 ? 0 : 1000, index)
      writeFileSync(`${folder}/${name}`, bytes)
      anna.type(`/filesend ${name}`)
      const [shown] = await anna.expect(/To send [\s\S]*\n\* {3}sh .*\n\* {3}curl .*\n/)
      const line = linesOf(shown)[at] ?? ''
      const { stderr, stdout } = run(shell, line, folder)
      t.match(stdout, `${bytes.length} bytes`, `${shell}: ${line} ${stderr}`)
      const token = await announcedToken(bob, name.replace(/[\\$*[\]{}]/g, '.+'))
      t.same(await get(t, server.port, token), bytes)
    }
})

t.test('what is no file is told of where the line is run, and announced to nobody', async (t) => {
  const { anna, bob } = await startFileServer(t)
  for (const shell of shells) {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'null'))
    const pipes = temporaryFolder(t)
    execFileSync('mkfifo', [join(pipes, 'null')])
    anna.type('/filesend null')
    const [shown] = await anna.expect(/To send [\s\S]*\n\* {3}sh .*\n\* {3}curl .*\n/)
    const [nc = '', curl = ''] = linesOf(shown)
    for (const place of [folder, pipes, '/dev', temporaryFolder(t)]) {
      const { status, stderr, stdout } = run(shell, nc, place)
      t.same(
        { status, stderr, stdout },
        { status: 1, stderr: 'No such file here: null\n', stdout: '' },
        shell,
      )
    }
    // Some curls send the nothing that they can read.
    for (const place of [folder, '/dev']) {
      const { stderr, stdout } = run(shell, curl, place)
      t.match(stdout + stderr, /Nothing came, so nothing was sent|Failed to open\/read local data/)
    }
    t.match(run(shell, curl, temporaryFolder(t)), { status: 26, stderr: /Can't open 'null'/ })
    anna.type(
      '/filedelete 1',
      '/filedelete 2',
      '/filedelete 3',
      '/filedelete 4',
      '/filedelete 5',
      '/filedelete 6',
    )
  }
  await bob.settle()
  t.notMatch(bob.output.text, 'null')
})

t.test('the lines shown get the file, and destroy none that is there', async (t) => {
  const { bytes, lines } = await shared(t)
  t.equal(lines.length, 2)
  for (const shell of shells)
    for (const line of lines) {
      const folder = temporaryFolder(t)
      const path = join(folder, 'report.pdf')
      t.match(run(shell, line, folder), { status: 0 }, `${shell}: ${line}`)
      t.ok(existsSync(path) && readFileSync(path).equals(bytes), 'all of it is there')
      writeFileSync(path, 'my own work')
      const { status, stderr } = run(shell, line, folder)
      t.not(status, 0)
      t.match(stderr, /report\.pdf/, 'and that is told')
      t.equal(readFileSync(path, 'utf8'), 'my own work')
    }
})

t.test('no words go into a file where there is nothing to get', async (t) => {
  const { anna, bob, lines } = await shared(t)
  anna.type('/filedelete 1')
  await anna.settle()
  await bob.settle()
  for (const shell of shells)
    for (const line of lines) {
      const folder = temporaryFolder(t)
      const path = join(folder, 'report.pdf')
      writeFileSync(path, 'a good copy')
      run(shell, line, folder)
      t.equal(readFileSync(path, 'utf8'), 'a good copy', `${shell}: ${line}`)
      rmSync(path)
      const { status } = run(shell, line, folder)
      t.equal(existsSync(path) ? readFileSync(path, 'utf8') : '', '', 'nothing is written')
      if (line.startsWith('curl')) t.not(status, 0, 'curl fails')
    }
})

t.test('a guest who leaves kills no address', async (t) => {
  const { server, anna, bob } = await startFileServer(t)
  await put(t, server.port, `${await ticketFor(anna, 'a.txt')} 2`, Buffer.from('hi'))
  const token = await announcedToken(bob, 'a.txt')
  const { connectPerson } = await import('./person.ts')
  const guest = await connectPerson(t, server.port, { lines: ['/nick eve', '/leave #lobby'] })
  await guest.expect('You left #lobby')
  guest.type('/quit')
  await guest.closed
  t.equal((await get(t, server.port, token)).toString(), 'hi')
})
