import { setTimeout as pass } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Teardown } from '../process/program.ts'
import { logIn, type Talker } from '../process/talker.ts'
import { fileSettings } from '../process/transfer.ts'
import { Random } from '../support/random.ts'
import { type Measured, startMeasuredServer } from './measured-server.ts'
import { comeBack, flood, guess, keepDoing, meet, password, share, type Town, visit } from './people.ts'

export interface SoakOptions {
  readonly seconds: number
  readonly seed: number
}

const settings = {
  ...fileSettings,
  STORE_SYNCHRONOUS: 'normal',
  LOG_LEVEL: 'info',
  // Who is gone keeps the place for as long as what they sent is done: on a quick machine many are gone at a time.
  LIMITS_CONNECTIONS: '10000',
  LIMITS_MESSAGES_PER_SECOND: '40',
  LIMITS_BURST: '20',
  LIMITS_ADDRESS_MESSAGES_PER_SECOND: '2000',
  LIMITS_ADDRESS_BURST: '2000',
  LIMITS_SIGNUPS_PER_HOUR: '0',
  LIMITS_SEND_QUEUE_BYTES: '65536',
  FILES_UPLOADS_PER_ACCOUNT: '0',
}
const samples = 16
const mebibyte = 1 << 20
/** What the heap may have more at the end than when all was warm: compiled code, mostly. */
const heapGrowth = 6 * mebibyte
/** SQLite's caches, which are no part of the heap, fill up to 16 MiB for each of three connections. */
const rssGrowth = 64 * mebibyte
const rssMost = 400 * mebibyte

/** People come and go, talk, meet and send files for a while; the server then has no more than in the beginning. */
export async function soak(t: Test, { seconds, seed }: SoakOptions): Promise<void> {
  t.comment(`seed ${seed}, ${seconds} seconds`)
  const server = await startMeasuredServer(t, settings)
  const { port } = server
  const regulars: Talker[] = []
  for (let index = 0; index < 10; index++)
    regulars.push((await logIn(t, port, `regular${index}`, password, true)).talker)
  const random = new Random(seed)
  const town: Town = { port, random, problems: [], done: new Map(), over: false }

  // Once everything has been done, all is open that stays open. Those who come later have names of their own: who was here
  // may keep one for some seconds.
  const things = everything(t, town, regulars)
  await Promise.all(things.map((begin) => begin(true)))
  const before = await quiet(regulars, server.measure)

  const running = things.map((begin) => begin(false))
  const taken: Measured[] = []
  for (let sample = 0; sample < samples; sample++) {
    // What this is about takes its time.
    await pass((seconds * 1000) / samples)
    taken.push(await server.measure())
  }
  town.over = true
  await Promise.all(running)
  const after = await quiet(regulars, server.measure, before.descriptors)

  t.comment(`done: ${[...town.done].map(([name, count]) => `${name} ${count}`).join(', ')}`)
  for (const measured of [before, ...taken, after]) t.comment(figures(measured))
  t.strictSame([...new Set(town.problems)].slice(0, 10), [], 'all that was asked was done')
  for (const name of ['visit', 'come back', 'meet', 'share', 'say', 'guess', 'flood'])
    t.ok((town.done.get(name) ?? 0) > 1, `${name}, again and again`)
  const [warm, last] = [taken.slice(samples / 4, samples / 2), taken.slice(-samples / 4)]
  const growth = (of: (measured: Measured) => number) => least(last, of) - least(warm, of)
  const heap = growth((measured) => measured.heap + measured.external)
  t.ok(heap < heapGrowth, `the heap has grown by ${heap} bytes`)
  const rss = growth((measured) => measured.rss)
  t.ok(rss < rssGrowth, `the process has grown by ${rss} bytes`)
  t.ok(Math.max(...taken.map((measured) => measured.rss)) < rssMost, 'and has never been large')
  t.ok(
    after.descriptors <= before.descriptors,
    `no descriptor is left open: ${before.descriptors} before, ${after.descriptors} after`,
  )
  server.child.kill('SIGTERM')
  t.strictSame(await server.exit, { code: 0, signal: null })
  t.strictSame(
    server.stdout.text.split('\n').filter((line) => /"level":[56]0/.test(line)),
    [],
    'nothing went wrong in the server',
  )
}

/** All that people do; each begins once, or over and over. */
function everything(t: Test, town: Town, regulars: readonly Talker[]): ((once: boolean) => Promise<void>)[] {
  let count = 0
  const begin = (name: string, task: (t: Teardown) => Promise<void>) => (once: boolean) =>
    once ? task(t) : keepDoing(town, name, task)
  const [first, second, third, fourth, ...talkers] = regulars
  if (!first || !second || !third || !fourth) throw new Error('There are too few')
  return [
    ...[1, 2, 3].map(() => begin('visit', (t) => visit(town, t, ++count))),
    begin('come back', (t) => comeBack(town, t, 'regular9')),
    begin('come back', (t) => comeBack(town, t, 'regular8')),
    begin('guess', (t) => guess(town, t)),
    begin('flood', (t) => flood(town, t)),
    begin('meet', () => meet(first, second, 'regular1', ++count)),
    begin('share', (t) => share(town, t, third)),
    begin('share', (t) => share(town, t, fourth)),
    ...talkers.map((talker, index) =>
      begin('say', async () => {
        await talker.data(`/msg #lobby hello number ${++count} ${'x'.repeat(count % 200)}`)
        await talker.data(`/msg regular${index} hello number ${count}`)
      }),
    ),
  ]
}

/**
 * Measures when everybody but the regulars is gone. Connections that were broken off are closed a moment later: the
 * server is asked until it has so many descriptors, and for half a minute at most.
 */
async function quiet(
  regulars: readonly Talker[],
  measure: () => Promise<Measured>,
  descriptors?: number,
): Promise<Measured> {
  const end = performance.now() + 30_000
  for (let least = Number.POSITIVE_INFINITY, same = 0; ; ) {
    for (const talker of regulars) await talker.data('/ping')
    const now = await measure()
    same = now.descriptors === least ? same + 1 : 0
    least = Math.min(least, now.descriptors)
    // As few several times: nothing is going away any more.
    const settled = descriptors === undefined ? same === 5 : now.descriptors <= descriptors
    if (settled || performance.now() > end) return now
    await pass(200)
  }
}

function least(taken: readonly Measured[], of: (measured: Measured) => number): number {
  return Math.min(...taken.map(of))
}

function figures({ descriptors, external, heap, rss }: Measured): string {
  const mib = (bytes: number) => (bytes / mebibyte).toFixed(1)
  return `heap ${mib(heap)} MiB, external ${mib(external)} MiB, rss ${mib(rss)} MiB, ${descriptors} descriptors`
}
