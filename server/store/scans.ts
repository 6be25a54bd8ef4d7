import { setMaxListeners } from 'node:events'
import type { Knex } from 'knex'
import type { Database } from 'sqlite3'
import { StoreTooSlow } from '../chat/ports/store-errors.ts'
import { systemClock } from '../lib/clock.ts'
import { closedError } from './errors.ts'

/** A connection for long reads. It is the only one of its pool, so that its statement can be interrupted. */
export interface ScanConnection {
  readonly db: Knex
  /** The connection itself; undefined before the first statement. */
  connection(): Database | undefined
}

/** Who a read is for, and how it may be ended early. */
export interface ScanOptions {
  /** The number of an account; 0 is the server itself. */
  readonly for: number
  /** When it is aborted, the read rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** The longest time in ms, without the wait for a turn; then the read rejects with StoreTooSlow. */
  readonly limitMs?: number
}

interface Waiting {
  readonly who: number
  readonly go: (slot: ScanConnection) => void
}

/**
 * How often an interrupt is repeated (ms) until the statement has ended: SQLite ignores an interrupt between two statements
 * (https://sqlite.org/c3ref/interrupt.html).
 */
const repeatMs = 20
/** After this time (ms) without a read, the time that somebody has used is forgotten. */
const forgetMs = 60_000

/**
 * Runs reads that may take long, on connections of their own, so that histories do not wait for them. Each account has one at a
 * time, and the account that has used the least time goes first: somebody who searches much waits longer, and nobody else.
 */
export class Scans {
  readonly #free: ScanConnection[]
  readonly #all: readonly ScanConnection[]
  readonly #running = new Set<number>()
  readonly #waiting: Waiting[] = []
  readonly #used = new Map<number, { ms: number; until: number }>()
  readonly #closing = new AbortController()

  constructor(connections: readonly ScanConnection[]) {
    this.#all = connections
    this.#free = [...connections]
    // All that wait may listen to it: Node.js would take more than ten for a leak.
    setMaxListeners(0, this.#closing.signal)
  }

  /** Runs `task` when its turn comes. Rejects as the task does, or as the options say. */
  async run<T>(task: (db: Knex) => Promise<T>, { for: who, limitMs, signal }: ScanOptions): Promise<T> {
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal
    const slot = await this.#turn(who, stop)
    const begun = systemClock.ticks()
    try {
      return await interruptible(slot, () => task(slot.db), stop, limitMs)
    } finally {
      this.#ended(who, slot, systemClock.ticks() - begun)
    }
  }

  /** Interrupts running reads, begins no more, and closes the connections. */
  async close(): Promise<void> {
    this.#closing.abort(closedError())
    await Promise.all(this.#all.map(({ db }) => db.destroy()))
  }

  #turn(who: number, stop: AbortSignal): Promise<ScanConnection> {
    return new Promise((resolve, reject) => {
      const gone = () => {
        const index = this.#waiting.indexOf(waiting)
        if (index >= 0) this.#waiting.splice(index, 1)
        reject(stop.reason as Error)
      }
      const waiting = {
        who,
        go(slot: ScanConnection) {
          stop.removeEventListener('abort', gone)
          resolve(slot)
        },
      }
      if (stop.aborted) {
        reject(stop.reason as Error)
        return
      }
      stop.addEventListener('abort', gone, { once: true })
      this.#waiting.push(waiting)
      this.#next()
    })
  }

  /** Gives free connections to waiting reads. */
  #next(): void {
    for (let slot = this.#free.pop(); slot; slot = this.#free.pop()) {
      const next = this.#waiting
        .filter(({ who }) => !this.#running.has(who))
        .reduce<Waiting | undefined>(
          (best, one) => (best && this.#usedBy(best.who) <= this.#usedBy(one.who) ? best : one),
          undefined,
        )
      if (!next) {
        this.#free.push(slot)
        return
      }
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      this.#running.add(next.who)
      next.go(slot)
    }
  }

  #ended(who: number, slot: ScanConnection, ms: number): void {
    const now = systemClock.ticks()
    for (const [one, { until }] of this.#used) if (until < now) this.#used.delete(one)
    this.#used.set(who, { ms: this.#usedBy(who) + ms, until: now + forgetMs })
    this.#running.delete(who)
    this.#free.push(slot)
    this.#next()
  }

  #usedBy(who: number): number {
    return this.#used.get(who)?.ms ?? 0
  }
}

/** Runs a task on a connection, and interrupts its statements when it is stopped or takes too long. */
async function interruptible<T>(
  { connection }: ScanConnection,
  task: () => Promise<T>,
  stop: AbortSignal,
  limitMs: number | undefined,
): Promise<T> {
  let reason: Error | undefined
  let cancel: (() => void) | undefined
  const end = (why: Error) => {
    cancel?.()
    reason ??= why
    connection()?.interrupt()
    cancel = systemClock.after(repeatMs, () => end(why))
  }
  const stopped = () => end(stop.reason as Error)
  stop.addEventListener('abort', stopped, { once: true })
  if (limitMs !== undefined) cancel = systemClock.after(limitMs, () => end(new StoreTooSlow(limitMs)))
  try {
    // It may have been stopped in the moment in which its turn came.
    if (stop.aborted) throw stop.reason
    return await task()
  } catch (error) {
    throw reason ?? error
  } finally {
    cancel?.()
    stop.removeEventListener('abort', stopped)
  }
}
