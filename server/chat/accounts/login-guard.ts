import type { Clock } from '../../lib/clock.ts'
import { IndexOf } from '../../lib/index-of.ts'
import { Counts } from '../machine/counts.ts'
import { Failure, fail } from '../model/failures.ts'
import type { LoginFailures } from '../model/replies/operators.ts'

/** The place from which somebody tries a secret of an account. */
export type Standing =
  /** An address from which that account (if it exists at all) has not logged in before. */
  | 'stranger'
  /** An address from which that account has logged in before. */
  | 'known'
  /** A connection that is logged in already. */
  | 'inside'

/** An attempt: the name under which attempts are counted, and the address, `localhost` for the server's machine. */
export interface Attempt {
  readonly name: string
  readonly address: string
  readonly standing: Standing
}

/**
 * Times in ticks of the steady clock: if somebody sets the machine's time back by a day, nobody has to wait for a
 * day.
 */
interface Entry extends Key {
  failures: number
  until: number
  last: number
  /** Checks under way. */
  pending: number
  /** Attempts that wait for the result of these checks. */
  readonly waiting: (() => void)[]
}

/** An entry for which an attempt counts, and how many failures of it are free. */
interface Key {
  readonly key: string
  readonly name?: string
  readonly address?: string
  readonly allowed: number
  /**
   * One failure is forgotten after each of these times; without it, waits double, and all failures are forgotten at
   * once.
   */
  readonly forgetsOneInMs?: number
}

/** The server's own machine, which has a limit only by name. */
export const ownMachine = 'localhost'
/**
 * The number of free failures, because people mistype. A whole school may be behind one address, and one stranger
 * must not be able to use up what all strangers together may try on a name.
 */
const free = { pair: 5, address: 20, name: 30 } as const
/** The first and the longest wait; each further failure doubles the wait (ms). */
const firstWaitMs = 1_000
const longestWaitMs = 15 * 60_000
/** For a name, strangers get one more attempt after this time (ms): an occasional failure keeps nobody out. */
const nameRateMs = 5 * 60_000
/** After this time a failure is forgotten (ms). */
const memoryMs = 60 * 60_000
/** The most entries; beyond that the oldest are forgotten earlier. */
const mostEntries = 50_000

/**
 * Makes guessing slow: after failures people have to wait longer and longer, for each account at each address. During
 * the wait no secret is checked, so that a right guess looks like a wrong one. The server keeps the failures, not the
 * connection, so reconnecting does not help; and unknown names wait like others.
 *
 * Strangers make each other wait, but not the member: at an address where an account has logged in before, and on its
 * connections, only the failures there count. The caller checks secrets that nobody can guess first.
 */
export class LoginGuard {
  readonly #clock: Clock
  readonly #counts: Counts
  readonly #failed: ((name: string, address: string) => void) | undefined
  readonly #entries = new Map<string, Entry>()
  /** By name and by address. */
  readonly #about = new IndexOf<string, Entry>()

  /** `failed` is called for every wrong secret. */
  constructor(
    clock: Clock,
    {
      counts = new Counts(),
      failed,
    }: { counts?: Counts; failed?: (name: string, address: string) => void } = {},
  ) {
    this.#clock = clock
    this.#counts = counts
    this.#failed = failed
  }

  /**
   * Runs a check of a secret. Throws `try-later` without running it during a wait. A `bad-login` of the check counts
   * as a failure. Of many simultaneous attempts only as many are checked as may fail without a wait; the others wait
   * for these.
   */
  async attempt<T>(attempt: Attempt, check: () => Promise<T>): Promise<T> {
    const keys = keysOf(attempt)
    for (let full = this.#fullOf(keys); full; full = this.#fullOf(keys)) {
      const { waiting } = full
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    this.#refuseWaiting(keys)
    const entries = keys.map((key) => this.#begin(key))
    try {
      const right = await check()
      this.#end(entries)
      // A login to one's own account does not clear the address, and a login of the member does not clear the
      // failures of strangers.
      this.#reset(this.#entries.get(keys[0]?.key ?? ''))
      return right
    } catch (error) {
      const failed = error instanceof Failure && error.problem.code === 'bad-login'
      this.#end(entries, failed)
      if (failed) this.#tell(attempt)
      throw error
    }
  }

  /**
   * Notes a wrong secret that nobody can guess: it counts for the address only. Throws `try-later` while the address
   * has to wait.
   */
  failedLong(name: string, address: string): void {
    const keys = address === ownMachine ? [] : [addressKeyOf(address)]
    this.#refuseWaiting(keys)
    this.#end(
      keys.map((key) => this.#begin(key)),
      true,
    )
    this.#tell({ name, address })
  }

  /** Recent failures, the longest waits first; each name once, wherever it was tried. */
  list(): LoginFailures[] {
    const epoch = this.#clock.now() - this.#clock.ticks()
    const rows = new Map<string, { of: string; failures: number; until: number }>()
    for (const { key } of [...this.#entries.values()]) {
      const entry = this.#find(key)
      if (!entry || entry.failures === 0) continue
      const of = entry.name ?? entry.address ?? ''
      const row = rows.get(of) ?? { of, failures: 0, until: 0 }
      // Failures of a name as a whole are already counted at their addresses.
      if (entry.forgetsOneInMs === undefined) row.failures += entry.failures
      row.until = Math.max(row.until, epoch + entry.until)
      rows.set(of, row)
    }
    return [...rows.values()]
      .filter(({ failures }) => failures > 0)
      .sort((a, b) => b.until - a.until || b.failures - a.failures)
  }

  /** Forgets the failures of a name or an address; false if there are none. */
  clear(of: string): boolean {
    let cleared = false
    for (const entry of [...this.#about.of(of)]) {
      if (entry.failures === 0) continue
      cleared = true
      this.#reset(entry)
    }
    return cleared
  }

  #refuseWaiting(keys: readonly Key[]): void {
    const now = this.#clock.ticks()
    const until = Math.max(0, ...keys.map(({ key }) => this.#find(key)?.until ?? 0))
    if (until <= now) return
    this.#counts.loginFailures.add('wait')
    throw fail({ code: 'try-later', seconds: Math.ceil((until - now) / 1000) })
  }

  #tell({ name, address }: { name: string; address: string }): void {
    this.#counts.loginFailures.add('secret')
    this.#failed?.(name, address)
  }

  #reset(entry: Entry | undefined): void {
    if (!entry) return
    entry.failures = 0
    entry.until = 0
    this.#drop(entry)
  }

  /** An entry with so many running checks that a wait would follow if all of them failed. */
  #fullOf(keys: readonly Key[]): Entry | undefined {
    for (const { allowed, key } of keys) {
      const entry = this.#find(key)
      if (entry && entry.pending > 0 && entry.failures + entry.pending >= allowed) return entry
    }
    return undefined
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    const now = this.#clock.ticks()
    const { forgetsOneInMs } = entry
    if (forgetsOneInMs !== undefined && entry.failures > 0) {
      const forgotten = Math.min(entry.failures, Math.floor((now - entry.last) / forgetsOneInMs))
      entry.failures -= forgotten
      entry.last += forgotten * forgetsOneInMs
    }
    if (entry.pending > 0 || (entry.failures > 0 && Math.max(entry.until, entry.last) + memoryMs > now))
      return entry
    this.#remove(entry)
    return undefined
  }

  #begin(key: Key): Entry {
    const now = this.#clock.ticks()
    const entry = this.#find(key.key) ?? { ...key, failures: 0, until: 0, last: now, pending: 0, waiting: [] }
    entry.pending++
    // In an entry that forgets one failure at a time, `last` is the beginning of the time for the next one.
    if (key.forgetsOneInMs === undefined || entry.failures === 0) entry.last = now
    // Put it at the end: the map is in the order of the last attempts.
    this.#entries.delete(key.key)
    this.#entries.set(key.key, entry)
    for (const of of [entry.name, entry.address]) if (of !== undefined) this.#about.add(of, entry)
    const [oldest] = this.#entries.values()
    if (this.#entries.size > mostEntries && oldest) this.#remove(oldest)
    return entry
  }

  #end(entries: readonly Entry[], failed = false): void {
    const now = this.#clock.ticks()
    for (const entry of entries) {
      entry.pending--
      if (failed) {
        entry.failures++
        const beyond = entry.failures - entry.allowed
        if (beyond < 0) entry.until = 0
        else if (entry.forgetsOneInMs === undefined)
          entry.until = now + Math.min(longestWaitMs, firstWaitMs * 2 ** beyond)
        else entry.until = entry.last + (beyond + 1) * entry.forgetsOneInMs
      }
      this.#drop(entry)
      for (const go of entry.waiting.splice(0)) go()
    }
  }

  /** Forgets an entry without information. */
  #drop(entry: Entry): void {
    const { failures, key, pending } = entry
    if (failures === 0 && pending === 0 && this.#entries.get(key) === entry) this.#remove(entry)
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key)
    for (const of of [entry.name, entry.address]) if (of !== undefined) this.#about.delete(of, entry)
  }
}

/** The entries for which an attempt counts; first those that a right secret clears. */
function keysOf({ address, name, standing }: Attempt): Key[] {
  const pair = { key: `${standing === 'inside' ? 'inside' : 'pair'} ${name} ${address}`, name, address }
  const own = { ...pair, allowed: free.pair }
  if (standing !== 'stranger') return [own]
  const whole = { key: `name ${name}`, name, allowed: free.name, forgetsOneInMs: nameRateMs }
  return address === ownMachine ? [own, whole] : [own, addressKeyOf(address), whole]
}

function addressKeyOf(address: string): Key {
  return { key: `address ${address}`, address, allowed: free.address }
}
