/*
 * `npm run bench:files`: how fast files come in and go out, beside plain nc on the same machine, what memory that
 * takes and what others notice of it. Writes docs/benchmarks-files.md; with `-- --rounds N` or `--size MIB` it
 * only prints.
 */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { latencies, Person } from './files-people.ts'
import {
  fileSystemOf,
  installedNetcat,
  type JobOptions,
  listening,
  pinMeasuring,
  Server,
  start,
} from './files-processes.ts'
import { freePort, isInstalled } from './processes.ts'
import { median, quantile, surroundings, table } from './report.ts'

const { values: given } = parseArgs({ options: { rounds: { type: 'string' }, size: { type: 'string' } } })
const mostRounds = Number(given.rounds ?? 3)
const mib = 2 ** 20
/** Of the file that goes alone, and of each of those that go together. */
const oneSize = Number(given.size ?? 1024) * mib
const eachSize = oneSize / 8
const together = 4
const timeLimitMs = 4 * 60_000
const idleMs = 2_000

pinMeasuring()
const folder = mkdtempSync(join(tmpdir(), 'partyline-bench-files-'))
// What is started is ended by the exit handler of files-processes.ts.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const timer = setTimeout(() => {
  console.error('This takes too long: the benchmark ends after four minutes.')
  process.exit(1)
}, timeLimitMs)
const { bavail, bsize } = statfsSync(folder)
if (bavail * bsize < 6 * oneSize) throw new Error('There must be room for six times the file.')

const nc = installedNetcat()
/** The fastest that the machine has: whoever hashes more slowly than need be is no limit. */
const hasher = isInstalled('openssl') ? 'openssl dgst -sha256 -r' : 'sha256sum'
const one = join(folder, 'one')
const each = join(folder, 'each')
const copy = join(folder, 'copy')

async function digestOf(file: string): Promise<string> {
  const { output } = await start(`${hasher} <"$1"`, [file]).done
  return output.slice(0, 64)
}

await start('head -c "$1" /dev/urandom >"$2"; head -c "$3" "$2" >"$4"; sync "$2" "$4"', [
  oneSize,
  one,
  eachSize,
  each,
]).done
const digests = new Map([
  [one, await digestOf(one)],
  [each, await digestOf(each)],
])

/** What came to what, in each round. */
const results = new Map<string, number[]>()
const waits = new Map<string, number[]>()
let wrong = 0

function note(what: string, ...values: readonly number[]): void {
  results.set(what, [...(results.get(what) ?? []), ...values])
}

function check(what: string, file: string, digest: string): void {
  if (digest === digests.get(file)) return
  wrong++
  console.error(`${what}: what came out is something else.`)
}

function noteSpeed(what: string, bytes: number, seconds: number): void {
  const speed = bytes / seconds / 1e6
  note(what, speed)
  process.stdout.write(`${what}: ${Math.round(speed)} MB/s\n`)
}

/** An nc receives what another one sends; `sink` is what takes it. Answers the seconds. */
async function plain(file: string, sink: string, to: string, options: JobOptions = {}): Promise<number> {
  const port = await freePort()
  const receiver = start(`${nc.program} ${nc.listen} ${sink}`, [port, to], { ...options, core: 0 })
  await listening(port)
  const begun = performance.now()
  const sender = start(`cat "$2" | ${nc.program} ${nc.send} 127.0.0.1 "$1"`, [port, file], options)
  await Promise.all([sender.done, receiver.done])
  return (performance.now() - begun) / 1000
}

/** The server of a round, and who is there. */
interface Scene {
  readonly server: Server
  readonly sender: Person
}

interface Stored {
  readonly id: number
  readonly token: string
}

type Client = 'nc' | 'curl'

const uploadBy: Readonly<Record<Client, string>> = {
  nc: `(echo "/put $2 $(wc -c <"$3")"; cat "$3") | ${nc.program} 127.0.0.1 "$1"`,
  curl: 'curl --silent --show-error --fail -T "$3" "http://127.0.0.1:$1/put/$2"',
}
const downloadBy: Readonly<Record<Client, string>> = {
  nc: `echo "/get $2" | ${nc.program} 127.0.0.1 "$1"`,
  curl: 'curl --silent --show-error --fail "http://127.0.0.1:$1/get/$2"',
}

async function ticket({ sender }: Scene): Promise<Stored> {
  return sender.ask<Stored>('/filesend #lobby some.bin')
}

/** Uploads a file by a ticket. Answers the seconds, and how it can be got. */
async function upload(
  scene: Scene,
  file: string,
  client: Client,
  { id, token }: Stored,
  options?: JobOptions,
) {
  const { output, seconds } = await start(uploadBy[client], [scene.server.port, token, file], options).done
  check(`upload by ${client}`, file, /SHA-256 ([0-9a-f]{64})/.exec(output)?.[1] ?? output)
  const { files } = await scene.sender.ask<{ files: { id: number; get: string }[] }>('/files')
  const get = files.find((stored) => stored.id === id)?.get ?? ''
  return { seconds, stored: { id, token: get } }
}

async function download({ server }: Scene, file: string, client: Client, { token }: Stored): Promise<number> {
  const { seconds } = await start(`${downloadBy[client]} >"$3"`, [server.port, token, copy]).done
  check(`download by ${client}`, file, await digestOf(copy))
  rmSync(copy)
  return seconds
}

/** Uploads several at once by nc. */
async function uploadTogether(scene: Scene): Promise<Stored[]> {
  const tickets = await Promise.all(Array.from({ length: together }, () => ticket(scene)))
  const begun = performance.now()
  const done = await Promise.all(
    tickets.map((ticket) => upload(scene, each, 'nc', ticket, { background: true })),
  )
  noteSpeed(`${together} uploads at once`, together * eachSize, (performance.now() - begun) / 1000)
  return done.map(({ stored }) => stored)
}

/** Downloads several at once by nc, to nobody's disk. */
async function downloadTogether({ server }: Scene, stored: readonly Stored[]): Promise<void> {
  const begun = performance.now()
  await Promise.all(
    stored.map(async ({ token }) => {
      const job = start(`${downloadBy.nc} | ${hasher}`, [server.port, token], { background: true })
      check('download', each, (await job.done).output.slice(0, 64))
    }),
  )
  noteSpeed(`${together} downloads at once`, together * eachSize, (performance.now() - begun) / 1000)
}

async function remove({ sender }: Scene, stored: readonly Stored[]): Promise<void> {
  for (const { id } of stored) await sender.ask(`/filedelete ${id}`)
  await settled()
}

/** Waits until the disk has nothing left to do of what was before. */
async function settled(): Promise<void> {
  await start('sync -f "$1"', [folder]).done
}

/** Does something, and notes what memory the server takes then. */
async function watched<T>(what: string, { server }: Scene, act: () => Promise<T>): Promise<T> {
  server.forgetPeak()
  const result = await act()
  note(`memory: ${what}`, server.memory.peak / mib)
  return result
}

// A hint only: once is enough.
noteSpeed('sha256sum', oneSize, (await start('sha256sum <"$1"', [one]).done).seconds)

let rounds = 0
for (let longest = 0; rounds < mostRounds; rounds++) {
  const begun = performance.now()
  // On a slow machine there are fewer rounds rather than none; the clock began with the process.
  if (begun + longest > timeLimitMs) break
  // What plain tools make of the same.
  noteSpeed('nc', oneSize, await plain(one, '>"$2"', copy))
  check('nc', one, await digestOf(copy))
  rmSync(copy)
  noteSpeed(
    'nc with hash and sync',
    oneSize,
    await plain(one, `| tee "$2" | ${hasher} >"$2.sum"; sync "$2"`, copy),
  )
  rmSync(copy)
  noteSpeed('hash', oneSize, (await start(`${hasher} <"$1"`, [one]).done).seconds)

  const data = join(folder, 'data')
  const server = await Server.start(data, {
    FILES_FREE_SPACE_BYTES: '0',
    FILES_ACCOUNT_BYTES: '100000000000',
    FILES_TOTAL_BYTES: '100000000000',
    FILES_UPLOADS_PER_ACCOUNT: '0',
    ACCOUNTS_BCRYPT_COST: '4',
    LIMITS_BURST: '0',
  })
  const sender = await Person.signUp(server.port, 'ada')
  const ben = await Person.signUp(server.port, 'ben')
  const cleo = await Person.signUp(server.port, 'cleo')
  const scene: Scene = { server, sender }

  note('memory: idle', server.memory.now / mib)
  const byNc = await watched('one upload', scene, async () => upload(scene, one, 'nc', await ticket(scene)))
  noteSpeed('upload by nc', oneSize, byNc.seconds)
  noteSpeed(
    'download by nc',
    oneSize,
    await watched('one download', scene, () => download(scene, one, 'nc', byNc.stored)),
  )
  await remove(scene, [byNc.stored])
  const byCurl = await upload(scene, one, 'curl', await ticket(scene))
  noteSpeed('upload by curl', oneSize, byCurl.seconds)
  noteSpeed('download by curl', oneSize, await download(scene, one, 'curl', byCurl.stored))
  await remove(scene, [byCurl.stored])

  /** What others notice meanwhile. */
  const noticed = async <T>(what: string, act: Promise<T>): Promise<T> => {
    const taken = await latencies(ben, cleo, act)
    waits.set(what, [...(waits.get(what) ?? []), ...taken])
    process.stdout.write(
      `${what}: p50 ${quantile(taken, 0.5).toFixed(2)}  p99 ${quantile(taken, 0.99).toFixed(2)} ms\n`,
    )
    return act
  }
  await noticed('nothing else', sleep(idleMs))
  const copies = Array.from({ length: together }, (_, number) => `${copy}${number}`)
  await noticed(
    `${together} times nc to nc, not through the server`,
    Promise.all(copies.map((to) => plain(each, '>"$2"', to, { background: true }))),
  )
  for (const file of copies) rmSync(file)
  await settled()
  const stored = await noticed(`${together} uploads`, uploadTogether(scene))
  await noticed(`${together} downloads`, downloadTogether(scene, stored))
  const more = await watched(`${together} uploads and ${together} downloads at once`, scene, async () => {
    const [uploaded] = await Promise.all([uploadTogether(scene), downloadTogether(scene, stored)])
    return uploaded
  })
  await remove(scene, [...stored, ...more])
  for (const person of [sender, ben, cleo]) person.leave()
  await server.stop()
  rmSync(data, { recursive: true })
  longest = Math.max(longest, performance.now() - begun)
}
clearTimeout(timer)

// The report.

const of = (what: string) => median(results.get(what) ?? [])
const ratio = (what: string, to: string) => (of(what) / of(to)).toFixed(2)
const size = `${oneSize / mib} MiB`
const speeds: readonly (readonly [string, string])[] = [
  ['`nc -l >file`, the limit', 'nc'],
  ['`nc -l`, hashed as it comes, then synced', 'nc with hash and sync'],
  [`\`${hasher}\` of the file alone`, 'hash'],
  ['`sha256sum` of the file alone, once', 'sha256sum'],
  ['upload by nc', 'upload by nc'],
  ['upload by curl', 'upload by curl'],
  ['download by nc', 'download by nc'],
  ['download by curl', 'download by curl'],
]
const idle = of('memory: idle')
const text = `# How fast files are

Printed by \`npm run bench:files\`. Measured on ${surroundings()}, Node.js ${process.version}, ${fileSystemOf(folder)}.

The server runs on one core and its clients (${nc.program}, curl) on another core of this machine. The figures are medians
of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; each round measures everything in turn. The SHA-256 of every upload and download was compared:
${wrong === 0 ? 'all files arrived intact.' : `**${wrong} files arrived damaged.**`}

## Throughput, a file of ${size}

The server confirms an upload when it is hashed and on disk. A plain nc does neither, so the second line is the fairer
limit for an upload. That line may use several processes; the server is one process.

${table(
  ['', 'MB/s', 'of the limit', 'of nc with hash and sync'],
  speeds.map(([label, what]) => [
    label,
    String(Math.round(of(what))),
    ratio(what, 'nc'),
    what.startsWith('download') ? '' : ratio(what, 'nc with hash and sync'),
  ]),
)}

## Resident memory of the server

${table(
  ['', 'MiB', 'above idle'],
  [...results.keys()]
    .filter((what) => what.startsWith('memory: '))
    .map((what) => [
      what === 'memory: idle' ? 'idle, three members' : `peak, ${what.slice('memory: '.length)}`,
      of(what).toFixed(1),
      what === 'memory: idle' ? '' : (of(what) - idle).toFixed(1),
    ]),
)}

## A message between two others meanwhile

The time from one member's send to the other's receipt; in between, the message is stored on disk. One message is sent
every 5 ms; the table is of all rounds together. The transfers are of ${eachSize / mib} MiB each. The second line shows what the same
bytes cost this machine's disk and cores when they do not pass through the server.

${table(
  ['meanwhile', 'messages', 'p50, ms', 'p99, ms', 'max, ms'],
  [...waits].map(([what, taken]) => [
    what,
    String(taken.length),
    ...[0.5, 0.99, 1].map((part) => quantile(taken, part).toFixed(2)),
  ]),
)}
`
process.stdout.write(`\n${text}`)
if (!given.rounds && !given.size)
  writeFileSync(new URL('../../docs/benchmarks-files.md', import.meta.url), text)
process.exitCode = wrong === 0 ? 0 : 1
