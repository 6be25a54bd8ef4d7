import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from './contenders.ts'
import { readCpuProfile, type Seen } from './cpu-profile.ts'
import { type Generator, type Result, wrongIn } from './generator.ts'
import { type LoadName, loads, meanings } from './loads.ts'
import { record } from './perf.ts'
import { type Cores, freePort, isInstalled } from './processes.ts'
import { short, surroundings, table } from './report.ts'
import { type ThreadKind, type ThreadTime, threadTimes, type Used, usedBetween } from './threads.ts'

/** With what a load is measured. */
export interface Bench {
  readonly folder: string
  readonly contender: Contender
  readonly generator: Generator
  readonly cores: Cores
}

/** Longer than for a table: looks are few, and V8 has to have compiled what is hot, also on a busy machine. */
const times = { warmup: 4000, measure: 5000 }

/** How many files are named. */
const namedFiles = 15

interface Watched {
  readonly result: Result
  readonly pid: number
  readonly used: ReadonlyMap<ThreadKind, Used>
  readonly threads: ReadonlyMap<number, ThreadTime>
  /** When the measurement began and ended: microseconds of the monotonic clock. */
  readonly from: number
  readonly to: number
}

const clock = (): number => Number(process.hrtime.bigint() / 1000n)

/** One measurement with a server of its own; `begins` is called with its number when the measurement begins. */
async function watched(
  { folder, contender, generator, cores }: Bench,
  name: LoadName,
  options: readonly string[],
  begins: (pid: number) => void = () => undefined,
): Promise<Watched> {
  const port = await freePort()
  const server = await contender.start(folder, port, { cores, options })
  const { pid } = server
  let [from, to] = [0, 0]
  let before: ReadonlyMap<number, ThreadTime> = new Map()
  let threads = before
  try {
    const load = { ...loads[name], ...times }
    const result = await generator.run({ port, pid }, contender.speech, load, {
      begins() {
        from = clock()
        before = threadTimes(pid)
        begins(pid)
      },
      ends() {
        to = clock()
        threads = threadTimes(pid)
      },
    })
    const problem = wrongIn(result, load)
    if (problem !== undefined) console.error(`${name}: ${problem}`)
    return { result, pid, used: usedBetween(before, threads), threads, from, to }
  } finally {
    await server.stop()
  }
}

const allOf = ({ user, kernel }: Used): number => user + kernel
const totalOf = (used: ReadonlyMap<ThreadKind, Used>): number =>
  [...used.values()].reduce((sum, one) => sum + allOf(one), 0)

/** Measures a load without a profiler, with Node's and, where it is, with `perf`, and prints where the time goes. */
async function printProfile(bench: Bench, name: LoadName): Promise<void> {
  const plain = await watched(bench, name, [])
  const folder = mkdtempSync(join(bench.folder, 'profile-'))
  const options = ['--cpu-prof', '--cpu-prof-dir', folder]
  const profiled = await watched(bench, name, options)
  const seen = readCpuProfile(folder, profiled.pid, profiled.from, profiled.to)
  const { messages, deliveries } = plain.result
  const each = (microseconds: number): string => short(microseconds / messages)
  const both = (microseconds: number): string[] => [
    each(microseconds),
    short((microseconds / deliveries) * 1000),
  ]
  const columns = ['µs a message', 'ns a delivery']

  const threads = [...plain.used]
    .filter(([, used]) => allOf(used) > 0)
    .sort(([, a], [, b]) => allOf(b) - allOf(a))
  const perMessage = ({ used, result }: Watched): number => totalOf(used) / result.messages
  const dearer = (other: Watched): string => `${(perMessage(other) / perMessage(plain)).toFixed(2)} times`
  print(
    `## \`${name}\`: ${meanings[name]}`,
    `${short(messages)} messages, ${short(deliveries)} deliveries in ${short(plain.result.seconds)} s.`,
    '### By thread, measured without a profiler',
    table(
      ['threads', ...columns, 'of these user', 'kernel'],
      [
        ...threads.map(([kind, used]) => [kind, ...both(allOf(used)), each(used.user), each(used.kernel)]),
        ['all', ...both(totalOf(plain.used)), '', ''],
      ],
    ),
  )
  const main = allOf(plain.used.get('main thread') ?? { user: 0, kernel: 0 })
  const rows = (counts: Seen['kinds']) =>
    counts.map(([what, count]) => [what, ...both((main * count) / seen.total)])
  print(
    '### The main thread by what it was seen in',
    `By ${seen.total.toLocaleString('en')} looks of \`node --cpu-prof\`, as shares of the time above; a message cost ${dearer(profiled)} as much with it. What the kernel does is in the line that called it: a \`write\` in native functions that JavaScript calls, a \`read\` in native code that no JavaScript has called.`,
    table(['kind', ...columns], rows(seen.kinds)),
    `### JavaScript by file: the ${namedFiles} dearest, without what they call`,
    table(['file', ...columns], rows(seen.files.slice(0, namedFiles))),
  )
  if (isInstalled('perf')) await printPerf(bench, name, plain, both, dearer)
}

async function printPerf(
  bench: Bench,
  name: LoadName,
  plain: Watched,
  both: (microseconds: number) => string[],
  dearer: (other: Watched) => string,
): Promise<void> {
  let recording: ReturnType<typeof record> | undefined
  const recorded = await watched(bench, name, [], (pid) => {
    recording = record(bench.folder, pid)
  })
  const seen = await recording?.stop((thread) => recorded.threads.get(thread)?.kind ?? 'other threads')
  const rows = [...(seen ?? [])].flatMap(([kind, counts]) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const time = allOf(plain.used.get(kind) ?? { user: 0, kernel: 0 })
    return [...counts].map(([code, count]) => ({ kind, code, time: (time * count) / total }))
  })
  if (rows.length === 0) return print('`perf` has recorded nothing: it may not be allowed to.')
  print(
    '### By thread and kind of code',
    `By \`perf\`, as shares of the time above; a message cost ${dearer(recorded)} as much with it. The garbage collector is known by the names of its functions.`,
    table(
      ['threads', 'code', 'µs a message', 'ns a delivery'],
      rows
        .filter(({ time }) => time > 0)
        .sort((a, b) => b.time - a.time)
        .slice(0, 2 * namedFiles)
        .map(({ kind, code, time }) => [kind, code, ...both(time)]),
    ),
  )
}

function print(...parts: readonly string[]): void {
  process.stdout.write(`${parts.join('\n\n')}\n\n`)
}

/** Prints where the processor time of these loads goes. */
export async function printProfiles(bench: Bench, names: readonly LoadName[]): Promise<void> {
  print(`Measured on ${surroundings()}: ${bench.contender.version}.`)
  for (const name of names) await printProfile(bench, name)
}
