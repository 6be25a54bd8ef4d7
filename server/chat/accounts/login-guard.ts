import type { Clock } from '../../lib/clock.ts'
import { IndexOf } from '../../lib/index-of.ts'
import { Counts } from '../machine/counts.ts'
import { Failure, fail } from '../model/failures.ts'
import type { LoginFailures } from '../model/replies.ts'

/** Where somebody stands who tries a secret of an account. */
export type Standing =
  /** Somewhere from where that account has not logged in before, if there is such an account at all. */
  | 'stranger'
  /** Where that account has logged in before. */
  | 'known'
  /** In a connection that is logged in already. */
  | 'inside'

/** An attempt: the name as attempts are counted by, and the address, `localhost` for the server's machine. */
export interface Attempt {
  readonly name: string
  readonly address: string
  readonly standing: Standing
}

/** In ticks of the clock: who has to wait a second would wait for a day if the machine's time were set back by one. */
interface Entry extends Key {
  failures: number
  until: number
  last: number
  /** Checks under way. */
  pending: number
  /** Those who come after them: what becomes of them decides. */
  readonly waiting: (() => void)[]
}

/** What an attempt counts for, and how often that may fail for nothing. */
interface Key {
  readonly key: string
  readonly name?: string
  readonly address?: string
  readonly allowed: number
  /** One failure is forgotten each time; otherwise waits double, and all is forgotten at once. */
  readonly forgetsOneInMs?: number
}

/** The server's own machine, from which there is no limit but by name. */
export const ownMachine = 'localhost'
/**
 * So many failures cost nothing: people mistype. Behind one address there may be a whole school, and what all strangers
 * together try on a name must not be in the hand of one of them.
 */
const free = { pair: 5, address: 20, name: 30 } as const
/** Each further one doubles the wait, from the first to the longest. */
const firstWaitMs = 1_000
const longestWaitMs = 15 * 60_000
/** For a name strangers may go on by so many ms for each attempt: one failure now and then keeps nobody out. */
const nameRateMs = 5 * 60_000
/** Then it is forgotten. */
const memoryMs = 60 * 60_000
/** The oldest are forgotten sooner if there are more. */
const mostEntries = 50_000

/**
 * Makes guessing slow: whoever fails has to wait longer and longer, for each account at each address, and nothing is
 * looked at meanwhile, so that a right guess is not told from a wrong one. It lies with the server and not with the
 * connection, so coming back does not help; and names that nobody has wait like others.
 *
 * Strangers keep out each other and not the member: where an account has logged in before, and in its connections, only
 * what fails there counts. Secrets that nobody can guess are for the caller to look at first.
 */
export class LoginGuard {
  readonly #clock: Clock
  readonly #counts: Counts
  readonly #failed: ((name: string, address: string) => void) | undefined
  readonly #entries = new Map<string, Entry>()
  /** By name and by address. */
  readonly #about = new IndexOf<string, Entry>()

  /** `failed` is told of every wrong secret. */
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
   * Runs a check of a secret. Throws `try-later` without running it while one has to wait; a `bad-login` of the
   * check counts as a failure. Of many at once no more are looked at than may fail for nothing: the others wait for
   * those.
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
      // An address is not cleared by an account of one's own, nor what strangers try by the member.
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
   * A secret of so many bits that nobody guesses it was wrong: it counts for the address. Throws `try-later` while that
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

  /** Who has failed lately, those who wait longest first; a name once, wherever it was tried. */
  list(): LoginFailures[] {
    const epoch = this.#clock.now() - this.#clock.ticks()
    const rows = new Map<string, { of: string; failures: number; until: number }>()
    for (const { key } of [...this.#entries.values()]) {
      const entry = this.#find(key)
      if (!entry || entry.failures === 0) continue
      const of = entry.name ?? entry.address ?? ''
      const row = rows.get(of) ?? { of, failures: 0, until: 0 }
      // What counts for a name as a whole has been counted where it was tried.
      if (entry.forgetsOneInMs === undefined) row.failures += entry.failures
      row.until = Math.max(row.until, epoch + entry.until)
      rows.set(of, row)
    }
    return [...rows.values()]
      .filter(({ failures }) => failures > 0)
      .sort((a, b) => b.until - a.until || b.failures - a.failures)
  }

  /** Lets a name or an address begin anew; false if no failure of it is known. */
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

  /** The entry of which so many checks are under way that, should all of them fail, one would have to wait. */
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
    // Of one that forgets bit by bit, `last` is from when on the next bit counts.
    if (key.forgetsOneInMs === undefined || entry.failures === 0) entry.last = now
    // Put at the end: the map is in the order of the last attempts.
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

  /** Forgets an entry that says nothing. */
  #drop(entry: Entry): void {
    const { failures, key, pending } = entry
    if (failures === 0 && pending === 0 && this.#entries.get(key) === entry) this.#remove(entry)
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key)
    for (const of of [entry.name, entry.address]) if (of !== undefined) this.#about.delete(of, entry)
  }
}

/** What an attempt counts for; first what a right secret clears. */
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
