import type { Clock } from '../../server/lib/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  /** Ticks, which only grow, and what is to be added to them for the time of day. */
  #ticks = 0
  #epoch: number
  /** What the epoch was at the start. */
  #steadyEpoch: number
  #order = 0
  readonly #timers = new Set<Timer>()

  /** `start` is an ISO 8601 time. */
  constructor(start = '2026-11-20T18:00:00Z') {
    this.#epoch = this.#steadyEpoch = Date.parse(start)
  }

  /** How many tasks wait for their time. */
  get waiting(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#epoch + this.#ticks
  }

  ticks(): number {
    return this.#ticks
  }

  steady(): number {
    return this.#steadyEpoch + this.#ticks
  }

  /** A server starts anew, and knows no time but that of day. */
  restarted(): void {
    this.#steadyEpoch = this.#epoch
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#ticks + ms, order: this.#order++, task }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on by `ms` milliseconds, and runs what becomes due, each at its own time. */
  advance(ms: number): void {
    const end = this.#ticks + ms
    for (let next = this.#firstUntil(end); next !== undefined; next = this.#firstUntil(end)) {
      this.#timers.delete(next)
      this.#ticks = next.at
      next.task()
    }
    this.#ticks = end
  }

  /** Somebody sets the machine's time, by so many ms: back if they are less than 0. Timers go on as they were. */
  shift(ms: number): void {
    this.#epoch += ms
  }

  #firstUntil(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    }
    return first
  }
}
