import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connectMember } from '../process/person.ts'
import { mainFile, type Program, startProgram, temporaryFolder } from '../process/program.ts'
import { asUser, visibleProgram } from '../process/visible-program.ts'
import { environment, type Printed, runCommand, startLoggingServer } from './cli.ts'
import { openDesk } from './desk.ts'

t.setTimeout(280_000)

const mounts = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0
const skip = mounts ? false : 'only root can mount, and be two users'
const stranger = 54321

/** What a server leaves that was killed, with a message and a file that the write-ahead log alone has. */
async function leftData(t: Test): Promise<string> {
  const data = temporaryFolder(t)
  const server = await startLoggingServer(t, data)
  const anna = await connectMember(t, server.port, 'anna', 'annas-password')
  anna.type('said last', '/filepaste tea.txt', 'AAAA', '.')
  await anna.settle()
  server.child.kill('SIGKILL')
  await server.exit
  return data
}

/** A shell in a mount namespace of its own. */
function inMounts(script: string, args: readonly string[]): string[] {
  return ['unshare', '-m', '--propagation', 'private', 'sh', '-ec', script, 'sh', ...args]
}

/** Mounts a folder read-only, and does the rest there. */
const readOnly = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; shift; exec "$@"'

/** Runs commands of the operator's where the folder is mounted read-only. */
function mounted(
  t: Test,
  data: string,
  folder = data,
  env = {},
): (args: readonly string[]) => Promise<Printed> {
  const desk = openDesk(t, inMounts(readOnly, [folder]), env)
  return (args) => desk.run({ args: [...args, '--data', data], input: '' })
}

async function printed({ child, exit, stderr, stdout }: Program): Promise<Printed> {
  child.stdin.end()
  const { code } = await exit
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** What only reads, and what it must say. */
const reads: readonly (readonly [args: readonly string[], said: RegExp])[] = [
  [['userlist'], /^anna .*\n1 account\.\n$/s],
  [['messagelist'], /<anna> said last\n/],
  [['export'], /"text":"said last".*"type":"end"/s],
  [['check'], /^The database is intact\.\n1 file, all intact\.\n$/],
  [['tokens', 'anna'], /^anna has 0 tokens\.\n$/],
  [['prune', '--days', '1', '--dry-run'], /^0 messages would be removed\.\n$/],
]

t.test('on a file system that is mounted read-only all that only reads works', { skip }, async (t) => {
  const killed = await leftData(t)
  const closed = temporaryFolder(t)
  cpSync(killed, closed, { recursive: true, filter: (file) => !file.endsWith('.sock') })
  await runCommand(t, closed, ['userlist'])
  const withoutShm = temporaryFolder(t)
  cpSync(killed, withoutShm, { recursive: true, filter: (file) => !/\.sock$|-shm$/.test(file) })
  const temporary = temporaryFolder(t)
  const archives = temporaryFolder(t)
  for (const [what, data] of Object.entries({ closed, killed, withoutShm })) {
    const before = readdirSync(data)
    const run = mounted(t, data, data, { TMPDIR: temporary })
    // Each opens it the same way: all of them once.
    for (const [args, said] of data === closed ? reads : reads.slice(1, 4)) {
      const { code, stderr, stdout } = await run(args)
      t.strictSame([code, stderr], [0, ''], `${what}: ${args.join(' ')}`)
      t.match(stdout, said)
    }
    const archive = join(archives, `${what}.tar`)
    t.match(await run(['backup', archive]), {
      code: 0,
      stdout: /: 1 account, 1 channel, 2 messages, 1 file\.\n$/,
      stderr: '',
    })
    t.strictSame(readdirSync(data), before, `${what}: nothing came`)
    t.strictSame(readdirSync(temporary), [], `${what}: no copy stays`)
  }
  // What came out of it is whole.
  const restored = join(temporaryFolder(t), 'other')
  t.match(await runCommand(t, restored, ['restore', join(archives, 'withoutShm.tar')]), { code: 0 })
  t.match(await runCommand(t, restored, ['check']), { stdout: '1 file, all intact' })
  const run = mounted(t, closed)
  for (const args of [
    ['serve', '--port', '0'],
    ['registeruser', 'bob'],
    ['erase-user', 'anna', '--yes'],
  ]) {
    const { code, stderr } = await run(args)
    t.equal(code, 1, args.join(' '))
    t.match(
      stderr,
      /^partyline: Cannot use the data directory [^\n]+: it is mounted read-only\. Have it mounted [^\n]+\n$/,
    )
  }
})

t.test(
  'beside a server that writes, a read-only view of its directory reads what was said last',
  { skip },
  async (t) => {
    const server = await startLoggingServer(t)
    const anna = await connectMember(t, server.port, 'anna', 'annas-password')
    anna.type('said last')
    await anna.settle()
    const run = mounted(t, server.data)
    t.match(await run(['export']), { code: 0, stdout: '"text":"said last"' })
    t.match(await run(['check']), { code: 0, stdout: 'The database is intact.' })
    const backup = [process.execPath, mainFile, 'backup', '-', '--data', server.data]
    const piped = startProgram(t, inMounts(readOnly, [server.data, ...backup]), { env: environment })
    t.match(await printed(piped), { code: 0, stderr: '' })
  },
)

t.test('a folder of files that is mounted read-only', { skip }, async (t) => {
  const data = await leftData(t)
  const run = mounted(t, data, join(data, 'files'))
  const archive = join(temporaryFolder(t), 'copy.tar.gz')
  t.match(await run(['backup', archive]), { code: 0, stdout: /2 messages, 1 file\.\n$/ })
  t.match(
    (await run(['serve', '--port', '0'])).stderr,
    /^partyline: Cannot use the folder of files .*files: it is mounted read-only\. Have it mounted/m,
  )
})

t.test('a directory in which this user may only read', { skip }, async (t) => {
  const data = await leftData(t)
  rmSync(join(data, 'control.sock'), { force: true })
  const program = [...asUser(stranger), process.execPath, visibleProgram(t, stranger)]
  const asStranger = (args: readonly string[]) =>
    printed(startProgram(t, [...program, ...args, '--data', data], { env: environment }))
  t.match(await asStranger(['userlist']), {
    code: 1,
    stderr: new RegExp(
      `^partyline: .*may not be read by this user\\. It belongs to root, .* chown -R ${stranger} ${data}\n$`,
    ),
  })
  for (const name of ['.', 'files']) chmodSync(join(data, name), 0o755)
  for (const name of readdirSync(data))
    if (name.startsWith('partyline.db')) chmodSync(join(data, name), 0o644)
  for (const name of readdirSync(join(data, 'files'))) chmodSync(join(data, 'files', name), 0o644)
  for (const [args, said] of reads.slice(0, 4))
    t.match(await asStranger(args), { code: 0, stderr: '', stdout: said }, args.join(' '))
  const place = temporaryFolder(t)
  chownSync(place, stranger, stranger)
  t.match(await asStranger(['backup', join(place, 'copy.tar')]), { code: 0, stderr: '' })
  t.match((await asStranger(['serve', '--port', '0'])).stderr, /it may not be written\. .*chown -R/)
})

t.test('on a full disk', { skip }, async (t) => {
  const data = await leftData(t)
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'disk'))
  const script = `
    mount -t tmpfs -o size=1m none "$1/disk"
    cp -r "$2/." "$1/disk/"; rm -f "$1"/disk/*-shm "$1"/disk/*.sock "$1"/disk/*.lock
    dd if=/dev/zero of="$1/disk/fill" bs=1k 2>/dev/null || :
    cd "$1"; node=$3; main=$4; shift 4
    for line in userlist "messagelist" "check" "export out.jsonl" "backup copy.tar" "compact" "setpassword anna" "serve --port 0" "restore copy.tar --data disk/new"; do
      echo "= $line"
      case "$line" in *--data*) on= ;; *) on="--data disk" ;; esac
      echo annas-password | "$node" "$main" $line $on 2>&1 || echo "rc $?"
    done`
  const shell = inMounts(script, [folder, data, process.execPath, mainFile])
  const { stdout } = await printed(startProgram(t, shell, { env: environment }))
  const said = new Map(
    stdout
      .split(/^= /m)
      .slice(1)
      .map((part) => {
        const [line = '', ...rest] = part.split('\n')
        return [line.split(' ')[0] ?? '', rest.join('\n')]
      }),
  )
  t.match(said.get('userlist'), /^anna .*\n1 account\.\n$/s)
  t.match(said.get('messagelist'), /<anna> said last\n/)
  t.equal(said.get('check'), 'The database is intact.\n1 file, all intact.\n')
  t.match(said.get('export'), /^Exported to out\.jsonl: /)
  t.match(said.get('backup'), /^Backed up to copy\.tar .* 1 file\.\n$/)
  for (const refused of ['compact', 'setpassword', 'serve', 'restore'])
    t.match(said.get(refused), /^partyline: [^\n]*: the disk is full[;.] ?[mM]ake room\.?\nrc 1\n$/m, refused)
  t.notMatch(stdout.replace(/^\{.*\}$/gm, ''), /SQLITE|^ +at /m, 'no words of the database, and no stack')
  t.match(readFileSync(join(folder, 'out.jsonl'), 'utf8'), '"said last"')
})
