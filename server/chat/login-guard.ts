import type { Clock } from '../lib/clock.ts'
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
  failures: number
  until: number
  last: number
}

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
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Runs a check of a secret. Throws `try-later` without running it while one has to wait; a `bad-login` of the
   * check counts as a failure.
   */
  async attempt<T>(name: string, address: string | undefined, check: () => Promise<T>): Promise<T> {
    const keys = [name, ...(address === undefined ? [] : [address])]
    const now = this.#clock.ticks()
    const until = Math.max(...keys.map((key) => this.#find(key)?.until ?? 0))
    if (until > now) throw fail({ code: 'try-later', seconds: Math.ceil((until - now) / 1000) })
    // Counted before the answer is known: many at once would all be free otherwise.
    this.#count(name, free.name, now)
    if (address !== undefined) this.#count(address, free.address, now)
    try {
      const right = await check()
      this.#entries.delete(name)
      this.#takeBack(address)
      return right
    } catch (error) {
      if (!(error instanceof Failure && error.problem.code === 'bad-login'))
        for (const key of keys) this.#takeBack(key)
      throw error
    }
  }

  /** Who has failed lately, those who wait longest first. */
  list(): LoginFailures[] {
    const epoch = this.#clock.now() - this.#clock.ticks()
    return [...this.#entries.keys()]
      .flatMap((of) => {
        const entry = this.#find(of)
        return entry ? [{ of, failures: entry.failures, until: epoch + entry.until }] : []
      })
      .sort((a, b) => b.until - a.until || b.failures - a.failures)
  }

  /** Lets a name or an address begin anew; false if nothing is known of it. */
  clear(of: string): boolean {
    return this.#entries.delete(of)
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry && Math.max(entry.until, entry.last) + memoryMs > this.#clock.ticks()) return entry
    this.#entries.delete(key)
    return undefined
  }

  #count(key: string, allowed: number, now: number): void {
    const failures = (this.#find(key)?.failures ?? 0) + 1
    const wait = failures < allowed ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - allowed))
    // Put at the end: the map is in the order of the last failures.
    this.#entries.delete(key)
    this.#entries.set(key, { failures, until: now + wait, last: now })
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > mostEntries && oldest !== undefined) this.#entries.delete(oldest)
  }

  #takeBack(key: string | undefined): void {
    const entry = key === undefined ? undefined : this.#entries.get(key)
    if (!entry || key === undefined) return
    entry.failures--
    entry.until = 0
    if (entry.failures === 0) this.#entries.delete(key)
  }
}
