import type { Clock } from './clock.ts'

/** How often each thing happened, the most frequent first; `more` if some are already forgotten. */
export interface Tally {
  readonly count: number
  readonly more: boolean
  readonly most: readonly { readonly of: string; readonly count: number }[]
}

/**
 * Remembers recent occurrences and their times. Beyond `most` it forgets the oldest, so that nobody can fill the
 * memory.
 */
export class Occurrences {
  readonly #clock: Clock
  readonly #most: number
  #all: { readonly at: number; readonly of: string }[] = []
  /** The time of the newest forgotten occurrence. */
  #forgotten = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, most = 10_000) {
    this.#clock = clock
    this.#most = most
  }

  add(of: string): void {
    this.#all.push({ at: this.#clock.now(), of })
    if (this.#all.length <= this.#most) return
    // Forget half of them at a time: removing one by one would move all the others each time.
    const gone = this.#all.splice(0, Math.ceil(this.#most / 2))
    this.#forgotten = gone.at(-1)?.at ?? this.#forgotten
  }

  /** Counts what happened after that time, and lists the `top` most frequent things. */
  since(at: number, top: number): Tally {
    const counts = new Map<string, number>()
    let count = 0
    for (const one of this.#all) {
      if (one.at <= at) continue
      count++
      counts.set(one.of, (counts.get(one.of) ?? 0) + 1)
    }
    const most = [...counts]
      .map(([of, count]) => ({ of, count }))
      .sort((a, b) => b.count - a.count || a.of.localeCompare(b.of))
    return { count, more: this.#forgotten > at, most: most.slice(0, top) }
  }
}
