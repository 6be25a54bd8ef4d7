import { ownMachine } from '../chat/login-guard.ts'
import type { Account, Person } from '../chat/people.ts'
import type { addressBlock } from '../lib/addresses.ts'
import type { Clock } from '../lib/clock.ts'
import { SharedBucket } from '../lib/shared-bucket.ts'
import type { Rate } from '../lib/token-bucket.ts'

/** What may be taken; settings are read when they are needed, and may change. */
export interface AllowanceLimits extends Rate {
  /** For all together who have no account and come from one address; as long as there is a rate for each. */
  readonly addressMessagesPerSecond: number
  readonly addressBurst: number
}

/** A bucket with how many connections take from it. */
interface Held {
  readonly key: string | number
  readonly bucket: SharedBucket
  users: number
  /** It is forgotten when it is full again. */
  forgetting: boolean
}

/**
 * What everybody may cause, beyond their connections: an account has one allowance for all its connections, and those
 * of one address who have no account have one together. It lies with the server, so coming back does not help; what
 * is full again is forgotten, because a new one would be no other.
 */
export class Allowances {
  readonly #limits: AllowanceLimits
  readonly #addressRate: Rate
  readonly #clock: Clock
  readonly #blockOf: typeof addressBlock
  /** By the number of the account, or by address. */
  readonly #held = new Map<string | number, Held>()

  /** `blockOf` answers what counts as one address, undefined for the server's machine. */
  constructor(limits: AllowanceLimits, clock: Clock, blockOf: typeof addressBlock) {
    this.#limits = limits
    this.#clock = clock
    this.#blockOf = blockOf
    this.#addressRate = {
      get messagesPerSecond() {
        return limits.messagesPerSecond > 0 ? limits.addressMessagesPerSecond : 0
      },
      get burst() {
        return limits.burst > 0 ? limits.addressBurst : 0
      },
    }
  }

  /** How many are remembered. */
  get size(): number {
    return this.#held.size
  }

  /** For a new connection. */
  at(address: string): Allowance {
    const own = new SharedBucket(this.#limits, this.#clock)
    return new Allowance(this, own, this.#hold(this.#blockOf(address) ?? ownMachine, this.#addressRate))
  }

  /** The bucket of an account, until it is released. */
  holdAccount(account: Account): Held {
    const { burst, messagesPerSecond: rate } = this.#limits
    // An account begins with nothing, or whoever makes another one would have a full bucket with each.
    const age = Math.max(0, this.#clock.now() - account.since)
    return this.#hold(account.id, this.#limits, Math.min(burst, (age / 1000) * rate))
  }

  release(held: Held): void {
    held.users--
    if (!held.forgetting) this.#forget(held)
  }

  #hold(key: string | number, rate: Rate, balance?: number): Held {
    let held = this.#held.get(key)
    if (!held) {
      held = { key, bucket: new SharedBucket(rate, this.#clock, balance), users: 0, forgetting: false }
      this.#held.set(key, held)
    }
    held.users++
    return held
  }

  #forget(held: Held): void {
    held.forgetting = false
    if (held.users > 0) return
    const ms = held.bucket.untilFull()
    if (ms === 0) {
      this.#held.delete(held.key)
      return
    }
    held.forgetting = true
    this.#clock.after(ms, () => this.#forget(held))
  }
}

/** What one connection may take, as whoever it speaks for. */
export class Allowance {
  readonly #allowances: Allowances
  /** Of the connection: among those of one address nobody takes it all. */
  readonly #own: SharedBucket
  readonly #address: Held
  #account: { readonly of: Account; readonly held: Held } | undefined
  #lastCost = 0
  #closed = false

  constructor(allowances: Allowances, own: SharedBucket, address: Held) {
    this.#allowances = allowances
    this.#own = own
    this.#address = address
  }

  /**
   * Takes `cost`, which a line of text has 1 of. Answers undefined if one can go on at once, and otherwise what
   * resolves when that is allowed, or when the connection is gone.
   */
  take(cost: number, person: Person | undefined): Promise<void> | undefined {
    this.#lastCost = cost
    return this.takeBeside(cost, person)
  }

  /** The same for what is no command: it is not what `takeAs` is about. */
  takeBeside(cost: number, person: Person | undefined): Promise<void> | undefined {
    if (this.#closed) return undefined
    if (person?.kind === 'account') return this.#bucketOf(person).take(cost, this)
    this.#leaveAccount()
    const wait = this.#own.take(cost, this)
    return wait ? wait.then(() => this.#takeFromAddress(cost)) : this.#takeFromAddress(cost)
  }

  /**
   * What was taken last is the account's, who turned out to be the one who asks: so the members of one address do not
   * keep each other out. Answers as `take` does.
   */
  takeAs(account: Account): Promise<void> | undefined {
    if (this.#closed || this.#account?.of === account) return undefined
    this.#own.giveBack(this.#lastCost)
    this.#address.bucket.giveBack(this.#lastCost)
    return this.#bucketOf(account).take(this.#lastCost, this)
  }

  /** The connection is gone. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#own.giveUp(this)
    this.#address.bucket.giveUp(this)
    this.#allowances.release(this.#address)
    this.#leaveAccount()
  }

  #takeFromAddress(cost: number): Promise<void> | undefined {
    return this.#closed ? undefined : this.#address.bucket.take(cost, this)
  }

  #bucketOf(account: Account): SharedBucket {
    if (this.#account?.of !== account) {
      this.#leaveAccount()
      this.#account = { of: account, held: this.#allowances.holdAccount(account) }
    }
    return this.#account.held.bucket
  }

  #leaveAccount(): void {
    if (!this.#account) return
    this.#account.held.bucket.giveUp(this)
    this.#allowances.release(this.#account.held)
    this.#account = undefined
  }
}
