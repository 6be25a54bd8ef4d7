import type { Clock } from './clock.ts'

/**
 * Decides how long somebody has to wait. What is taken is always given, if need be as a debt, so nothing
 * has to be thrown away: whoever asks goes on, and waits before the next thing.
 */
export class TokenBucket {
  readonly #ratePerSecond: number
  readonly #burst: number
  readonly #clock: Pick<Clock, 'ticks'>
  #balance: number
  #countedAt: number

  /** Starts full with `burst` tokens; `ratePerSecond` 0 (or less) turns the bucket off. */
  constructor(ratePerSecond: number, burst: number, clock: Pick<Clock, 'ticks'>) {
    this.#ratePerSecond = ratePerSecond
    this.#burst = burst
    this.#clock = clock
    this.#balance = burst
    this.#countedAt = clock.ticks()
  }

  /**
   * Takes `cost` tokens and answers the milliseconds (rounded up) until the balance is no longer
   * negative; 0 means go on at once.
   */
  take(cost: number): number {
    if (this.#ratePerSecond <= 0) return 0
    this.#balance = this.#refilled() - cost
    if (this.#balance >= 0) return 0
    return Math.ceil((-this.#balance / this.#ratePerSecond) * 1000)
  }

  #refilled(): number {
    const now = this.#clock.ticks()
    const elapsed = now - this.#countedAt
    this.#countedAt = now
    return Math.min(this.#burst, this.#balance + (elapsed / 1000) * this.#ratePerSecond)
  }
}
