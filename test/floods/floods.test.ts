import t from 'tap'
import { connectPerson, type Person } from '../process/person.ts'
import { type MeasuredServer, startMeasuredServer } from '../soak/measured-server.ts'
import { Flooder } from './flooder.ts'
import { type Flood, floods } from './kinds.ts'

t.setTimeout(300_000)

const connections = 16
const mebibyte = 1 << 20
/** What they send at most, all together. */
const most = 12_000_000
const pings = 25
/** How long it is looked at least, in ms. */
const least = 250
/** What 16 connections may keep waiting, and what the garbage collector leaves. */
const growth = 40 * mebibyte

/** ms that each of some pings took, sorted. */
async function waits(person: Person, leastMs: number): Promise<number[]> {
  const taken: number[] = []
  for (const end = performance.now() + leastMs; performance.now() < end || taken.length < pings; ) {
    const begun = performance.now()
    await person.settle()
    taken.push(performance.now() - begun)
  }
  return taken.toSorted((a, b) => a - b)
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

async function held(server: MeasuredServer): Promise<number> {
  const { external, heap } = await server.measure()
  return heap + external
}

interface Run {
  readonly server: MeasuredServer
  readonly person: Person
  readonly flood: Flood
}

async function measure({ flood, person, server }: Run) {
  const alone = await waits(person, 0)
  const before = await held(server)
  const flooder = new Flooder(server.port, flood, { connections, most })
  await flooder.begun()
  const beside = await waits(person, least)
  const sent = await flooder.pause()
  // They are all still there, and have read nothing.
  const during = await held(server)
  const rss = (await server.measure()).rss
  await flooder.end()
  return { alone, beside, sent, grown: during - before, rss }
}

function isSlow({ alone, beside }: { alone: readonly number[]; beside: readonly number[] }): boolean {
  return median(beside) >= 50 + 4 * median(alone)
}

/** What a busy machine adds comes and goes, so the best of three counts; what the server takes is there each time. */
async function leastOf(run: Run) {
  let taken = await measure(run)
  for (let again = 0; again < 2 && isSlow(taken); again++) taken = await measure(run)
  return taken
}

const runs: readonly {
  readonly config: string
  readonly settings: Readonly<Record<string, string>>
  readonly kinds: readonly (keyof typeof floods)[]
}[] = [
  { config: 'as it is', settings: {}, kinds: Object.keys(floods) as (keyof typeof floods)[] },
  {
    // Then nothing is paid for, and only the order in which things are done keeps others from waiting.
    config: 'without an allowance',
    settings: { LIMITS_BURST: '0' },
    kinds: ['empty lines', 'IAC IP', 'window sizes', 'bad JSON', 'unknown commands', 'wrong answers'],
  },
]

for (const { config, kinds, settings } of runs) {
  t.test(`nobody waits for a flood, and none fills the memory: ${config}`, async (t) => {
    const server = await startMeasuredServer(t, {
      ACCOUNTS_BCRYPT_COST: '4',
      LIMITS_LOGIN_SECONDS: '0',
      ...settings,
    })
    const person = await connectPerson(t, server.port)
    await waits(person, least)
    for (const name of kinds) {
      const flood = floods[name]
      const { alone, beside, grown, rss, sent } = await leastOf({ server, person, flood })
      const [usual, now, worst] = [median(alone), median(beside), beside.at(-1) ?? 0]
      const figures = `${name}: ${(sent / 1e6).toFixed(1)} MB sent; a ping takes ${now.toFixed(1)} ms and at worst ${worst.toFixed(0)} ms (without them ${usual.toFixed(1)} ms); ${(grown / mebibyte).toFixed(1)} MiB more, ${(rss / mebibyte).toFixed(0)} MiB resident`
      t.comment(figures)
      // A machine that has other things to do is no fault of the server.
      t.notOk(isSlow({ alone, beside }), figures)
      t.ok(worst < 2_500 + 4 * (alone.at(-1) ?? 0), `${name}: nobody waits for seconds`)
      t.ok(grown < growth, `${name} fills no memory`)
    }
    server.child.kill('SIGTERM')
    t.strictSame(await server.exit, { code: 0, signal: null }, 'it has stood all of it')
    t.notMatch(server.stdout.text, /"level":[56]0/)
  })
}
