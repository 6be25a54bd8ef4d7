import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Turn } from '../../lib/fair-slots.ts'
import { KeyedMutex } from '../../lib/keyed-mutex.ts'
import { Mutex } from '../../lib/mutex.ts'
import { preparePassword } from '../../lib/password-text.ts'
import type { Channels } from '../channels/channels.ts'
import type { Counts } from '../machine/counts.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import type { Count } from '../model/count.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import { checkEmail, checkName, foldName } from '../model/names.ts'
import { accountDeleted } from '../model/parting.ts'
import type { Account, Guest, Listener, Person, Settings } from '../model/people.ts'
import type { Ended, ProfileData } from '../model/replies/accounts.ts'
import type { LoginFailures } from '../model/replies/operators.ts'
import type { Reply } from '../model/replies.ts'
import type { Origin } from '../model/restraints.ts'
import { type Access, isStill } from '../people/access.ts'
import { accountFrom, type Directory } from '../people/directory.ts'
import type { DeletionMode } from '../ports/records.ts'
import type { PasswordHasher, SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { InviteUsed, NameTaken, StoreUnavailable } from '../ports/store-errors.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { Incidents } from '../safety/incidents.ts'
import type { LoginAddresses } from './login-addresses.ts'
import { LoginGuard } from './login-guard.ts'
import { SignupLimit } from './signup-limit.ts'
import { hashSecret, type Tokens } from './tokens.ts'

export interface AccountRules {
  readonly signup: 'open' | 'closed' | 'invite'
  readonly passwordMinLength: number
  /** What happens to the messages of a deleted account. */
  readonly deletedMessages: 'keep' | 'remove'
  /** Whether people without an account may come in. */
  readonly guests: boolean
}

/** How long an invitation code for sign-up is valid (ms). */
const inviteMs = 7 * 24 * 3_600_000

/** bcrypt reads no more bytes than this; the rest of a longer password would not count. */
const passwordMaxBytes = 72

/** The common key for failures to log in by impossible names. */
const impossible = '(impossible)'

/**
 * The order in which waiting passwords are checked: first members at addresses where they are known, newcomers last.
 */
const weights = { known: 1, stranger: 2, newcomer: 4 } as const

/** The account that has logged in; by a token, if there is a grant. */
export interface LoggedIn {
  readonly account: Account
  readonly grant: Grant | undefined
  /** The account's `access` when the password was checked: see `isStill`. */
  readonly access: number
}

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

/** Accounts and the secrets that prove them. */
/** A person who does something, and their connection. */
export interface Doer {
  readonly name: string
  readonly via: Listener
}

export class Accounts {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #hasher: PasswordHasher
  readonly #secrets: SecretSource
  readonly #tokens: Tokens
  readonly #addresses: LoginAddresses
  readonly #access: Access
  readonly #rules: AccountRules
  /** The accounts that are being deleted at this moment. */
  readonly #ending = new Set<Account>()
  readonly #ceilings: Ceilings
  /** Passwords, tokens and codes change one at a time, so that nobody makes one by a secret that is being changed. */
  readonly #changes = new Mutex()
  readonly #guard: LoginGuard
  readonly #space: FreeSpace
  /** Settings change one at a time, so that of two simultaneous changes none is lost. */
  readonly #settings = new KeyedMutex<Account>()
  readonly #signups: SignupLimit
  readonly #whenOperator: ((account: Account, by: Doer | undefined) => void)[] = []
  readonly #whenDeleted: ((account: Account, fate: DeletionMode) => void)[] = []

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    channels: Channels
    timeline: Timeline
    counts: Counts
    hasher: PasswordHasher
    secrets: SecretSource
    tokens: Tokens
    addresses: LoginAddresses
    access: Access
    incidents: Incidents
    space: FreeSpace
    rules: AccountRules
    limits: { readonly signupsPerHour: number }
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#hasher = parts.hasher
    this.#secrets = parts.secrets
    this.#tokens = parts.tokens
    this.#rules = parts.rules
    this.#signups = new SignupLimit(parts.limits, parts.clock)
    this.#ceilings = parts.ceilings
    this.#guard = new LoginGuard(parts.clock, {
      counts: parts.counts,
      failed: (name, address) => parts.incidents.failedLogin(name, address),
    })
    this.#addresses = parts.addresses
    this.#space = parts.space
    this.#access = parts.access
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

  get passwordMinLength(): number {
    return this.#rules.passwordMinLength
  }

  /** Returns a new password in its form for comparison; refuses one that breaks the rules. */
  checkPassword(typed: string): string {
    const password = preparePassword(typed)
    // Nobody sees such a space, and forms and copies lose it.
    if (/^ | $/.test(password)) throw fail({ code: 'password-spaces' })
    if ([...password].length < this.#rules.passwordMinLength)
      throw fail({ code: 'weak-password', minimum: this.#rules.passwordMinLength })
    if (Buffer.byteLength(password) > passwordMaxBytes)
      throw fail({ code: 'password-too-long', limit: passwordMaxBytes })
    return password
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
    return this.#changes.run(async () => {
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
    const password = this.checkPassword(details.password)
    const from = this.#addresses.nameOf(address)
    if (address !== undefined) this.#signups.take(from)
    const turn = { flow: from, weight: weights.newcomer, ...(gone ? { gone } : {}) }
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
    const isNew = { settings: {}, seenAt: since, unreadFrom: undefined, watch: false }
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
      const right = await this.#isPassword(id, secret, {
        flow,
        weight: weights[standing],
        ...(gone ? { gone } : {}),
      })
      if (!account || !right || !isStill(account, access)) throw fail({ code: 'bad-login' })
      return { account, grant: undefined, access }
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
   * Returns the value that `setPassword` needs.
   */
  async prove(account: Account, password: string, address?: string): Promise<number> {
    const { access } = account
    const from = this.#addresses.nameOf(address)
    const attempt = { name: this.#guardKey(account.name), address: from, standing: 'inside' } as const
    await this.#guard.attempt(attempt, async () => {
      if (!(await this.#isPassword(account.id, password)) || !isStill(account, access))
        throw fail({ code: 'bad-login', wrong: 'own' })
    })
    return access
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

  /**
   * Sets the password of somebody who knew the old one when `access` had this value. Closes all their other
   * connections but those of scripts, which have secrets of their own: `tokens` are those that stay valid.
   */
  async setPassword(account: Account, password: string, access: number, via?: Listener): Promise<Ended> {
    const hash = await this.#hasher.hash(this.checkPassword(password))
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
  async setInitialPassword(account: Account, password: string, via?: Listener): Promise<Ended> {
    const hash = await this.#hasher.hash(this.checkPassword(password))
    return this.#changes.run(async () => {
      const tokens = await this.#tokens.names(account)
      await this.#store.setInitialPassword(account.id, hash)
      account.initialPassword = true
      return { connections: this.#access.end(account, { why: 'password', how: 'set' }, via), tokens }
    })
  }

  /** Makes somebody an operator, or a plain member again. Throws `last-operator` for the only operator. */
  async setOperator(account: Account, on: boolean, by?: Doer): Promise<void> {
    if (!on) this.requireAnotherOperator(account)
    const before = account.operator
    // Without waiting in between, so that two operators who demote each other at once do not both find another one.
    if (!on) this.#directory.setOperator(account, false)
    try {
      await this.#store.setOperator(account.id, on, {
        log: on === before ? [] : [{ kind: 'operator', account: account.id }],
        tell: () => {
          this.#directory.setOperator(account, on)
          if (on !== before) for (const task of this.#whenOperator) task(account, by)
        },
      })
    } catch (error) {
      this.#directory.setOperator(account, before)
      throw error
    }
  }

  /** Throws `last-operator` if there would be no operator left. */
  requireAnotherOperator(account: Account): void {
    if (!account.operator) return
    for (const other of this.#directory.operators()) if (!other.deleted && other !== account) return
    throw fail({ code: 'last-operator', name: account.name })
  }

  /**
   * Refuses a wrong recovery code; an unknown name gets the same answer. A right code never waits, because nobody can
   * guess one.
   */
  async checkRecovery(name: string, code: string, address?: string): Promise<Account> {
    const account = await this.#findRecovered(name, code)
    if (!account) {
      this.#guard.failedLong(this.#guardKey(name), this.#addresses.nameOf(address))
      throw fail({ code: 'bad-login', wrong: 'code' })
    }
    // A person who can set the password must not have to wait to use it.
    this.#guard.clear(this.#guardKey(name))
    return account
  }

  /** Finds the account of that name, if this is its recovery code. */
  async #findRecovered(name: string, code: string): Promise<Account | undefined> {
    const account = this.#directory.findAccount(name)
    // Nobody has number 0.
    const secrets = await this.#store.secretsOf(account?.id ?? 0)
    const given = Buffer.from(hashSecret(code))
    const right = Buffer.from(secrets?.recoveryHash ?? hashSecret(''))
    const fits = given.length === right.length && timingSafeEqual(given, right)
    return fits && secrets && !account?.deleted ? account : undefined
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
    const passwordHash = await this.#hasher.hash(this.checkPassword(password))
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
    const account = await this.#findRecovered(name, code)
    if (!account) throw fail({ code: 'bad-login', wrong: 'code' })
    return account
  }

  async setEmail(account: Account, address: string | undefined): Promise<void> {
    const email = address === undefined ? undefined : checkEmail(address)
    if (email !== undefined) this.#space.require()
    await this.#store.setEmail(account.id, email)
    account.email = email
  }

  /** Remembers settings of a member or a guest; those of a guest are kept while they are here. */
  async choose(person: Person, change: Settings): Promise<void> {
    if (person.kind === 'account') await this.setSettings(person, change)
    else person.settings = { ...person.settings, ...change }
  }

  /** Changes some settings and keeps the others; `change` may be a function of the settings at that time. */
  async setSettings(account: Account, change: Settings | ((now: Settings) => Settings)): Promise<void> {
    await this.#settings.run(account, async () => {
      const now = account.settings
      const settings = { ...now, ...(typeof change === 'function' ? change(now) : change) }
      await this.#store.setSettings(account.id, settings)
      account.settings = settings
    })
  }

  /**
   * Deletes an account: closes all connections but the owner's, leaves every channel, frees the name, and forgets
   * everything but (if the operator has chosen so) the messages. `before` runs when the account can do nothing any
   * more. The deletion is noted first, so that `finishEndings` can finish it later if a part fails; then this throws
   * `half-done`. Throws `last-operator`.
   */
  async delete(
    account: Account,
    fate: DeletionMode = this.#rules.deletedMessages,
    { via, before }: { via?: Listener; before?: () => Promise<void> } = {},
  ): Promise<void> {
    if (account.deleted) throw fail({ code: 'cancelled' })
    this.requireAnotherOperator(account)
    // From here on the account can begin nothing: no login, no joining.
    account.deleted = true
    try {
      await this.#store.setEnding(account.id, fate)
    } catch (error) {
      account.deleted = false
      throw error
    }
    this.#access.end(account, { why: 'deleted', by: via ? 'owner' : 'operator' }, via)
    await this.#end(account, fate, via, before).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
      throw fail({
        code: 'half-done',
        detail: `${account.name} is deleted only in part: nobody can use the account any more, and the rest is done by itself as soon as the database can be written.${via ? ' You are logged out.' : ''}`,
      })
    })
  }

  /** Finishes deletions that failed in part; `before` as in `delete`. Rejects with StoreUnavailable. */
  async finishEndings(
    before: (account: Account, fate: DeletionMode) => (() => Promise<void>) | undefined,
  ): Promise<void> {
    for (const { account: id, fate } of await this.#store.endings()) {
      const account = this.#directory.account(id)
      if (!account || this.#ending.has(account)) continue
      account.deleted = true
      await this.#end(account, fate, undefined, before(account, fate))
    }
  }

  async #end(
    account: Account,
    fate: DeletionMode,
    via: Listener | undefined,
    before: (() => Promise<void>) | undefined,
  ): Promise<void> {
    this.#ending.add(account)
    try {
      await this.#channels.leaveAll(account, via, accountDeleted, !this.#rules.guests)
      await before?.()
      const at = this.#clock.now()
      const rests = await this.#store.deleteAccount(account.id, fate, at)
      this.#directory.remove(account)
      if (rests) this.#directory.rest(foldName(account.name), at)
    } finally {
      this.#ending.delete(account)
    }
    this.#guard.clear(this.#guardKey(account.name))
    for (const task of this.#whenDeleted) task(account, fate)
  }

  /** Calls back when somebody has become an operator, or no longer is one. */
  onOperator(task: (account: Account, by: Doer | undefined) => void): void {
    this.#whenOperator.push(task)
  }

  /** Calls back when an account is deleted. */
  onDeleted(task: (account: Account, fate: DeletionMode) => void): void {
    this.#whenDeleted.push(task)
  }

  profile(account: Account, reader?: Account): ProfileData {
    const { name, id, email, since, operator } = account
    return { name, id, since, operator, ...(email !== undefined && account === reader ? { email } : {}) }
  }

  /** The number of messages of an account. */
  async counts(account: Account): Promise<{ messages: Count }> {
    const limit = 1_000_000
    const count = await this.#store.countFrom(account.id, limit)
    return { messages: { count, more: count >= limit } }
  }

  /** What is stored about an account, in one answer. */
  async data(account: Account): Promise<Reply & { code: 'mydata' }> {
    const { messages } = await this.counts(account)
    const channels = [...account.channels].map((channel) => {
      const membership = channel.members.get(account)
      return {
        name: channel.name,
        since: membership?.since ?? 0,
        ...(membership?.role ? { role: membership.role } : {}),
      }
    })
    return {
      code: 'mydata',
      profile: this.profile(account, account),
      channels,
      tokens: await this.#tokens.list(account),
      addresses: await this.#addresses.list(account),
      messages,
    }
  }

  async #isPassword(account: number, password: string, turn?: Turn): Promise<boolean> {
    const secrets = await this.#store.secretsOf(account)
    const isRight = async (one: string) => {
      const fits = Buffer.byteLength(one) <= passwordMaxBytes
      return (await this.#hasher.verify(fits ? one : '', secrets?.passwordHash, turn)) && fits
    }
    const prepared = preparePassword(password)
    // Try the password as it was typed, too: older passwords were stored in that form.
    return (await isRight(prepared)) || (prepared !== password && (await isRight(password)))
  }
}
