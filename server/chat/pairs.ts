import type { Directory } from './directory.ts'
import { fail } from './failures.ts'
import { tell } from './feed.ts'
import type { Listener, Person } from './people.ts'
import type { Presence } from './presence.ts'

/** One end of a private talk, or of the wish for one. */
interface End {
  readonly person: Person
  readonly listener: Listener
}

interface Wish extends End {
  readonly other: Person
}

/**
 * Private talks of two. One begins when both have chosen each other, each from one of their connections, and
 * ends when one of them ends it or is gone. It lives in memory: what is said is a direct message like any other.
 */
export class Pairs {
  readonly #directory: Directory
  readonly #presence: Presence
  readonly #wishes = new Map<Listener, Wish>()
  /** Each end of a talk by the other one's connection. */
  readonly #partners = new Map<Listener, End>()
  /** The numbers of the list that a connection was shown last. */
  readonly #lists = new WeakMap<Listener, string[]>()

  constructor(parts: { directory: Directory; presence: Presence }) {
    this.#directory = parts.directory
    this.#presence = parts.presence
  }

  /** Everybody one can choose, in the order of their numbers, which count from 1. */
  list(person: Person, listener: Listener): string[] {
    const names = this.#presence
      .online()
      .map(({ name }) => name)
      .filter((name) => name !== person.name)
    this.#lists.set(listener, names)
    return names
  }

  /** Chooses somebody by name or number of the list. Answers whether the talk has begun. */
  choose(person: Person, listener: Listener, nameOrNumber: string): { with: string; begun: boolean } {
    const other = this.#find(listener, nameOrNumber)
    if (other === person) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    if (person.kind === 'account' && person.blocked.has(other))
      throw fail({ code: 'blocked', name: other.name })
    if (other.listeners.size === 0) throw fail({ code: 'offline', name: other.name })
    if (this.#partners.get(listener)?.person === other) return { with: other.name, begun: true }
    if (this.#wishes.get(listener)?.other === other) return { with: other.name, begun: false }
    this.end(listener, `${person.name} chose somebody else`)
    const match = [...this.#wishes.values()].find((wish) => wish.person === other && wish.other === person)
    if (match && !isBlocked(person, other)) {
      this.#wishes.delete(match.listener)
      this.#partners.set(listener, match)
      this.#partners.set(match.listener, { person, listener })
      tell(match.listener, { type: 'paired', with: person.name })
      return { with: other.name, begun: true }
    }
    this.#wishes.set(listener, { person, listener, other })
    if (!isBlocked(person, other))
      for (const one of other.listeners) tell(one, { type: 'chosen', by: person.name })
    return { with: other.name, begun: false }
  }

  /** With whom the connection is in a talk: plain text goes there. */
  partnerOf(listener: Listener): Person | undefined {
    return this.#partners.get(listener)?.person
  }

  /** Ends a talk, or the wish for one, and tells the other. Answers what it was; undefined if there was none. */
  end(listener: Listener, reason?: string): { with: string; begun: boolean } | undefined {
    const wish = this.#wishes.get(listener)
    if (wish) {
      this.#wishes.delete(listener)
      if (!isBlocked(wish.person, wish.other))
        for (const one of wish.other.listeners) tell(one, { type: 'unchosen', by: wish.person.name })
      return { with: wish.other.name, begun: false }
    }
    const partner = this.#partners.get(listener)
    if (!partner) return undefined
    const self = this.#partners.get(partner.listener)
    this.#partners.delete(listener)
    this.#partners.delete(partner.listener)
    const target = partner.listener.target?.name
    if (self) {
      // Nobody else decides where words go: they go nowhere until the person has chosen.
      partner.listener.talkEnded(self.person.name)
      tell(partner.listener, {
        type: 'unpaired',
        with: self.person.name,
        ...(reason === undefined ? {} : { reason }),
        ...(target === undefined ? {} : { back: target }),
      })
    }
    return { with: partner.person.name, begun: true }
  }

  /** Ends the talks that somebody has with another, and the wishes for one: they are blocked now. */
  endBetween(person: Person, other: Person): void {
    for (const [listener, partner] of [...this.#partners])
      if (partner.person === other && this.#partners.get(partner.listener)?.person === person)
        this.end(listener)
    for (const [listener, wish] of [...this.#wishes])
      if (wish.person === person && wish.other === other) this.end(listener)
  }

  #find(listener: Listener, nameOrNumber: string): Person {
    if (!/^\d+$/.test(nameOrNumber)) return this.#directory.require(nameOrNumber)
    const name = this.#lists.get(listener)?.[Number(nameOrNumber) - 1]
    if (name === undefined) throw fail({ code: 'no-such-user', name: nameOrNumber })
    return this.#directory.require(name)
  }
}

function isBlocked(person: Person, by: Person): boolean {
  return by.kind === 'account' && by.blocked.has(person)
}
