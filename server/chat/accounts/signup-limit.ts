import type { Clock } from '../../lib/clock.ts'
import { type Rate, TokenBucket } from '../../lib/token-bucket.ts'
import { fail } from '../model/failures.ts'

/** Limits how many accounts new people make from one address. Addresses with a full allowance are forgotten. */
export class SignupLimit {
  readonly #clock: Clock
  readonly #rate: Rate
  readonly #buckets = new Map<string, TokenBucket>()

  /** The setting may change; 0 is no limit. */
  constructor(limits: { readonly signupsPerHour: number }, clock: Clock) {
    this.#clock = clock
    this.#rate = {
      get messagesPerSecond() {
        return limits.signupsPerHour / 3600
      },
      get burst() {
        return limits.signupsPerHour
      },
    }
  }

  /** Throws `try-later` if nobody can make a further account from this address now. */
  check(address: string): void {
    const bucket = this.#buckets.get(address)
    if (bucket) refuseIf(bucket, bucket.take(1))
    bucket?.giveBack(1)
  }

  /** Counts a new account. Throws as `check` does. */
  take(address: string): void {
    const known = this.#buckets.get(address)
    const bucket = known ?? new TokenBucket(this.#rate, this.#clock)
    refuseIf(bucket, bucket.take(1))
    if (known) return
    this.#buckets.set(address, bucket)
    this.#forgetWhenFull(address, bucket)
  }

  #forgetWhenFull(address: string, bucket: TokenBucket): void {
    this.#clock.after(bucket.untilFull(), () => {
      if (bucket.untilFull() > 0) this.#forgetWhenFull(address, bucket)
      else this.#buckets.delete(address)
    })
  }
}

function refuseIf(bucket: TokenBucket, waitMs: number): void {
  if (waitMs === 0) return
  bucket.giveBack(1)
  throw fail({ code: 'try-later', what: 'signup', seconds: Math.ceil(waitMs / 1000) })
}
