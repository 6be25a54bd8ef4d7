/*
 * `npm run bench`: this server beside others, on this machine. Fills the table in docs/benchmarks.md;
 * `-- --only f1000,many` measures only these loads, `--rounds N` other than three times, `--cores all` with all cores for the
 * server and the generator instead of one for each; `--profile` says where the processor time of ours goes. These write nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { version } from '../../server/version.ts'
import { type Contender, installedPeers, partyline, type Speech } from './contenders.ts'
import { generatorIn, type Result, wrongIn } from './generator.ts'
import { type Load, type LoadName, loadNames, loads, meanings } from './loads.ts'
import { prepare } from './people.ts'
import { type Cores, freePort } from './processes.ts'
import { printProfiles } from './profile.ts'
import { median, publish, short, surroundings, table } from './report.ts'

const timeLimitMs = 8 * 60_000
/** What the last measurement of a round may take longer than the last time. */
const spareMs = 20_000
const idlePeople = 10_000

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    cores: { type: 'string', default: 'one' },
    profile: { type: 'boolean', default: false },
  },
})
const cores: Cores = given.cores === 'all' ? 'all' : 'one'
const rounds = Number(given.rounds ?? 3)
const chosen = given.only?.split(',')

const folder = mkdtempSync(join(tmpdir(), 'partyline-bench-'))
// What is started is ended by the exit handler of processes.ts.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const timer = setTimeout(() => {
  console.error('This takes too long: the benchmark ends after eight minutes.')
  process.exit(1)
}, timeLimitMs)

const wrong: string[] = []
const generator = generatorIn(folder, cores)
const prepared = join(folder, 'prepared')
await prepare(prepared, idlePeople)
const ours = partyline(prepared, version)
if (given.profile) {
  const named = chosen ?? ['many', 'f100q']
  await printProfiles(
    { folder, contender: ours, generator, cores },
    loadNames.filter((name) => named.includes(name)),
  )
  process.exit()
}
const contenders = [ours, ...installedPeers()]
if (contenders.length === 1) console.error('No other server is installed; see docs/benchmarks.md.')

interface Run {
  readonly contender: Contender
  readonly name: string
  readonly load: Load
  readonly speech?: Partial<Speech>
  readonly settings?: Readonly<Record<string, string>>
}

/** One measurement, with a server of its own. */
async function measured({ contender, name, load, speech, settings = {} }: Run): Promise<Result> {
  const port = await freePort()
  const server = await contender.start(folder, port, { settings, cores })
  try {
    const result = await generator.run({ port, pid: server.pid }, speech ?? contender.speech, load)
    const problem = wrongIn(result, load)
    if (problem !== undefined) {
      console.error(`${name}, ${contender.name}: ${problem}`)
      if (contender === ours) wrong.push(`${name}: ${problem}`)
    }
    return result
  } finally {
    await server.stop()
  }
}

function progress(name: string, contender: Contender, text: string): void {
  process.stdout.write(`${name.padEnd(10)} ${contender.name.padEnd(10)} ${text}\n`)
}

// Connections: one run each, they hardly differ.

const connections: string[][] = []
if (!chosen || chosen.includes('people')) {
  for (const contender of contenders.filter(({ name }) => name !== 'NATS')) {
    const load = { clients: idlePeople, rooms: 100, hold: 3000 }
    const { helloSeconds, kibAfter, kibBefore } = await measured({ contender, name: 'idle', load })
    const kib = (kibAfter - kibBefore) / load.clients
    progress('idle', contender, `${short(kib)} KiB a connection, logged in within ${short(helloSeconds)} s`)
    connections.push([
      `${contender.name}: ${load.clients.toLocaleString('en')} idle members in rooms of 100`,
      `${short(kib)} KiB a connection`,
    ])
  }
  for (const [clients, announceUpTo] of [
    [500, '0'],
    [2000, '0'],
    [1000, '100000'],
  ] as const) {
    const settings = { PARTYLINE_CHANNELS_ANNOUNCE_UP_TO: announceUpTo }
    const result = await measured({ contender: ours, name: 'join', load: { clients }, settings })
    const how = announceUpTo === '0' ? 'not announced' : 'announced to everybody'
    const each = `${short((result.joinSeconds / clients) * 1e3)} ms each`
    progress('join', ours, `${clients} people, ${how}: ${short(result.joinSeconds)} s`)
    connections.push([
      `${clients.toLocaleString('en')} people join one room, ${how}`,
      `${short(result.joinSeconds)} s, ${each}`,
    ])
  }
  const greet = { hello: '', helloready: '/quit leaves', inflight: 1000 }
  const settings = { PARTYLINE_GREETING_DELAY_MS: '0' }
  const { helloSeconds } = await measured({
    contender: ours,
    name: 'greet',
    load: { clients: 1000 },
    speech: greet,
    settings,
  })
  progress('greet', ours, `1000 newcomers: ${short(helloSeconds)} s`)
  connections.push(['1,000 newcomers connect and are greeted', `${short(helloSeconds)} s`])
}

// Traffic: interleaved, because a machine is not equally fast at all times.

const results = new Map<string, Result[]>()
const resultsOf = (name: LoadName, { name: contender }: Contender): Result[] =>
  results.get(`${name} ${contender}`) ?? []
const names = loadNames.filter((name) => !chosen || chosen.includes(name))

let measuredRounds = 0
let longest = 0
for (; measuredRounds < rounds; measuredRounds++) {
  const begin = performance.now()
  // On a machine that is busy with other things: rather fewer runs than none.
  if (begin + longest > timeLimitMs - spareMs) break
  for (const name of names) {
    for (const contender of contenders) {
      // What a broker without names, rooms and greetings does is of interest where that costs the most.
      if (contender.name === 'NATS' && name !== 'many') continue
      const result = await measured({ contender, name, load: loads[name] })
      results.set(`${name} ${contender.name}`, [...resultsOf(name, contender), result])
      const { deliveries, seconds, generatorSeconds, serverSeconds, p50, p99 } = result
      progress(
        name,
        contender,
        `${short(deliveries / seconds)}/s  server ${short(serverSeconds / seconds)}  generator ${short(generatorSeconds / seconds)}  p50 ${short(p50)} ms  p99 ${short(p99)} ms`,
      )
    }
  }
  longest = Math.max(longest, performance.now() - begin)
}

/** The median of what a load came to, and its ratio to ours. */
function row(label: string, name: LoadName, value: (result: Result) => number): string[] {
  const own = median(resultsOf(name, ours).map(value))
  return [
    label,
    ...contenders.map((contender) => {
      const other = median(resultsOf(name, contender).map(value))
      if (!Number.isFinite(other)) return '–'
      return contender === ours ? `**${short(own)}**` : `${short(other)} (${(own / other).toFixed(2)})`
    }),
  ]
}

const perSecond = ({ deliveries, seconds }: Result) => deliveries / seconds
const secondsPerMillion = ({ deliveries, serverSeconds }: Result) => (serverSeconds / deliveries) * 1e6
const rows = names.flatMap((name) =>
  name === 'r100'
    ? [
        row('`r100`: processor seconds per million deliveries', name, secondsPerMillion),
        row('`r100`: latency p50, ms', name, ({ p50 }) => p50),
        row('`r100`: latency p99, ms', name, ({ p99 }) => p99),
        row('`r100`: latency p99.9, ms', name, ({ p999 }) => p999),
      ]
    : [
        row(`\`${name}\`: deliveries a second`, name, perSecond),
        row(`\`${name}\`: processor seconds per million`, name, secondsPerMillion),
      ],
)

clearTimeout(timer)
const text = [
  `Measured on ${surroundings()}: ${contenders.map((contender) => contender.version).join('; ')}. Generator in ${generator.language}.`,
  `Medians of ${measuredRounds} interleaved runs; in brackets, Partyline's figure divided by that of the other server.`,
  table(['load', ...contenders.map(({ name }) => name)], rows),
  ...names
    .map((name) => `- \`${name}\`: ${meanings[name]}`)
    .join('\n')
    .split('\n\n'),
  table(['connections', ''], connections),
  wrong.length === 0
    ? 'Lost, repeated and out-of-order deliveries of Partyline: none.'
    : `**Went wrong:** ${wrong.join('; ')}`,
].join('\n\n')
if (chosen || given.rounds || cores === 'all') process.stdout.write(`\n${text}\n`)
else publish('chat', text)
process.exitCode = wrong.length === 0 ? 0 : 1
