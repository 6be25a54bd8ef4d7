import { ownMachine } from '../chat/accounts/login-guard.ts'
import type { Account, Person } from '../chat/model/people.ts'
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
    return new Allowance(
      this,
      address,
      own,
      this.#hold(this.#blockOf(address) ?? ownMachine, this.#addressRate),
    )
  }

  /** The bucket of an account, until it is released. */
  holdAccount(account: Account): Held {
    const { burst, messagesPerSecond: rate } = this.#limits
    // An account begins with nothing, or whoever makes another one would have a full bucket with each.
    const age = Math.max(0, this.#clock.now() - account.since)
    return this.#hold(account.id, this.#limits, Math.min(burst, (age / 1000) * rate))
  }

  /**
   * The bucket of logins of an account from an address that it has used before: it pays there for itself, so that those
   * whom nobody knows keep it out no longer than it does itself.
   */
  holdLogin(account: Account, address: string): Held {
    return this.#hold(`login ${account.id} ${this.#blockOf(address) ?? ownMachine}`, this.#addressRate)
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
  readonly #from: string
  /** Of the connection: among those of one address nobody takes it all. */
  readonly #own: SharedBucket
  readonly #address: Held
  #account: { readonly of: Account; readonly held: Held } | undefined
  /** What a login under way pays from in place of the address. */
  #login: Held | undefined
  #lastCost = 0
  /** Where that was taken from by somebody without an account. */
  #lastFrom: readonly SharedBucket[] = []
  #closed = false

  constructor(allowances: Allowances, from: string, own: SharedBucket, address: Held) {
    this.#allowances = allowances
    this.#from = from
    this.#own = own
    this.#address = address
  }

  /**
   * Takes `cost`, which a line of text has 1 of. Answers undefined if one can go on at once, and otherwise what
   * resolves when that is allowed, or when the connection is gone.
   */
  take(cost: number, person: Person | undefined): Promise<void> | undefined {
    this.#lastCost = cost
    this.#lastFrom = person?.kind === 'account' ? [] : [this.#own, this.#address.bucket]
    return this.takeBeside(cost, person)
  }

  /**
   * The same for somebody who says who they are. Where they would have to wait for others of the address, `known` is asked
   * for the account that they name, if it has come from here before: it has a turn of its own, until `endLogin`.
   */
  async takeNamed(
    cost: number,
    person: Person | undefined,
    known: () => Promise<Account | undefined>,
  ): Promise<void> {
    if (this.#closed || person?.kind === 'account') return this.take(cost, person)
    this.#leaveAccount()
    this.#lastCost = cost
    this.#lastFrom = [this.#own, this.#address.bucket]
    await this.#own.take(cost, this)
    let waits = true
    const turn = this.#takeFromAddress(cost)?.then(() => {
      waits = false
    })
    if (!turn) return
    const account = await Promise.race([turn, known()])
    if (!waits || !account || this.#closed) return turn
    const login = this.#allowances.holdLogin(account, this.#from)
    this.#login = login
    this.#lastFrom = [this.#own, login.bucket]
    this.#address.bucket.giveUp(this)
    await login.bucket.take(cost, this)
  }

  /** What `takeNamed` has begun is over. */
  endLogin(): void {
    const login = this.#login
    if (!login) return
    this.#login = undefined
    login.bucket.giveUp(this)
    this.#allowances.release(login)
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
    for (const bucket of this.#lastFrom) bucket.giveBack(this.#lastCost)
    return this.#bucketOf(account).take(this.#lastCost, this)
  }

  /** The connection is gone. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#own.giveUp(this)
    this.#address.bucket.giveUp(this)
    this.#allowances.release(this.#address)
    this.endLogin()
    this.#leaveAccount()
  }

  #takeFromAddress(cost: number): Promise<void> | undefined {
    return this.#closed ? undefined : (this.#login ?? this.#address).bucket.take(cost, this)
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
