import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectMember, type Person } from '../process/person.ts'
import { startPartyline, startProgram, temporaryFolder } from '../process/program.ts'
import { quickSettings, startServer } from '../process/server.ts'
import { Wire } from '../process/transfer.ts'
import { environment, runCommand, runJson } from './cli.ts'

const password = 'annas-password'
const names = ['tea.txt', 'cup.txt', 'pot.txt'] as const

/** A server with three files; answers their blobs by name. */
async function begin(t: Test) {
  const data = temporaryFolder(t)
  const settings = {
    ...quickSettings,
    FILES_FREE_SPACE_BYTES: '0',
    HTTP_LISTEN: '{port: 0, host: 127.0.0.1}',
  }
  const server = await startServer(t, { data, settings })
  const [, http = ''] = await server.stdout.expect(/"port":(\d+),"msg":"listening for HTTP"/)
  const anna = await connectMember(t, server.port, 'anna', password)
  const blobs = new Map<string, string>()
  for (const name of names) {
    anna.type(`/filepaste ${name}`, Buffer.from(`bytes of ${name}`).toString('base64'), '.')
    await anna.settle()
    const paths = readdirSync(join(data, 'files')).map((one) => join(data, 'files', one))
    blobs.set(name, paths.find((path) => ![...blobs.values()].includes(path)) ?? '')
  }
  const pathOf = (name: (typeof names)[number]) => blobs.get(name) ?? ''
  return { server, data, anna, http, pathOf }
}

async function tokenOf(anna: Person, file: number): Promise<string> {
  anna.type(`/fileget ${file}`)
  const [, token = ''] = await anna.expect(/echo \/get (\w+)/)
  return token
}

async function fetched(t: Test, port: number, token: string): Promise<string> {
  const wire = new Wire(t, port)
  wire.socket.write(`/get ${token}\n`)
  return (await wire.all).toString()
}

async function lostByMetrics(http: string): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
  return /^partyline_files_lost (\d+)$/m.exec(text)?.[1]
}

t.test('files that are missing or damaged are named everywhere, and nobody gets them', async (t) => {
  const { anna, data, http, pathOf, server } = await begin(t)
  const folder = temporaryFolder(t)
  const archive = join(folder, 'day-1.tgz')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  t.match((await runCommand(t, data, ['status'])).stdout, 'All is well.')
  const good = readFileSync(archive)
  const tokens = [await tokenOf(anna, 1), await tokenOf(anna, 2), await tokenOf(anna, 3)]

  const aside = join(folder, 'aside')
  renameSync(pathOf('tea.txt'), aside)
  // Of the same size: only its bytes tell.
  writeFileSync(pathOf('cup.txt'), 'bytes of CUP.txt')
  writeFileSync(pathOf('pot.txt'), 'bytes')
  for (const turn of ['first', 'second']) {
    const { code, stdout } = await runCommand(t, data, ['backup', archive, '--force'])
    t.equal(code, 2, turn)
    t.match(stdout, /1 account, 1 channel, \d messages, 2 files\./)
    t.match(stdout, 'Warning: the bytes of tea.txt are missing on the disk; they are not in it.')
    for (const name of ['cup.txt', 'pot.txt'])
      t.match(
        stdout,
        `Warning: the bytes of ${name} have been damaged on the disk; they are in it as they are.`,
      )
    if (turn === 'first')
      t.match(stdout, `What ${archive} was before has what this lacks, and is kept as ${archive}.older:`)
    t.strictSame(readdirSync(folder), ['aside', 'day-1.tgz', 'day-1.tgz.older'], turn)
    t.ok(readFileSync(`${archive}.older`).equals(good), 'the good one is kept')
  }
  t.match(await runJson2(t, data, ['backup', join(folder, 'other.tar')]), {
    missing: ['tea.txt'],
    damaged: ['cup.txt', 'pot.txt'],
  })
  const status = (await runCommand(t, data, ['status'])).stdout
  t.match(
    status,
    'Look after this: the bytes of 3 files are missing or damaged on the disk: tea.txt (1, missing)',
  )
  t.match(status, 'cup.txt (2, damaged)')
  t.equal(await lostByMetrics(http), '3')
  for (const [index, token] of tokens.entries()) {
    const why = `The bytes of file ${index + 1} ("${names[index]}") are missing or damaged`
    t.equal(await fetched(t, server.port, token), '', 'no words go into a file')
    const answer = await fetch(`http://127.0.0.1:${server.port}/get/${token}`)
    t.equal(answer.status, 410)
    t.match(await answer.text(), why)
    anna.type(`/fileget ${index + 1}`, `/fileget ${index + 1} inline`)
    await anna.settle()
    t.equal(anna.output.text.split(why).length, 3, 'in the chat, too')
  }
  t.match(server.stdout.text, /"files":\[1.*"msg":"files are gone"/)

  const copy = join(folder, 'copy')
  const { code, stdout } = await runCommand(t, copy, ['restore', archive])
  t.equal(code, 0)
  t.match(stdout, 'tea.txt was missing already when the backup was made.')
  t.match(stdout, 'pot.txt was damaged already when the backup was made.')

  renameSync(aside, pathOf('tea.txt'))
  t.equal(await fetched(t, server.port, tokens[0] ?? ''), 'bytes of tea.txt', 'nothing was forgotten')
  t.match((await runCommand(t, data, ['status'])).stdout, 'the bytes of 2 files are missing or damaged')
})

t.test('a disk that is not mounted', async (t) => {
  const { data, http, server } = await begin(t)
  const away = join(temporaryFolder(t), 'files')
  renameSync(join(data, 'files'), away)
  const archive = join(temporaryFolder(t), 'x.tar')
  const { code, stdout } = await runCommand(t, data, ['backup', archive])
  t.equal(code, 2)
  t.match(stdout, 'None of the files is there: is the disk mounted that they are on?')
  t.notOk(readdirSync(data).includes('files'), 'nothing stands where it is to be mounted')
  t.equal(await lostByMetrics(http), '3')
  renameSync(away, join(data, 'files'))
  t.equal((await runCommand(t, data, ['backup', archive, '--force'])).code, 0)
  t.match((await runCommand(t, data, ['status'])).stdout, 'All is well.')
  t.equal(await lostByMetrics(http), '0')
  server.child.kill('SIGTERM')
  t.equal((await server.exit).code, 0)
})

t.test('what was deleted is not missing', async (t) => {
  const { anna, data } = await begin(t)
  const archive = join(temporaryFolder(t), 'x.tar')
  writeFileSync(archive, '')
  anna.type('/filedelete 1')
  await anna.settle()
  t.equal((await runCommand(t, data, ['backup', archive, '--force'])).code, 0)
  t.throws(() => readFileSync(`${archive}.older`), 'a whole one takes the place')
})

t.test('through pipes, and what stops early', async (t) => {
  const { data } = await begin(t)
  const folder = temporaryFolder(t)
  const archive = join(folder, 'x.tgz')
  t.equal((await runCommand(t, data, ['backup', archive])).code, 0)
  const before = readdirSync(join(data, 'files'))
  const run = (script: string, ...args: string[]) =>
    startProgram(t, ['bash', '-c', `set -o pipefail; ${script}`, 'sh', ...args], { env: environment })

  const cut = run('node dist/main.js backup - --data "$1" | head -c 1000', data)
  t.equal((await cut.exit).code, 1)
  t.equal(cut.stdout.bytes.length, 1000)
  t.match(cut.stderr.text, /^partyline: Standard output cannot be written: nobody reads it any more\.\n$/)
  t.strictSame(readdirSync(join(data, 'files')), before, 'no copy of the database is left')

  for (const [script, target] of [
    ['cat "$1" | node dist/main.js restore - --data "$2"', 'one'],
    ['node dist/main.js restore <(cat "$1") --data "$2"', 'two'],
    ['node dist/main.js export --data "$3" | gzip | node dist/main.js import - --data "$2"', 'three'],
  ] as const) {
    const program = run(script, archive, join(folder, target), data)
    t.equal((await program.exit).code, 0, script)
    t.equal(program.stderr.text, '', script)
    t.match(await runJson(t, join(folder, target), ['userlist']), { users: [{ name: 'anna' }] })
  }
  const { exit, stderr } = startPartyline(t, ['backup', '-', '--data', data], { env: environment })
  t.equal((await exit).code, 0)
  t.equal(stderr.text, '')
})

/** As `runJson`, of a command that could not do all. */
async function runJson2(t: Test, data: string, args: readonly string[]): Promise<unknown> {
  const { code, stdout } = await runCommand(t, data, [...args, '--json'])
  t.equal(code, 2)
  return JSON.parse(stdout)
}
