import type { Clock } from '../../lib/clock.ts'
import type { Counts } from '../machine/counts.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import { foldName } from '../model/names.ts'
import type { Account } from '../model/people.ts'
import type { LoginFailures } from '../model/replies/operators.ts'
import { isStill } from '../people/access.ts'
import type { Directory } from '../people/directory.ts'
import type { Incidents } from '../safety/incidents.ts'
import type { LoginAddresses } from './login-addresses.ts'
import { LoginGuard } from './login-guard.ts'
import type { Passwords } from './passwords.ts'
import type { Tokens } from './tokens.ts'

/** The common key for failures to log in by impossible names. */
const impossible = '(impossible)'

/** The order in which waiting passwords of members are checked: first those at addresses where they are known. */
const weights = { known: 1, stranger: 2 } as const

/** The account that has logged in; by a token, if there is a grant. */
export interface LoggedIn {
  readonly account: Account
  readonly grant: Grant | undefined
  /** The account's `access` when the password was checked: see `isStill`. */
  readonly access: number
}

/** Checks the secrets by which people log in, and slows down who guesses. */
export class Logins {
  readonly #directory: Directory
  readonly #tokens: Tokens
  readonly #addresses: LoginAddresses
  readonly #passwords: Passwords
  readonly #guard: LoginGuard

  constructor(parts: {
    clock: Clock
    counts: Counts
    directory: Directory
    tokens: Tokens
    addresses: LoginAddresses
    incidents: Incidents
    passwords: Passwords
  }) {
    this.#directory = parts.directory
    this.#tokens = parts.tokens
    this.#addresses = parts.addresses
    this.#passwords = parts.passwords
    this.#guard = new LoginGuard(parts.clock, {
      counts: parts.counts,
      failed: (name, address) => parts.incidents.failedLogin(name, address),
    })
  }

  /**
   * Returns the account if the password, or one of its tokens, is right, and the grant of the token. An unknown name
   * takes as long and fails in the same way as a wrong password. `address` is the address of the attempt, undefined
   * for no network; `gone` is aborted when nobody waits for the answer any more.
   */
  async logIn(name: string, secret: string, address?: string, gone?: AbortSignal): Promise<LoggedIn> {
    const account = this.#directory.findAccount(name)
    const access = account?.access ?? 0
    // Nobody has number 0: for an unknown name the store answers the same queries, but finds nothing.
    const id = account?.id ?? 0
    // Nobody can guess a token, and a token needs no slow hash: logins by token never wait for logins by password.
    const grant = await this.#tokens.find(id, secret)
    if (grant && account && !account.deleted) return { account, grant, access }
    const from = this.#addresses.nameOf(address)
    const standing = (await this.#addresses.isKnown(id, from)) ? 'known' : 'stranger'
    return this.#guard.attempt({ name: this.#guardKey(name), address: from, standing }, async () => {
      // Members at an address that they have used before do not wait for a flood of others.
      const flow = standing === 'known' ? `${id} ${from}` : from
      const right = await this.#passwords.isRight(id, secret, {
        flow,
        weight: weights[standing],
        ...(gone ? { gone } : {}),
      })
      if (!account || !right || !isStill(account, access)) throw fail({ code: 'bad-login' })
      return { account, grant: undefined, access }
    })
  }

  /**
   * Returns the account and the grant of a token, for whoever may come in by nothing else: a password is as wrong as any other
   * text. Without a `name` the token alone tells whose it is. Wrong ones count as wrong passwords do.
   */
  async byToken(
    token: string,
    name: string | undefined,
    address?: string,
  ): Promise<{ account: Account; grant: Grant }> {
    const account =
      name === undefined
        ? this.#directory.account(await this.#tokens.ownerOf(token))
        : this.#directory.findAccount(name)
    const id = account?.id ?? 0
    const grant = await this.#tokens.find(id, token)
    if (grant && account && !account.deleted) return { account, grant }
    const from = this.#addresses.nameOf(address)
    const standing = (await this.#addresses.isKnown(id, from)) ? 'known' : 'stranger'
    return this.#guard.attempt({ name: this.#guardKey(name ?? ''), address: from, standing }, async () => {
      throw fail({ code: 'bad-login', wrong: 'token' })
    })
  }

  /**
   * Finds the account of that name if it has logged in from that address before. Never rejects, and makes the same
   * queries for a name that nobody has.
   */
  async knownAt(name: string, address: string): Promise<Account | undefined> {
    const account = this.#directory.findAccount(name)
    const known = await this.#addresses
      .isKnown(account?.id ?? 0, this.#addresses.nameOf(address))
      // Then the login gets no better turn. An error of the store will be reported when the password is looked up.
      .catch(() => false)
    return known ? account : undefined
  }

  /**
   * Refuses a wrong password of somebody who is logged in; they do not wait for failures of strangers elsewhere.
   * Returns the value that `Passwords.set` needs.
   */
  async prove(account: Account, password: string, address?: string): Promise<number> {
    const { access } = account
    const from = this.#addresses.nameOf(address)
    const attempt = { name: this.#guardKey(account.name), address: from, standing: 'inside' } as const
    await this.#guard.attempt(attempt, async () => {
      if (!(await this.#passwords.isRight(account.id, password)) || !isStill(account, access))
        throw fail({ code: 'bad-login', wrong: 'own' })
    })
    return access
  }

  /**
   * Refuses a wrong recovery code; an unknown name gets the same answer. A right code never waits, because nobody can
   * guess one.
   */
  async checkRecovery(name: string, code: string, address?: string): Promise<Account> {
    const account = await this.#passwords.findRecovered(name, code)
    if (!account) {
      this.#guard.failedLong(this.#guardKey(name), this.#addresses.nameOf(address))
      throw fail({ code: 'bad-login', wrong: 'code' })
    }
    // A person who can set the password must not have to wait to use it.
    this.#guard.clear(this.#guardKey(name))
    return account
  }

  /** Recent failures to log in: see LoginGuard. */
  failures(): LoginFailures[] {
    return this.#guard.list()
  }

  /** Clears the failures of a name, number or address. Throws `no-such-user`. */
  clearFailures(of: string): void {
    const key = this.#guardKey(of)
    if (!this.#guard.clear(this.#addresses.blockNamed(of)) && (key === impossible || !this.#guard.clear(key)))
      throw fail({ code: 'no-such-user', name: of })
  }

  /** Forgets the failures of an account that is deleted. */
  forget({ name }: Account): void {
    this.#guard.clear(foldName(name))
  }

  /**
   * The key by which failures are counted: the same for the name and the number of an account, and a key for unknown
   * names.
   */
  #guardKey(name: string): string {
    const account = this.#directory.findAccount(name)
    if (account) return foldName(account.name)
    // Nobody waits because of an impossible name, and thousands of lines given as names would fill the memory.
    if (!/^[#~@]?[\w.-]{1,24}$/.test(name)) return impossible
    // Copy it: a piece of a string keeps the whole line in memory.
    return Buffer.from(foldName(name)).toString()
  }
}
