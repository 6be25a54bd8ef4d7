import { Beginnings } from '../../lib/beginnings.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail } from '../model/failures.ts'
import { foldName, withoutPunctuation } from '../model/names.ts'
import { type Account, deletedName, type Guest, type Person } from '../model/people.ts'
import type { Origin } from '../model/restraints.ts'
import type { FormerName } from '../ports/records.ts'
import { FormerNames } from './former-names.ts'
import { FormerNicks } from './former-nicks.ts'
import { NameClaims } from './name-claims.ts'

const dayMs = 86_400_000

/** The names that only operators can give to somebody. */
export interface NameRules {
  /** The names, separated by blanks. */
  readonly reservedNames: string
  /** How long the names of deleted accounts are kept from others. */
  readonly nameRestDays: number
}

/** Everybody the server knows: all accounts, and the guests who are connected. */
export class Directory {
  readonly #accounts = new Map<number, Account>()
  readonly #accountsByKey = new Map<string, Account>()
  readonly #guestsByKey = new Map<string, Guest>()
  readonly #operators = new Set<Account>()
  /** The accounts with a connection. */
  readonly #connected = new Set<Account>()
  /** The names of everybody who is connected, in the form for comparison. */
  readonly #present = new Beginnings(() => this.present().map(({ name }) => foldName(name)))
  /** The earlier names of accounts. */
  readonly formerNames: FormerNames<Account>
  readonly #formerNicks: FormerNicks
  readonly #claims: NameClaims
  /** Below this number no `guest1`, `guest2` and so on is free. */
  #lowestGuest = 1
  /** Names of deleted accounts, and when they were deleted, in ms since the epoch. */
  readonly #resting = new Map<string, number>()
  readonly #clock: Clock
  readonly #rules: NameRules

  /** `rules` are read each time, because they may change. */
  constructor(clock: Clock, rules: NameRules = { reservedNames: '', nameRestDays: 0 }) {
    this.#clock = clock
    this.#rules = rules
    this.#formerNicks = new FormerNicks(clock)
    this.#claims = new NameClaims(clock)
    this.formerNames = new FormerNames(
      () => clock.now(),
      () => rules.nameRestDays,
    )
  }

  /**
   * Keeps the name of a deleted account (in the form for comparison): for some days only an operator can give it
   * away.
   */
  rest(key: string, at: number): void {
    this.#resting.set(key, at)
  }

  add(account: Account): void {
    const key = foldName(account.name)
    this.#resting.delete(key)
    this.#accounts.set(account.id, account)
    this.#accountsByKey.set(key, account)
    if (account.operator) this.#operators.add(account)
    this.formerNames.take(key)
    this.#formerNicks.take(`~${key}`)
  }

  /** Renames an account. The old name still finds it as long as the name is kept. */
  rename(account: Account, name: string, former: readonly FormerName[]): void {
    const before = foldName(account.name)
    this.#accountsByKey.delete(before)
    this.#present.delete(before)
    this.#freed(account.name)
    account.name = name
    this.add(account)
    if (this.#connected.has(account)) this.#present.add(foldName(name))
    this.formerNames.add(account, former)
  }

  remove(account: Account): void {
    const key = foldName(account.name)
    this.#accounts.delete(account.id)
    this.#accountsByKey.delete(key)
    this.#present.delete(key)
    this.#freed(account.name)
    this.#operators.delete(account)
    this.formerNames.forget(account)
  }

  addGuest(guest: Guest): void {
    const key = foldName(guest.name)
    this.#guestsByKey.set(key, guest)
    this.#present.add(key)
    this.#formerNicks.take(key)
  }

  /** Removes a guest who is gone. The nick is kept for a while if they have made an account with another name. */
  removeGuest(guest: Guest): void {
    const key = foldName(guest.name)
    if (this.#guestsByKey.get(key) !== guest) return
    this.#guestsByKey.delete(key)
    this.#present.delete(key)
    this.#freed(key)
    if (guest.became && key !== `~${foldName(guest.became.name)}`) this.#formerNicks.add(guest)
  }

  /** Gives a guest another nick; the old one is kept for a while. */
  renameGuest(guest: Guest, name: string): void {
    this.removeGuest(guest)
    this.#formerNicks.add(guest)
    guest.name = name
    this.addGuest(guest)
  }

  /**
   * Holds a name for the person who takes it, in place of one that they held before, until `release`: `firmly` while
   * the account is being made, otherwise for some minutes while the person answers questions. A guest may take their
   * own nick and one that they had before; so may a person who comes `from` it. An operator goes `first`, before
   * somebody who is only being asked. Throws `name-taken`.
   */
  claim(
    name: string,
    by: object,
    {
      firmly = false,
      first = false,
      guest,
      from,
    }: { firmly?: boolean; first?: boolean; guest?: Guest; from?: Origin } = {},
  ): void {
    const key = foldName(name)
    const isHolder = this.#claims.holderOf(key) === by
    const own =
      guest !== undefined && this.#guestsByKey.get(`~${key}`) === guest && !this.#accountsByKey.has(key)
    if ((!isHolder && this.#claims.isHeld(key, first)) || (!own && this.#isUsed(key)))
      throw fail({ code: 'name-taken', name })
    // The person who holds the name has passed the checks before.
    if (!first && !isHolder) this.checkKept(name, guest ?? from)
    this.release(by)
    this.#claims.hold(key, by, firmly)
  }

  /** Holds all of the names firmly, or none, for an operator. Throws `name-taken`. */
  claimAll(names: readonly string[], by: object): void {
    for (const name of names) if (this.isTaken(name, true)) throw fail({ code: 'name-taken', name })
    for (const name of names) this.#claims.hold(foldName(name), by, true)
  }

  /**
   * Refuses a name that only operators can give away: people would trust its owner too much, or take them for the
   * person who had the name until recently. `by` is the person who wants the name.
   */
  checkKept(name: string, by?: Origin): void {
    const key = foldName(name)
    if (this.#formerNicks.rests(name, by)) throw fail({ code: 'name-taken', name, lately: true })
    const former = this.formerNames.restsUntil(key)
    if (former !== undefined) throw fail({ code: 'name-taken', name, rests: former })
    if (foldName(this.#rules.reservedNames).split(' ').includes(key))
      throw fail({ code: 'name-taken', name, reserved: true })
    const at = this.#resting.get(key)
    const rests = at === undefined ? 0 : at + this.#rules.nameRestDays * dayMs
    if (rests > this.#clock.now()) throw fail({ code: 'name-taken', name, rests })
  }

  /** A nick for a guest who has chosen none: the first free one of `guest1`, `guest2` and so on. */
  freeNick(by: Origin): string {
    while (this.#isUsed(`guest${this.#lowestGuest}`)) this.#lowestGuest++
    for (let number = this.#lowestGuest; ; number++) {
      const nick = `guest${number}`
      if (!this.isTaken(nick) && !this.restsAsNick(nick, by)) return nick
    }
  }

  #freed(name: string): void {
    const [, number] = /^~?guest(\d+)$/i.exec(name) ?? []
    if (number !== undefined) this.#lowestGuest = Math.max(1, Math.min(this.#lowestGuest, Number(number)))
  }

  /** Whether a guest had that nick until recently, so that `by` may not have it. */
  restsAsNick(nick: string, by: Origin): boolean {
    return this.#formerNicks.rests(nick, by)
  }

  release(by: object): void {
    this.#claims.release(by)
  }

  accounts(): Iterable<Account> {
    return this.#accounts.values()
  }

  guests(): Iterable<Guest> {
    return this.#guestsByKey.values()
  }

  get accountCount(): number {
    return this.#accounts.size
  }

  operators(): Iterable<Account> {
    return this.#operators
  }

  /** Makes somebody an operator, or a plain member again. */
  setOperator(account: Account, on: boolean): void {
    account.operator = on
    if (on) this.#operators.add(account)
    else this.#operators.delete(account)
  }

  /** The accounts with a connection. */
  get connected(): ReadonlySet<Account> {
    return this.#connected
  }

  setConnected(account: Account, on: boolean): void {
    const key = foldName(account.name)
    this.#connected[on ? 'add' : 'delete'](account)
    // The name of a deleted account may be somebody else's by now.
    if (this.#accountsByKey.get(key) === account) this.#present[on ? 'add' : 'delete'](key)
  }

  /** Everybody who is connected and hears events for everybody. */
  present(): Person[] {
    return [...this.#connected, ...this.#guestsByKey.values()]
  }

  /** The same whose names begin so, by name, without a walk through all of them: members, and then guests. */
  *presentFrom(begun: string): Iterable<Person> {
    const key = foldName(begun)
    for (const start of key.startsWith('~') ? [key] : [key, `~${key}`])
      for (const name of this.#present.from(start)) {
        const person = this.#guestsByKey.get(name) ?? this.#accountsByKey.get(name)
        if (person && (person.kind === 'guest' || this.#connected.has(person))) yield person
      }
  }

  get guestCount(): number {
    return this.#guestsByKey.size
  }

  account(id: number): Account | undefined {
    return this.#accounts.get(id)
  }

  /** The name of the account with that number, also after the account was deleted. */
  nameOf(id: number): string {
    return this.#accounts.get(id)?.name ?? deletedName(id)
  }

  /**
   * True if an account or a connected guest goes by that name (without `~`), or somebody is taking it; `first` as for
   * `claim`.
   */
  isTaken(name: string, first = false): boolean {
    const key = foldName(name)
    return this.#isUsed(key) || this.#claims.isHeld(key, first)
  }

  #isUsed(key: string): boolean {
    return this.#accountsByKey.has(key) || this.#guestsByKey.has(`~${key}`)
  }

  /** Finds by `name`, `@name`, `~guest`, `#7`, `@7` or `7`; an account goes before a guest of the same name. */
  find(name: string): Person | undefined {
    // No name begins with a digit.
    if (/^[#@]?\d+$/.test(name)) return this.#accounts.get(Number(name.replace(/^[#@]/, '')))
    const key = foldName(name.replace(/^@/, ''))
    const now = this.#accountsByKey.get(key) ?? this.#guestsByKey.get(key) ?? this.#guestsByKey.get(`~${key}`)
    return now ?? this.formerNames.find(key) ?? this.#formerNicks.find(key)
  }

  findAccount(name: string): Account | undefined {
    const person = this.find(name)
    return person?.kind === 'account' ? person : undefined
  }

  /**
   * Like `find`, for a name as somebody has typed it, for example `bob:`. Throws a Failure if nobody has that name.
   */
  require(name: string): Person {
    const person = this.find(name) ?? this.find(withoutPunctuation(name))
    if (!person) throw fail({ code: 'no-such-user', name })
    return person
  }
}
