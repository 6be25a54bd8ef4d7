import { readdirSync, readFileSync } from 'node:fs'

/** What a thread does, as far as one can tell from outside. */
export type ThreadKind =
  | 'main thread'
  | "V8's helpers"
  | "libuv's workers"
  | 'JavaScript workers'
  | 'other threads'

/** Processor time in ticks of 10 ms, by proc(5). */
export interface ThreadTime {
  readonly kind: ThreadKind
  readonly user: number
  readonly kernel: number
}

export const msPerTick = 10

/** As newer versions of Node name their threads; comm(5) has fifteen letters. */
const named: Readonly<Record<string, ThreadKind>> = {
  'libuv-worker': "libuv's workers",
  V8Worker: "V8's helpers",
  DelayedTaskSche: 'other threads',
  SignalInspector: 'other threads',
  WorkerThread: 'JavaScript workers',
}

/** V8's helpers and libuv's workers, by default. */
const perPool = 4

/**
 * Which kind the thread with this place among all has, where all threads are named like the program: Node makes one that
 * waits for timers, V8's helpers, one that waits for SIGUSR1 and, at the first file, libuv's workers.
 */
function kindByPlace(place: number): ThreadKind {
  if (place === 0) return 'main thread'
  if (place === 1 || place === perPool + 2) return 'other threads'
  if (place < perPool + 2) return "V8's helpers"
  return place < 2 * perPool + 3 ? "libuv's workers" : 'JavaScript workers'
}

/** What each thread of the process has used so far, by its number. */
export function threadTimes(pid: number): Map<number, ThreadTime> {
  const ids = readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .sort((a, b) => a - b)
  return new Map(
    ids.map((id, place) => {
      const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'latin1')
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const kind = id === pid ? 'main thread' : (named[name] ?? kindByPlace(place))
      return [id, { kind, user: Number(fields[11]), kernel: Number(fields[12]) }]
    }),
  )
}

/** Microseconds. */
export interface Used {
  readonly user: number
  readonly kernel: number
}

/** What was used between two looks, by kind. */
export function usedBetween(
  before: ReadonlyMap<number, ThreadTime>,
  after: ReadonlyMap<number, ThreadTime>,
): Map<ThreadKind, Used> {
  const sums = new Map<ThreadKind, Used>()
  for (const [id, { kind, user, kernel }] of after) {
    const sum = sums.get(kind) ?? { user: 0, kernel: 0 }
    const earlier = before.get(id) ?? { user: 0, kernel: 0 }
    sums.set(kind, {
      user: sum.user + (user - earlier.user) * msPerTick * 1000,
      kernel: sum.kernel + (kernel - earlier.kernel) * msPerTick * 1000,
    })
  }
  return sums
}
