import { type Account, type Guest, nowOf, type Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Target } from './target.ts'

/** A message and its target. */
export interface Said {
  readonly id: number
  readonly target: Target
}

/** How many messages of a guest can be edited or deleted, the newest ones. */
const mostOfGuest = 50
/** For how many accounts that were guests, the newest ones, the server knows the messages to them as guests. */
const mostWereGuests = 1_000

/** Knows which messages each guest said and got while they are here: a nick in the store does not prove who the author was. */
export class GuestWords {
  readonly #directory: Directory
  /** Recent messages of guests. */
  readonly #byGuests = new WeakMap<Person, Said[]>()
  /** The numbers of direct messages to people as guests. */
  readonly #toGuests = new WeakMap<Person, number[]>()
  /** Accounts of people who were guests before. */
  readonly #wereGuests = new Set<Account>()

  constructor(parts: { directory: Directory }) {
    this.#directory = parts.directory
  }

  /** The last messages that somebody said as a guest, also before they signed up; oldest first. */
  saidAsGuest(person: Person): readonly Said[] {
    return this.#byGuests.get(person) ?? []
  }

  /** The person who said this as a guest, if they are still here; somebody else may have the nick by now. */
  whoSaidAsGuest(id: number): Person | undefined {
    return this.#lately((person) => this.saidAsGuest(person).some((said) => said.id === id))
  }

  /** The person who got this direct message as a guest. */
  whoReadAsGuest(id: number): Person | undefined {
    return this.#lately((person) => this.#toGuests.get(person)?.includes(id) === true)
  }

  #lately(matches: (person: Person) => boolean): Person | undefined {
    for (const people of [this.#directory.guests(), this.#wereGuests])
      for (const person of people) if (matches(person)) return person
    return undefined
  }

  /** Notes a direct message to a guest, who may have made an account meanwhile. */
  read(guest: Guest, id: number): void {
    keepLast(this.#toGuests, nowOf(guest), id)
  }

  /** Notes a message of a guest, who may have made an account meanwhile. */
  said(guest: Guest, said: Said): void {
    keepLast(this.#byGuests, nowOf(guest), said)
  }

  /** A guest made an account: the messages of the guest are those of the account. */
  takeOver(account: Account, guest: Guest): void {
    this.#byGuests.set(account, [...this.saidAsGuest(guest)])
    this.#toGuests.set(account, [...(this.#toGuests.get(guest) ?? [])])
    this.#wereGuests.add(account)
    const [first] = this.#wereGuests
    if (first && this.#wereGuests.size > mostWereGuests) this.#wereGuests.delete(first)
  }
}

function keepLast<T>(lists: WeakMap<Person, T[]>, person: Person, one: T): void {
  const list = lists.get(person) ?? []
  list.push(one)
  if (list.length > mostOfGuest) list.shift()
  lists.set(person, list)
}
