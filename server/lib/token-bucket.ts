import type { Clock } from './clock.ts'

/** The limits, read each time because they may change. 0 for either turns the bucket off. */
export interface Rate {
  /** Tokens a second. */
  readonly messagesPerSecond: number
  /** Tokens at once. */
  readonly burst: number
}

/**
 * Decides how long somebody has to wait. It always gives the tokens, if necessary as a debt, so nothing has to be
 * thrown away: the caller goes on, and waits before the next step.
 */
export class TokenBucket {
  readonly #allowed: Rate
  readonly #clock: Pick<Clock, 'ticks'>
  #balance: number
  #countedAt: number

  /** Starts full, or with `balance` tokens. */
  constructor(allowed: Rate, clock: Pick<Clock, 'ticks'>, balance = allowed.burst) {
    this.#allowed = allowed
    this.#clock = clock
    this.#balance = balance
    this.#countedAt = clock.ticks()
  }

  /**
   * Takes `cost` tokens and returns the milliseconds (rounded up) until the balance is no longer negative; 0 means go
   * on at once.
   */
  take(cost: number): number {
    const { burst, messagesPerSecond: rate } = this.#allowed
    if (rate <= 0 || burst <= 0) return 0
    this.#balance = this.#refilled(rate, burst) - cost
    if (this.#balance >= 0) return 0
    return Math.ceil((-this.#balance / rate) * 1000)
  }

  /** Gives back tokens that were not used. */
  giveBack(cost: number): void {
    this.#balance = Math.min(this.#allowed.burst, this.#balance + cost)
  }

  /** The milliseconds (rounded up) until the bucket is full again. */
  untilFull(): number {
    const { burst, messagesPerSecond: rate } = this.#allowed
    if (rate <= 0 || burst <= 0) return 0
    this.#balance = this.#refilled(rate, burst)
    return Math.ceil(((burst - this.#balance) / rate) * 1000)
  }

  #refilled(rate: number, burst: number): number {
    const now = this.#clock.ticks()
    const elapsed = now - this.#countedAt
    this.#countedAt = now
    return Math.min(burst, this.#balance + (elapsed / 1000) * rate)
  }
}
