import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectPerson } from '../process/person.ts'
import { mainFile, startProgram, temporaryFolder } from '../process/program.ts'
import { startServer } from '../process/server.ts'
import { makeCertificate } from '../support/certificate.ts'
import { dataWithDatabase, environment, runCommand, runRefused } from './cli.ts'
import { runAtDesk } from './desk.ts'

t.setTimeout(280_000)

/** A folder with a pipe in it in which nobody writes, and a folder. */
function strangeThings(t: Test): { folder: string; things: Record<string, RegExp> } {
  const folder = temporaryFolder(t)
  execFileSync('mkfifo', [join(folder, 'pipe')])
  mkdirSync(join(folder, 'folder'))
  return {
    folder,
    things: {
      [join(folder, 'pipe')]: /pipe/,
      [join(folder, 'folder')]: /directory/,
      '/dev/zero': /larger than|too large|no backup|no export|device/,
    },
  }
}

/** Runs a line of a shell that knows `<(...)`, with the program as $1 $2 and what else is given behind it. */
async function inBash(t: Test, line: string, args: readonly string[]) {
  const { child, exit, stderr, stdout } = startProgram(
    t,
    ['bash', '-c', line, 'bash', process.execPath, mainFile, ...args],
    { env: environment },
  )
  child.stdin.end()
  const { code } = await exit
  return { code, stdout: stdout.text, stderr: stderr.text }
}

t.test('what is no file is refused in one line, and waited for by nobody', async (t) => {
  const data = await dataWithDatabase(t)
  const { folder, things } = strangeThings(t)
  for (const [thing, why] of Object.entries(things)) {
    t.match(await runRefused(t, data, ['registeruser', '--file', thing]), why)
    const other = join(folder, 'other')
    t.match(await runRefused(t, other, ['restore', thing]), why)
    t.match(await runRefused(t, other, ['import', thing]), why)
    const checked = await runAtDesk({ args: ['check-config', thing], input: '' })
    t.equal(checked.code, 78, thing)
    t.match(checked.stderr, /^partyline: [^\n]+: It (is|does)[^\n]+\.\n$/)
    t.match(checked.stderr, why)
    const { code, stderr } = await runAtDesk({ args: ['userlist', '--config', thing], input: '' })
    t.equal(code, 1)
    t.match(stderr, /^partyline: [^\n]+\n$/)
  }
})

t.test('a certificate, a key: never a pipe, also not at a reload, which keeps the old ones', async (t) => {
  const { folder } = strangeThings(t)
  const files = makeCertificate(folder, 'chat')
  const config = join(folder, 'partyline.yaml')
  const write = (certificate: string) =>
    writeFileSync(
      config,
      `listeners:\n  - {port: 0, host: 127.0.0.1, tls: {cert: ${certificate}, key: ${files.key}}}\n`,
    )
  write(join(folder, 'pipe'))
  const checked = await runAtDesk({ args: ['check-config', config], input: '' })
  t.equal(checked.code, 78)
  t.match(checked.stderr, /^partyline: The certificate ".*pipe" is a pipe or a device, not a file\.\n$/)

  write(files.cert)
  const server = await startServer(t, { args: ['--config', config] })
  for (const file of [files.cert, files.key, config]) {
    const before = readFileSync(file)
    rmSync(file)
    execFileSync('mkfifo', [file])
    const refused = await runRefused(t, server.data, ['reload'])
    t.match(refused, /is a pipe or a device, not a file/, file)
    const person = await connectPerson(t, server.port, { lines: ['/ping'] })
    await person.expect('pong')
    rmSync(file)
    writeFileSync(file, before)
  }
  t.match(await runCommand(t, server.data, ['reload']), {
    code: 0,
    stdout: 'Reloaded: no setting has changed. Certificates were read again.\n',
  })
})

t.test('a pipe in which somebody writes is read as it is meant', async (t) => {
  const folder = temporaryFolder(t)
  const data = join(folder, 'data')
  const made = await inBash(
    t,
    `echo password | "$1" "$2" createsuperuser anna --data "$3" &&
     "$1" "$2" registeruser --data "$3" --file <(sleep 0.1; echo bob; echo carl,,9a) &&
     "$1" "$2" backup --data "$3" "$4/copy.tar" &&
     "$1" "$2" export --data "$3" "$4/all.jsonl" &&
     "$1" "$2" restore --data "$4/one" <(sleep 0.1; cat "$4/copy.tar") &&
     "$1" "$2" restore --data "$4/two" /dev/stdin <"$4/copy.tar" &&
     gzip -c "$4/copy.tar" | "$1" "$2" restore --data "$4/three" - &&
     "$1" "$2" import --data "$4/four" <(cat "$4/all.jsonl") &&
     cat "$4/all.jsonl" | "$1" "$2" import --data "$4/five" /dev/stdin &&
     "$1" "$2" check-config <(sleep 0.1; echo 'server: {name: tea}') &&
     "$1" "$2" check-config /dev/null`,
    [data, folder],
  )
  t.strictSame([made.code, made.stderr], [0, ''])
  t.match(made.stdout, /^bob,2,/m)
  for (const name of ['one', 'two', 'three', 'four', 'five'])
    t.match((await runCommand(t, join(folder, name), ['userlist'])).stdout, /3 accounts\.\n$/, name)
})

t.test('pipes in the data directory', async (t) => {
  for (const name of ['partyline.db', 'partyline.db-wal', 'partyline.lock']) {
    const data = await dataWithDatabase(t)
    rmSync(join(data, name), { force: true })
    execFileSync('mkfifo', [join(data, name)])
    for (const args of [['userlist'], ['check'], ['serve', '--port', '0'], ['createsuperuser', 'anna']])
      t.match(
        (await runCommand(t, data, args, 'password')).stderr,
        `${name} is no file. Move it away.\n`,
        `${name}: ${args[0]}`,
      )
  }
})
