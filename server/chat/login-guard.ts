import type { Clock } from '../lib/clock.ts'
import { Counts } from './counts.ts'
import { Failure, fail } from './failures.ts'

/** Somebody who tried wrong passwords, as an operator sees it. */
export interface LoginFailures {
  /** A name as it was typed, known here or not, or an address. */
  readonly of: string
  readonly failures: number
  /** ms since the epoch. */
  readonly until: number
}

/** In ticks of the clock: who has to wait a second would wait for a day if the machine's time were set back by one. */
interface Entry {
  readonly of: string
  failures: number
  until: number
  last: number
  /** Checks under way. */
  pending: number
  /** Those who come after them: what becomes of them decides. */
  readonly waiting: (() => void)[]
}

/** What an attempt counts for, and how often that may fail for nothing. */
type Key = readonly [of: string, allowed: number]

/** So many failures cost nothing: people mistype. Behind one address there may be a whole school. */
const free = { name: 5, address: 20 } as const
/** Each further one doubles the wait, from the first to the longest. */
const firstWaitMs = 1_000
const longestWaitMs = 15 * 60_000
/** Then it is forgotten. */
const memoryMs = 60 * 60_000
/** The oldest are forgotten sooner if there are more. */
const mostEntries = 50_000

/**
 * Makes guessing slow: whoever fails has to wait longer and longer, for each account and each address, and
 * nothing is looked at meanwhile, so that a right guess is not told from a wrong one. It lies with the server
 * and not with the connection, so coming back does not help; and names that nobody has wait like others.
 */
export class LoginGuard {
  readonly #clock: Clock
  readonly #counts: Counts
  readonly #failed: ((name: string, address: string | undefined) => void) | undefined
  readonly #entries = new Map<string, Entry>()

  /** `failed` is told of every wrong secret. */
  constructor(
    clock: Clock,
    {
      counts = new Counts(),
      failed,
    }: { counts?: Counts; failed?: (name: string, address: string | undefined) => void } = {},
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
  async attempt<T>(name: string, address: string | undefined, check: () => Promise<T>): Promise<T> {
    const keys: Key[] = [
      [name, free.name],
      ...(address === undefined ? [] : [[address, free.address] as const]),
    ]
    for (let full = this.#fullOf(keys); full; full = this.#fullOf(keys)) {
      const { waiting } = full
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
    const now = this.#clock.ticks()
    const until = Math.max(...keys.map(([of]) => this.#find(of)?.until ?? 0))
    if (until > now) {
      this.#counts.loginFailures.add('wait')
      throw fail({ code: 'try-later', seconds: Math.ceil((until - now) / 1000) })
    }
    const entries = keys.map(([of, allowed]) => [this.#begin(of), allowed] as const)
    try {
      const right = await check()
      this.#end(entries)
      // An address is not cleared by an account of one's own.
      this.clear(name)
      return right
    } catch (error) {
      const failed = error instanceof Failure && error.problem.code === 'bad-login'
      this.#end(entries, failed)
      if (failed) {
        this.#counts.loginFailures.add('secret')
        this.#failed?.(name, address)
      }
      throw error
    }
  }

  /** Who has failed lately, those who wait longest first. */
  list(): LoginFailures[] {
    const epoch = this.#clock.now() - this.#clock.ticks()
    return [...this.#entries.keys()]
      .flatMap((of) => {
        const entry = this.#find(of)
        return entry && entry.failures > 0
          ? [{ of, failures: entry.failures, until: epoch + entry.until }]
          : []
      })
      .sort((a, b) => b.until - a.until || b.failures - a.failures)
  }

  /** Lets a name or an address begin anew; false if no failure of it is known. */
  clear(of: string): boolean {
    const entry = this.#entries.get(of)
    if (!entry || entry.failures === 0) return false
    entry.failures = 0
    entry.until = 0
    this.#drop(entry)
    return true
  }

  /** The entry of which so many checks are under way that, should all of them fail, one would have to wait. */
  #fullOf(keys: readonly Key[]): Entry | undefined {
    for (const [of, allowed] of keys) {
      const entry = this.#find(of)
      if (entry && entry.pending > 0 && entry.failures + entry.pending >= allowed) return entry
    }
    return undefined
  }

  #find(of: string): Entry | undefined {
    const entry = this.#entries.get(of)
    if (!entry) return undefined
    if (entry.pending > 0 || Math.max(entry.until, entry.last) + memoryMs > this.#clock.ticks()) return entry
    this.#entries.delete(of)
    return undefined
  }

  #begin(of: string): Entry {
    const entry = this.#find(of) ?? { of, failures: 0, until: 0, last: 0, pending: 0, waiting: [] }
    entry.pending++
    entry.last = this.#clock.ticks()
    // Put at the end: the map is in the order of the last attempts.
    this.#entries.delete(of)
    this.#entries.set(of, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > mostEntries && oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }

  #end(entries: readonly (readonly [Entry, number])[], failed = false): void {
    const now = this.#clock.ticks()
    for (const [entry, allowed] of entries) {
      entry.pending--
      if (failed) {
        entry.failures++
        const beyond = entry.failures - allowed
        entry.until = beyond < 0 ? 0 : now + Math.min(longestWaitMs, firstWaitMs * 2 ** beyond)
      }
      this.#drop(entry)
      for (const go of entry.waiting.splice(0)) go()
    }
  }

  /** Forgets an entry that says nothing. */
  #drop(entry: Entry): void {
    const { failures, of, pending } = entry
    if (failures === 0 && pending === 0 && this.#entries.get(of) === entry) this.#entries.delete(of)
  }
}
