import type { Clock } from './clock.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/** The longest wait before the rate is read again, because it may have changed (ms). */
const longestNapMs = 1_000

interface Waiting {
  readonly by: object
  readonly cost: number
  readonly go: () => void
  taken: boolean
}

/** Of the buckets for which nobody waits: it never changes. */
const nobody: Waiting[] = []

/**
 * A TokenBucket that many take from: first come, first served. Only the first in the queue has taken its tokens, so
 * those who leave while they wait have used up nothing.
 */
export class SharedBucket extends TokenBucket {
  readonly #clock: Pick<Clock, 'after'>
  #waiting = nobody
  #cancelNap: (() => void) | undefined

  /** `balance` is the number of tokens at the start; without it the bucket is full. */
  constructor(allowed: Rate, clock: Pick<Clock, 'ticks' | 'after'>, balance?: number) {
    super(allowed, clock, balance)
    this.#clock = clock
  }

  /**
   * Takes `cost` tokens. Returns undefined if `by` can go on at once, otherwise a promise that resolves when its turn
   * has come or when it has given up. Each `by` takes one at a time.
   */
  takeInTurn(cost: number, by: object): Promise<void> | undefined {
    if (cost <= 0) return undefined
    if (this.#waiting.length === 0) {
      const wait = this.take(cost)
      if (wait === 0) return undefined
      this.#nap(wait)
      return new Promise((go) => {
        this.#waiting = [{ by, cost, go, taken: true }]
      })
    }
    return new Promise((go) => this.#waiting.push({ by, cost, go, taken: false }))
  }

  /** `by` gives up all that it waits for, for a line or beside it. */
  giveUp(by: object): void {
    for (;;) {
      const index = this.#waiting.findIndex((one) => one.by === by)
      const [one] = index < 0 ? [] : this.#waiting.splice(index, 1)
      if (!one) return
      if (one.taken) this.giveBack(one.cost)
      one.go()
    }
  }

  /** Gives back tokens that were not used. */
  override giveBack(cost: number): void {
    super.giveBack(cost)
    this.#serve()
  }

  /** Lets those go on whose turn has come. */
  #serve(): void {
    this.#cancelNap?.()
    this.#cancelNap = undefined
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const wait = this.take(first.taken ? 0 : first.cost)
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
