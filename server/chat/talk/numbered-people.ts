import { fail } from '../model/failures.ts'
import { type Listener, nowOf, type Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Presence } from '../presence/presence.ts'
import { nobody } from './target.ts'

/** The people online as a numbered list, so that somebody can choose one by a number. */
export class NumberedPeople {
  readonly #directory: Directory
  readonly #presence: Presence
  /** The list that each connection was shown last. */
  readonly #lists = new WeakMap<Listener, Person[]>()

  constructor(parts: { directory: Directory; presence: Presence }) {
    this.#directory = parts.directory
    this.#presence = parts.presence
  }

  /** Everybody whom the person can choose, in the order of their numbers, which count from 1. */
  list(person: Person, listener: Listener): string[] {
    const people = this.#presence.online().filter((other) => other !== person)
    this.#lists.set(listener, people)
    return people.map(({ name }) => name)
  }

  /** The person with that name, or with that number in the list shown last. Throws `no-such-user`. */
  find(listener: Listener, nameOrNumber: string): Person {
    if (!/^\d+$/.test(nameOrNumber)) return this.#directory.require(nameOrNumber)
    const person = this.#lists.get(listener)?.[Number(nameOrNumber) - 1]
    if (person === undefined) throw fail({ code: 'no-such-user', name: nameOrNumber })
    const now = nowOf(person)
    // The number means the person in the list, not a guest who has that nick by now.
    const isGone = now.kind === 'guest' ? now.listeners.size === 0 : now.deleted
    if (isGone) throw nobody(now)
    return now
  }
}
