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
const samples = 8
const mebibyte = 1 << 20
/** What the heap may have more after the second half than after the first: compiled code, mostly. */
const heapGrowth = 4 * mebibyte
/** SQLite's caches, which are no part of the heap, fill up to 16 MiB for each of three connections. */
const rssGrowth = 64 * mebibyte
const rssMost = 400 * mebibyte

/**
 * People come and go, talk, meet and send files in two halves; the server has no more after the second than after the
 * first. It is measured when all is quiet: how much is under way at a time depends on how quick the machine is.
 */
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

  const taken: Measured[] = []
  const half = async (): Promise<Measured> => {
    town.over = false
    const running = things.map((begin) => begin(false))
    for (let sample = 0; sample < samples; sample++) {
      // What this is about takes its time.
      await pass((seconds * 1000) / 2 / samples)
      taken.push(await server.measure())
    }
    town.over = true
    await Promise.all(running)
    return quiet(regulars, server.measure, before.descriptors)
  }
  const [warm, last] = [await half(), await half()]

  t.comment(`done: ${[...town.done].map(([name, count]) => `${name} ${count}`).join(', ')}`)
  for (const measured of [before, ...taken.slice(0, samples), warm, ...taken.slice(samples), last])
    t.comment(figures(measured))
  t.strictSame([...new Set(town.problems)].slice(0, 10), [], 'all that was asked was done')
  for (const name of ['visit', 'come back', 'meet', 'share', 'say', 'guess', 'flood'])
    t.ok((town.done.get(name) ?? 0) > 1, `${name}, again and again`)
  const heap = inUse(last) - inUse(warm)
  t.ok(heap < heapGrowth, `the heap has grown by ${heap} bytes`)
  const rss = last.rss - warm.rss
  t.ok(rss < rssGrowth, `the process has grown by ${rss} bytes`)
  t.ok(Math.max(...taken.map((measured) => measured.rss)) < rssMost, 'and has never been large')
  t.ok(
    last.descriptors <= before.descriptors,
    `no descriptor is left open: ${before.descriptors} before, ${last.descriptors} after`,
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
 * Measures when everybody but the regulars is gone, and what they sent is done: the server is asked until it has so many
 * descriptors and neither those nor its memory become less, and for a minute at most.
 */
async function quiet(
  regulars: readonly Talker[],
  measure: () => Promise<Measured>,
  descriptors = Number.POSITIVE_INFINITY,
): Promise<Measured> {
  const end = performance.now() + 60_000
  for (let before = await measure(), same = 0; ; ) {
    await pass(200)
    for (const talker of regulars) await talker.data('/ping')
    const now = await measure()
    const less = now.descriptors < before.descriptors || inUse(now) < inUse(before) - mebibyte / 8
    same = less || now.descriptors > descriptors ? 0 : same + 1
    if (same === 5 || performance.now() > end) return now
    before = now
  }
}

function inUse({ heap, external }: Measured): number {
  return heap + external
}

function figures({ descriptors, external, heap, rss }: Measured): string {
  const mib = (bytes: number) => (bytes / mebibyte).toFixed(1)
  return `heap ${mib(heap)} MiB, external ${mib(external)} MiB, rss ${mib(rss)} MiB, ${descriptors} descriptors`
}
