import type { Clock } from './clock.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/** However long somebody has to wait, after this time it is looked whether the rate is another. */
const longestNapMs = 1_000

interface Waiting {
  readonly by: object
  readonly cost: number
  readonly go: () => void
  taken: boolean
}

/**
 * A TokenBucket that many take from: first come, first served. Only who is first in the line has taken what it waits
 * for, so that those who go away while they wait have used up nothing.
 */
export class SharedBucket {
  readonly #bucket: TokenBucket
  readonly #clock: Pick<Clock, 'ticks' | 'after'>
  readonly #waiting: Waiting[] = []
  #cancelNap: (() => void) | undefined

  /** `balance`: what it starts with; it is full if that is missing. */
  constructor(allowed: Rate, clock: Pick<Clock, 'ticks' | 'after'>, balance?: number) {
    this.#bucket = new TokenBucket(allowed, clock, balance)
    this.#clock = clock
  }

  /**
   * Takes `cost` tokens. Answers undefined if `by` can go on at once, and otherwise what resolves when its turn has
   * come, or when it has given up. Each takes one after the other.
   */
  take(cost: number, by: object): Promise<void> | undefined {
    if (cost <= 0) return undefined
    const first = this.#waiting.length === 0
    if (first) {
      const wait = this.#bucket.take(cost)
      if (wait === 0) return undefined
      this.#nap(wait)
    }
    return new Promise((go) => this.#waiting.push({ by, cost, go, taken: first }))
  }

  /** `by` waits no more, for a line or for what it did beside it. */
  giveUp(by: object): void {
    for (;;) {
      const index = this.#waiting.findIndex((one) => one.by === by)
      const [one] = index < 0 ? [] : this.#waiting.splice(index, 1)
      if (!one) return
      if (one.taken) this.giveBack(one.cost)
      one.go()
    }
  }

  /** What was taken was not used after all. */
  giveBack(cost: number): void {
    this.#bucket.giveBack(cost)
    this.#serve()
  }

  /** The milliseconds until it is as if nothing had ever been taken. */
  untilFull(): number {
    return this.#bucket.untilFull()
  }

  /** Lets go on whose turn it is. */
  #serve(): void {
    this.#cancelNap?.()
    this.#cancelNap = undefined
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const wait = this.#bucket.take(first.taken ? 0 : first.cost)
      first.taken = true
      if (wait > 0) {
        this.#nap(wait)
        return
      }
      this.#waiting.shift()
      first.go()
    }
  }

  #nap(ms: number): void {
    this.#cancelNap = this.#clock.after(Math.min(ms, longestNapMs), () => this.#serve())
  }
}
