import type { Clock } from '../../lib/clock.ts'
import { IndexOf } from '../../lib/index-of.ts'

/** How long a name is held for somebody who does not answer the question for a password (ms). */
const claimMs = 10 * 60_000

/** A name that is being taken. */
interface Claim {
  readonly by: object
  /** The end of the hold, in ticks; undefined while the account is being made, because that ends by itself. */
  readonly until: number | undefined
}

/** Names that are being taken, in the form for comparison: questions and a hash take a while, but not for ever. */
export class NameClaims {
  readonly #clock: Clock
  readonly #byKey = new Map<string, Claim>()
  readonly #keysOf = new IndexOf<object, string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Holds a name until `release`: `firmly`, or for some minutes. */
  hold(key: string, by: object, firmly: boolean): void {
    this.#byKey.set(key, { by, until: firmly ? undefined : this.#clock.ticks() + claimMs })
    this.#keysOf.add(by, key)
  }

  /** Who holds the name, or held it last. */
  holderOf(key: string): object | undefined {
    return this.#byKey.get(key)?.by
  }

  /** Whether somebody holds the name. A hold that is not firm does not stand against an operator, who goes `first`. */
  isHeld(key: string, first: boolean): boolean {
    const claim = this.#byKey.get(key)
    if (!claim) return false
    return claim.until === undefined || (!first && claim.until > this.#clock.ticks())
  }

  release(by: object): void {
    for (const key of this.#keysOf.take(by)) if (this.#byKey.get(key)?.by === by) this.#byKey.delete(key)
  }
}
