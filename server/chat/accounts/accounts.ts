import type { Clock } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import { checkEmail, checkName, foldName } from '../model/names.ts'
import type { Account, Guest } from '../model/people.ts'
import type { Origin } from '../model/restraints.ts'
import { accountFrom } from '../people/account-from.ts'
import type { Directory } from '../people/directory.ts'
import type { PasswordHasher, SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { InviteUsed, NameTaken } from '../ports/store-errors.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { LoginAddresses } from './login-addresses.ts'
import type { Passwords } from './passwords.ts'
import { SignupLimit } from './signup-limit.ts'
import { hashSecret } from './tokens.ts'

export interface SignupRules {
  readonly signup: 'open' | 'closed' | 'invite'
}

/** How long an invitation code for sign-up is valid (ms). */
const inviteMs = 7 * 24 * 3_600_000

/** Passwords of newcomers wait longest: see the weights of Logins. */
const newcomerWeight = 4

interface NewDetails {
  readonly name: string
  readonly email: string | undefined
  readonly password: string
  readonly invite: string | undefined
  readonly operator: boolean
  readonly initialPassword: boolean
  /** Of a newcomer. */
  readonly address: string | undefined
  /** Aborted when the new person is gone: then no account is made. */
  readonly gone?: AbortSignal | undefined
}

/** Makes accounts: sign-up, invitation codes for it, accounts that operators make, and the names for all of these. */
export class Accounts {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #timeline: Timeline
  readonly #hasher: PasswordHasher
  readonly #secrets: SecretSource
  readonly #addresses: LoginAddresses
  readonly #passwords: Passwords
  readonly #rules: SignupRules
  readonly #ceilings: Ceilings
  readonly #space: FreeSpace
  readonly #signups: SignupLimit
  /** Invitation codes are made one at a time, so that simultaneous requests cannot exceed the ceiling. */
  readonly #inviting = new Mutex()

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    timeline: Timeline
    hasher: PasswordHasher
    secrets: SecretSource
    addresses: LoginAddresses
    passwords: Passwords
    space: FreeSpace
    rules: SignupRules
    limits: { readonly signupsPerHour: number }
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#timeline = parts.timeline
    this.#hasher = parts.hasher
    this.#secrets = parts.secrets
    this.#addresses = parts.addresses
    this.#passwords = parts.passwords
    this.#space = parts.space
    this.#rules = parts.rules
    this.#signups = new SignupLimit(parts.limits, parts.clock)
    this.#ceilings = parts.ceilings
  }

  /** Returns the name if an operator may give it to a new account. */
  checkFreeName(name: string): string {
    if (this.#directory.isTaken(checkName(name), true)) throw fail({ code: 'name-taken', name })
    return name
  }

  /**
   * Holds a name for a new account while the person (`by`) answers questions, so that nobody takes it meanwhile; see
   * `Directory.claim`. The caller has to release it in any case. Returns the name.
   */
  claimName(
    name: string,
    by: object,
    { first, guest, from }: { first?: boolean; guest?: Guest | undefined; from?: Origin } = {},
  ): string {
    this.#directory.claim(checkName(name), by, {
      ...(guest ? { guest } : {}),
      ...(first ? { first } : {}),
      ...(from ? { from } : {}),
    })
    return name
  }

  /** Holds names firmly, for accounts that an operator makes at once. The caller has to release them in any case. */
  claimNames(names: readonly string[], by: object): void {
    this.#directory.claimAll(names.map(checkName), by)
  }

  releaseName(by: object): void {
    this.#directory.release(by)
  }

  /** Refuses sign-up if it is closed, or has to wait at this address, before the server asks for a name. */
  checkSignupOpen(address?: string): void {
    if (this.signupClosed) throw fail({ code: 'signup-closed' })
    this.#space.require()
    if (address !== undefined) this.#signups.check(this.#addresses.nameOf(address))
  }

  get signupClosed(): boolean {
    return this.#rules.signup === 'closed'
  }

  /** Whether sign-up needs an invitation code. */
  get needsInvite(): boolean {
    return this.#rules.signup === 'invite'
  }

  /** Returns a code, or refuses one that cannot be used. */
  async checkInvite(code: string): Promise<string> {
    if (!(await this.#store.hasInvite(hashSecret(code), this.#clock.now())))
      throw fail({ code: 'bad-invite' })
    return code
  }

  /** Makes a code that lets one new person sign up. Returns the code and its end. */
  async makeInvite(account: Account): Promise<{ invite: string; until: number }> {
    if (!this.needsInvite) throw fail({ code: 'not-allowed', why: 'invites-are-off' })
    this.#space.require()
    return this.#inviting.run(async () => {
      const at = this.#clock.now()
      checkCeiling(this.#ceilings, 'inviteCodes', await this.#store.countInvites(account.id, at))
      const invite = this.#secrets.recoveryCode()
      const until = at + inviteMs
      await this.#store.addInvite({ hash: hashSecret(invite), by: account.id, at, until })
      return { invite, until }
    })
  }

  /**
   * Makes an account for `by`, who may have claimed the name. The recovery code is shown once and stored only as a
   * hash. `address` is the address of the request, undefined for no network.
   */
  async signUp(
    details: Pick<NewDetails, 'name' | 'email' | 'password' | 'gone'> & {
      readonly invite?: string | undefined
    },
    guest?: Guest,
    address?: string,
    by: object = {},
  ): Promise<{ account: Account; recoveryCode: string }> {
    this.checkSignupOpen(address)
    const { invite } = details
    if (this.needsInvite && invite === undefined) throw fail({ code: 'bad-invite' })
    return this.#make({ ...details, invite, operator: false, initialPassword: false, address }, by, guest)
  }

  /** Makes an account for somebody else, who has to change its password at the first login. */
  async register(
    name: string,
    password: string,
    operator = false,
    by: object = {},
  ): Promise<{ account: Account; recoveryCode: string }> {
    // The person who runs createsuperuser is the operator: nobody else knows that password.
    const details = {
      name,
      email: undefined,
      password,
      invite: undefined,
      operator,
      initialPassword: !operator,
      address: undefined,
    }
    return this.#make(details, by)
  }

  /** Holds the name while the password is hashed and the account is stored. */
  async #make(
    details: NewDetails,
    by: object,
    guest?: Guest,
  ): Promise<{ account: Account; recoveryCode: string }> {
    const claim = { firmly: true, first: details.operator || details.initialPassword }
    this.#directory.claim(checkName(details.name), by, { ...claim, ...(guest ? { guest } : {}) })
    try {
      return await this.#makeOne(details)
    } finally {
      this.releaseName(by)
    }
  }

  async #makeOne(details: NewDetails): Promise<{ account: Account; recoveryCode: string }> {
    const { address, gone, name, invite, operator, initialPassword } = details
    const email = details.email === undefined ? undefined : checkEmail(details.email)
    const password = this.#passwords.check(details.password)
    const from = this.#addresses.nameOf(address)
    if (address !== undefined) this.#signups.take(from)
    const turn = { flow: from, weight: newcomerWeight, ...(gone ? { gone } : {}) }
    const passwordHash = await this.#hasher.hash(password, turn)
    const recoveryCode = this.#secrets.recoveryCode()
    const since = this.#clock.now()
    const key = foldName(name)
    const record = {
      name,
      key,
      email,
      passwordHash,
      recoveryHash: hashSecret(recoveryCode),
      since,
      operator,
      initialPassword,
      invite: invite === undefined ? undefined : hashSecret(invite),
    }
    const isNew = { settings: {}, seenAt: since, watch: false }
    const made = (id: number) => {
      const seen = this.#timeline.lastId
      const account = accountFrom({ id, name, operator, since, email, seen, initialPassword, ...isNew })
      this.#directory.add(account)
    }
    const id = await this.#store.createAccount(record, { log: [], tell: made }).catch((error: unknown) => {
      if (error instanceof NameTaken) throw fail({ code: 'name-taken', name })
      throw error instanceof InviteUsed ? fail({ code: 'bad-invite' }) : error
    })
    const account = this.#directory.account(id)
    // Nobody else knows of it yet, but an operator may.
    if (!account) throw fail({ code: 'cancelled' })
    return { account, recoveryCode }
  }
}
