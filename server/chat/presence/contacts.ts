import type { Clock } from '../../lib/clock.ts'
import { excluding, including } from '../../lib/shared-set.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import type { Status } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { type Account, type Guest, type Person, statusOf } from '../model/people.ts'
import { type Origin, takenForMs } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { noteFor } from '../people/muting.ts'
import type { Store } from '../ports/store.ts'

/** The contacts of people, and whom they have blocked. */
export class Contacts {
  readonly #store: Store
  readonly #directory: Directory
  readonly #clock: Clock
  readonly #ceilings: Ceilings
  readonly #space: FreeSpace
  /** Accounts that were deleted within the last hour, and by whom they were blocked. */
  #shed: readonly {
    readonly account: Account
    readonly blockedBy: ReadonlySet<Account>
    readonly origins: ReadonlySet<string>
    readonly until: number
  }[] = []
  readonly #whenBlocked: ((account: Account, other: Person) => void)[] = []

  constructor(parts: {
    store: Store
    directory: Directory
    clock: Clock
    space: FreeSpace
    ceilings: Ceilings
  }) {
    this.#space = parts.space
    this.#store = parts.store
    this.#directory = parts.directory
    this.#clock = parts.clock
    this.#ceilings = parts.ceilings
  }

  /** Adds a contact; adding it again is fine. Answers the name. */
  async add(account: Account, name: string): Promise<string> {
    const other = this.#directory.require(name)
    if (other.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    if (other === account) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    this.#space.require()
    if (!account.contacts.has(other)) checkCeiling(this.#ceilings, 'contacts', account.contacts.size)
    await this.#store.setContact({ account: account.id, other: other.id }, true)
    requireThere(account, other)
    link(account, other)
    return other.name
  }

  async remove(account: Account, name: string): Promise<string> {
    const other = this.#directory.findAccount(name)
    if (!other || !account.contacts.has(other)) throw fail({ code: 'no-such-contact', name })
    await this.#store.setContact({ account: account.id, other: other.id }, false)
    account.contacts = excluding(account.contacts, other)
    other.contactOf = excluding(other.contactOf, account)
    return other.name
  }

  list(account: Account): { name: string; status: Status; note?: string }[] {
    return [...account.contacts]
      .map((contact) => ({
        name: contact.name,
        status: statusOf(contact),
        ...shown(noteFor(account, contact, this.#clock.steady())),
      }))
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  async setWatch(account: Account, on: boolean): Promise<void> {
    await this.#store.setWatch(account.id, on)
    account.watch = on
  }

  /**
   * Blocks a person: the account hears nothing from them any more, and they are not told. Invitations between the two and
   * private talks end. Answers the name.
   */
  async block(account: Account, name: string): Promise<string> {
    const other = this.#directory.require(name)
    if (other === account) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    if (other.kind === 'account' && other.operator) throw fail({ code: 'not-allowed', why: 'not-operators' })
    if (!account.blocked.has(other)) checkCeiling(this.#ceilings, 'blocks', account.blocked.size)
    const check = () => requireThere(account, other)
    const blocked = () => {
      block(account, other)
      for (const task of this.#whenBlocked) task(account, other)
    }
    if (other.kind === 'account') {
      const link = { account: account.id, other: other.id }
      await this.#store.setBlock(link, true, { log: [], check, tell: blocked })
      return other.name
    }
    const became = await this.#store.inTurn(() => {
      check()
      if (!other.became) blocked()
      return other.became
    })
    return became ? this.block(account, became.name) : other.name
  }

  /** Calls back when somebody has blocked another. */
  onBlocked(task: (account: Account, other: Person) => void): void {
    this.#whenBlocked.push(task)
  }

  /**
   * A block outlives a new name: people who blocked what the connection was before have blocked what it is now, and so, for an
   * hour, have people who blocked an account that was deleted at the same address.
   */
  async follow(person: Person, { formerly, origin }: Origin, guest?: Guest): Promise<void> {
    const now = this.#clock.steady()
    this.#shed = this.#shed.filter(({ until }) => until > now)
    const gone = this.#shed.filter((one) => one.origins.has(origin) || formerly.includes(one.account))
    const before = [...formerly, ...(guest ? [guest] : [])]
    const by = new Set([...gone, ...before].flatMap(({ blockedBy }) => [...blockedBy]))
    for (const one of by) {
      if (one === person || one.deleted || one.blocked.has(person)) continue
      if (person.kind === 'guest') {
        block(one, person)
        continue
      }
      const blocked = () => {
        if (!one.deleted && !person.deleted) block(one, person)
      }
      await this.#store.setBlock({ account: one.id, other: person.id }, true, { log: [], tell: blocked })
    }
  }

  /** An account that is connected from there is being deleted: people who blocked it have blocked the next one from there. */
  deleted(account: Account, origins: readonly string[]): void {
    if (account.blockedBy.size === 0) return
    const shed = { account, blockedBy: new Set(account.blockedBy), origins: new Set(origins) }
    this.#shed = [...this.#shed, { ...shed, until: this.#clock.steady() + takenForMs }]
  }

  async unblock(account: Account, name: string): Promise<string> {
    const other = this.#directory.find(name)
    if (!other || !account.blocked.has(other)) throw fail({ code: 'no-such-ban', name })
    const unblocked = () => {
      account.blocked = excluding(account.blocked, other)
      other.blockedBy = excluding(other.blockedBy, account)
    }
    if (other.kind === 'guest') await this.#store.inTurn(unblocked)
    else
      await this.#store.setBlock({ account: account.id, other: other.id }, false, {
        log: [],
        tell: unblocked,
      })
    return other.name
  }

  blocked(account: Account): string[] {
    return [...account.blocked].map(({ name }) => name).sort()
  }

  /** Forgets a deleted account, on both sides; the store does so by itself. */
  forget(account: Account): void {
    for (const other of account.contacts) other.contactOf = excluding(other.contactOf, account)
    for (const other of account.contactOf) other.contacts = excluding(other.contacts, account)
    for (const other of account.blocked) other.blockedBy = excluding(other.blockedBy, account)
    for (const other of account.blockedBy) other.blocked = excluding(other.blocked, account)
  }
}

/**
 * Nobody would end a link to somebody who went while it waited for its turn. Throws `cancelled` if that is the account itself, and
 * `no-such-user`.
 */
function requireThere(account: Account, other: Person): void {
  if (account.deleted) throw fail({ code: 'cancelled' })
  const isGone = other.kind === 'guest' ? !other.became && other.listeners.size === 0 : other.deleted
  if (isGone) throw fail({ code: 'no-such-user', name: other.name })
}

function shown(note: string | undefined): { note?: string } {
  return note ? { note } : {}
}

/** Makes `other` a contact, in memory. */
export function link(account: Account, other: Account): void {
  account.contacts = including(account.contacts, other)
  other.contactOf = including(other.contactOf, account)
}

/** Blocks `other`, in memory. */
export function block(account: Account, other: Person): void {
  account.blocked = including(account.blocked, other)
  other.blockedBy = including(other.blockedBy, account)
}
