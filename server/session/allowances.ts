import { ownMachine } from '../chat/accounts/login-guard.ts'
import type { Account, Person } from '../chat/model/people.ts'
import type { addressBlock } from '../lib/addresses.ts'
import type { Clock } from '../lib/clock.ts'
import { SharedBucket } from '../lib/shared-bucket.ts'
import type { Rate } from '../lib/token-bucket.ts'

/** The rates; settings are read when they are needed, and may change. */
export interface AllowanceLimits extends Rate {
  /** For all people without an account at one address together; only if there is a rate for each of them, too. */
  readonly addressMessagesPerSecond: number
  readonly addressBurst: number
}

/** A bucket that several connections may take from. */
class Held extends SharedBucket {
  readonly key: string | number
  /** How many they are. */
  users = 0
  /** A timer will forget it when it is full again. */
  forgetting = false

  constructor(key: string | number, rate: Rate, clock: Clock, balance?: number) {
    super(rate, clock, balance)
    this.key = key
  }
}

/** What only looks at something may be done so many times as often as what says something. */
const readings = 20

/**
 * How much each person may do. An account has one allowance for all its connections; all people without an account at one
 * address share one. The server keeps them, so that reconnecting brings nothing. A full bucket is forgotten, because a new
 * one is full, too.
 */
export class Allowances {
  readonly #limits: AllowanceLimits
  readonly #addressRate: Rate
  readonly #readingRate: Rate
  readonly #clock: Clock
  readonly #blockOf: typeof addressBlock
  /** By the number of the account, or by address. */
  readonly #held = new Map<string | number, Held>()

  /** `blockOf` returns what counts as one address; undefined for the server's own machine. */
  constructor(limits: AllowanceLimits, clock: Clock, blockOf: typeof addressBlock) {
    this.#limits = limits
    this.#clock = clock
    this.#blockOf = blockOf
    this.#readingRate = {
      get messagesPerSecond() {
        return limits.messagesPerSecond * readings
      },
      get burst() {
        return limits.burst * readings
      },
    }
    this.#addressRate = {
      get messagesPerSecond() {
        return limits.messagesPerSecond > 0 ? limits.addressMessagesPerSecond : 0
      },
      get burst() {
        return limits.burst > 0 ? limits.addressBurst : 0
      },
    }
  }

  /** For a new connection. */
  at(address: string): Allowance {
    return new Allowance(this, this.#hold(this.#blockOf(address) ?? ownMachine, this.#addressRate))
  }

  /** A bucket for one connection alone, full. */
  own(): SharedBucket {
    return new SharedBucket(this.#limits, this.#clock)
  }

  /** The bucket of an account, until it is released. */
  holdAccount(account: Account): Held {
    const { burst, messagesPerSecond: rate } = this.#limits
    // A new account begins with an empty bucket: otherwise each new account would bring a full one.
    const age = Math.max(0, this.#clock.now() - account.since)
    return this.#hold(account.id, this.#limits, Math.min(burst, (age / 1000) * rate))
  }

  /** The bucket of an account for looking at what is there, until it is released. */
  holdReading(account: Account): Held {
    return this.#hold(`reading ${account.id}`, this.#readingRate)
  }

  /**
   * The bucket for logins of an account from an address that it has used before. It is apart from that of the `address`, so
   * that visitors of the address cannot keep the account out.
   */
  holdLogin(account: Account, address: Held): Held {
    return this.#hold(`login ${account.id} ${address.key}`, this.#addressRate)
  }

  release(held: Held): void {
    held.users--
    if (!held.forgetting) this.#forget(held)
  }

  #hold(key: string | number, rate: Rate, balance?: number): Held {
    let held = this.#held.get(key)
    if (!held) {
      held = new Held(key, rate, this.#clock, balance)
      this.#held.set(key, held)
    }
    held.users++
    return held
  }

  #forget(held: Held): void {
    held.forgetting = false
    if (held.users > 0) return
    const ms = held.untilFull()
    if (ms === 0) {
      this.#held.delete(held.key)
      return
    }
    held.forgetting = true
    this.#clock.after(ms, () => this.#forget(held))
  }
}

const none: readonly SharedBucket[] = []

/** What one connection may take, as the person for whom it speaks. */
export class Allowance {
  readonly #allowances: Allowances
  /** Of this connection alone, so that no connection takes all of its address's allowance. Missing where it would be full. */
  #own: SharedBucket | undefined
  readonly #address: Held
  /** What the account pays from that it speaks for; its key is the number of that. */
  #account: Held | undefined
  /** The same for looking at something, once the account has done that. */
  #reading: Held | undefined
  /** The bucket that pays for a login under way, in place of the address's. */
  #login: Held | undefined
  #lastCost = 0
  /** The buckets that paid the last cost, if the person had no account. */
  #lastFrom = none
  #closed = false

  constructor(allowances: Allowances, address: Held) {
    this.#allowances = allowances
    this.#address = address
  }

  /**
   * Takes `cost`; a line of text costs 1. Returns undefined if the person may go on at once, and otherwise a promise that
   * resolves when they may, or when the connection is gone.
   */
  take(cost: number, person: Person | undefined): Promise<void> | undefined {
    this.#lastCost = cost
    this.#lastFrom = person?.kind === 'account' ? none : [this.#ofConnection, this.#address]
    return this.takeBeside(cost, person)
  }

  /** The same for what only looks at something: a member has an allowance of its own for that, and others have none. */
  takeReading(cost: number, person: Person | undefined): Promise<void> | undefined {
    if (this.#closed || person?.kind !== 'account') return this.take(cost, person)
    this.#bucketOf(person)
    this.#reading ??= this.#allowances.holdReading(person)
    return this.#reading.takeInTurn(cost, this)
  }

  /**
   * The same for a login. If it had to wait for others of the address, `known` finds the account that it names, if that has
   * logged in from here before: then the login has a turn of its own, until `endLogin`.
   */
  async takeNamed(
    cost: number,
    person: Person | undefined,
    known: () => Promise<Account | undefined>,
  ): Promise<void> {
    if (this.#closed || person?.kind === 'account') return this.take(cost, person)
    this.#leaveAccount()
    this.#lastCost = cost
    const own = this.#ofConnection
    this.#lastFrom = [own, this.#address]
    await own.takeInTurn(cost, this)
    let waits = true
    const turn = this.#takeFromAddress(cost)?.then(() => {
      waits = false
    })
    if (!turn) return
    const account = await Promise.race([turn, known()])
    if (!waits || !account || this.#closed) return turn
    const login = this.#allowances.holdLogin(account, this.#address)
    this.#login = login
    this.#lastFrom = [own, login]
    this.#address.giveUp(this)
    await login.takeInTurn(cost, this)
  }

  /** The login that `takeNamed` began is over. */
  endLogin(): void {
    const login = this.#login
    if (!login) return
    this.#login = undefined
    login.giveUp(this)
    this.#allowances.release(login)
  }

  /** The same for something that is no command: `takeAs` does not give it back. */
  takeBeside(cost: number, person: Person | undefined): Promise<void> | undefined {
    if (this.#closed) return undefined
    if (person?.kind === 'account') return this.#bucketOf(person).takeInTurn(cost, this)
    this.#leaveAccount()
    const wait = this.#ofConnection.takeInTurn(cost, this)
    return wait ? wait.then(() => this.#takeFromAddress(cost)) : this.#takeFromAddress(cost)
  }

  /**
   * The account has proved who it is, so it pays the last cost, and the address gets it back: the members at one address do
   * not keep each other out. Returns as `take` does.
   */
  takeAs(account: Account): Promise<void> | undefined {
    if (this.#closed || this.#account?.key === account.id) return undefined
    for (const bucket of this.#lastFrom) bucket.giveBack(this.#lastCost)
    this.#lastFrom = none
    // A new one is full, too, should the connection be a visitor's again.
    if (this.#own?.untilFull() === 0) this.#own = undefined
    return this.#bucketOf(account).takeInTurn(this.#lastCost, this)
  }

  /** Gives up whatever it waits for; nothing of that is paid. */
  giveUp(): void {
    for (const bucket of [this.#own, this.#address, this.#login, this.#account]) bucket?.giveUp(this)
  }

  /** The connection is gone. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.giveUp()
    this.#allowances.release(this.#address)
    this.endLogin()
    this.#leaveAccount()
  }

  #takeFromAddress(cost: number): Promise<void> | undefined {
    return this.#closed ? undefined : (this.#login ?? this.#address).takeInTurn(cost, this)
  }

  get #ofConnection(): SharedBucket {
    this.#own ??= this.#allowances.own()
    return this.#own
  }

  #bucketOf(account: Account): SharedBucket {
    if (this.#account?.key === account.id) return this.#account
    this.#leaveAccount()
    this.#account = this.#allowances.holdAccount(account)
    return this.#account
  }

  #leaveAccount(): void {
    if (!this.#account) return
    for (const held of [this.#account, this.#reading]) {
      held?.giveUp(this)
      if (held) this.#allowances.release(held)
    }
    this.#account = undefined
    this.#reading = undefined
  }
}
