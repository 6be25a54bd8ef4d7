import { timingSafeEqual } from 'node:crypto'
import type { Turn } from '../../lib/fair-slots.ts'
import { Mutex } from '../../lib/mutex.ts'
import { preparePassword } from '../../lib/password-text.ts'
import { fail } from '../model/failures.ts'
import type { Account, Listener } from '../model/people.ts'
import type { Ended } from '../model/replies/accounts.ts'
import { type Access, isStill } from '../people/access.ts'
import type { Directory } from '../people/directory.ts'
import type { PasswordHasher, SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { hashSecret, type Tokens } from './tokens.ts'

/** bcrypt reads no more bytes than this; the rest of a longer password would not count. */
const passwordMaxBytes = 72

/** The passwords and recovery codes of accounts. */
export class Passwords {
  readonly #store: Store
  readonly #directory: Directory
  readonly #hasher: PasswordHasher
  readonly #secrets: SecretSource
  readonly #tokens: Tokens
  readonly #access: Access
  readonly #rules: { readonly passwordMinLength: number }
  /** Passwords change one at a time, so that nobody sets one by a secret that is being changed. */
  readonly #changes = new Mutex()

  constructor(parts: {
    store: Store
    directory: Directory
    hasher: PasswordHasher
    secrets: SecretSource
    tokens: Tokens
    access: Access
    rules: { readonly passwordMinLength: number }
  }) {
    this.#store = parts.store
    this.#directory = parts.directory
    this.#hasher = parts.hasher
    this.#secrets = parts.secrets
    this.#tokens = parts.tokens
    this.#access = parts.access
    this.#rules = parts.rules
  }

  get minLength(): number {
    return this.#rules.passwordMinLength
  }

  /** Returns a new password in its form for comparison; refuses one that breaks the rules. */
  check(typed: string): string {
    const password = preparePassword(typed)
    // Nobody sees such a space, and forms and copies lose it.
    if (/^ | $/.test(password)) throw fail({ code: 'password-spaces' })
    if ([...password].length < this.#rules.passwordMinLength)
      throw fail({ code: 'weak-password', minimum: this.#rules.passwordMinLength })
    if (Buffer.byteLength(password) > passwordMaxBytes)
      throw fail({ code: 'password-too-long', limit: passwordMaxBytes })
    return password
  }

  /** Whether this is the password of an account; `account` is its number, or 0 for nobody. */
  async isRight(account: number, password: string, turn?: Turn): Promise<boolean> {
    const secrets = await this.#store.secretsOf(account)
    const isHashed = async (one: string) => {
      const fits = Buffer.byteLength(one) <= passwordMaxBytes
      return (await this.#hasher.verify(fits ? one : '', secrets?.passwordHash, turn)) && fits
    }
    const prepared = preparePassword(password)
    // Try the password as it was typed, too: older passwords were stored in that form.
    return (await isHashed(prepared)) || (prepared !== password && (await isHashed(password)))
  }

  /**
   * Sets the password of somebody who knew the old one when `access` had this value. Closes all their other
   * connections but those of scripts, which have secrets of their own: `tokens` are those that stay valid.
   */
  async set(account: Account, password: string, access: number, via?: Listener): Promise<Ended> {
    const hash = await this.#hasher.hash(this.check(password))
    return this.#changes.run(async () => {
      if (!isStill(account, access)) throw fail({ code: 'bad-login', wrong: 'own' })
      await this.#store.setPassword(account.id, hash)
      account.initialPassword = false
      const connections = this.#access.end(account, { why: 'password', how: 'changed' }, via)
      return { connections, tokens: await this.#tokens.names(account) }
    })
  }

  /**
   * Sets a password for somebody else, who has to change it at the next login. Closes all connections of the account,
   * and revokes all its tokens.
   */
  async setInitial(account: Account, password: string, via?: Listener): Promise<Ended> {
    const hash = await this.#hasher.hash(this.check(password))
    return this.#changes.run(async () => {
      const tokens = await this.#tokens.names(account)
      await this.#store.setInitialPassword(account.id, hash)
      account.initialPassword = true
      return { connections: this.#access.end(account, { why: 'password', how: 'set' }, via), tokens }
    })
  }

  /**
   * Sets a new password by recovery code. The code is then used up; returns a new one. Somebody else may have taken
   * over the account, so everything that got in before ends, tokens too.
   */
  async recover(
    name: string,
    code: string,
    password: string,
    via?: Listener,
  ): Promise<{ account: Account; recoveryCode: string; ended: Ended }> {
    const account = await this.#stillRecovered(name, code)
    const passwordHash = await this.#hasher.hash(this.check(password))
    return this.#changes.run(async () => {
      // Somebody may have used the same code while the new one was hashed.
      await this.#stillRecovered(name, code)
      const recoveryCode = this.#secrets.recoveryCode()
      const tokens = await this.#tokens.names(account)
      await this.#store.recover(account.id, { passwordHash, recoveryHash: hashSecret(recoveryCode) })
      account.initialPassword = false
      const connections = this.#access.end(account, { why: 'password', how: 'recovered' }, via)
      return { account, recoveryCode, ended: { connections, tokens } }
    })
  }

  async #stillRecovered(name: string, code: string): Promise<Account> {
    const account = await this.findRecovered(name, code)
    if (!account) throw fail({ code: 'bad-login', wrong: 'code' })
    return account
  }

  /** Finds the account of that name, if this is its recovery code. */
  async findRecovered(name: string, code: string): Promise<Account | undefined> {
    const account = this.#directory.findAccount(name)
    // Nobody has number 0.
    const secrets = await this.#store.secretsOf(account?.id ?? 0)
    const given = Buffer.from(hashSecret(code))
    const right = Buffer.from(secrets?.recoveryHash ?? hashSecret(''))
    const fits = given.length === right.length && timingSafeEqual(given, right)
    return fits && secrets && !account?.deleted ? account : undefined
  }
}
