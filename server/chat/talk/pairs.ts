import type { Clock } from '../../lib/clock.ts'
import type { ChatEvent } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { type Account, type Guest, type Listener, nowOf, type Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import { graceMs } from '../presence/grace.ts'
import type { Presence } from '../presence/presence.ts'

interface End {
  readonly person: Person
  readonly listener: Listener
}

interface Wish {
  person: Person
  readonly listener: Listener
  other: Person
}

/** One side of a private talk. */
class Side {
  person: Person
  /** The connection that talks; undefined while its line is lost, and the person may come back. */
  listener: Listener | undefined
  readonly other: Side
  /** The person is back on a new line, whose words go there only when they say so. */
  resting = false
  /** Gives up waiting for who has lost the line. */
  found: (() => void) | undefined

  constructor({ person, listener }: End, other: End | Side) {
    this.person = person
    this.listener = listener
    this.other = other instanceof Side ? other : new Side(other, this)
  }
}

/**
 * Private talks of two. One begins when both have chosen each other, each from one of their connections, and ends when
 * one of them ends it or is gone. It lives in memory, and the store knows only with whom somebody talks, so that a restart
 * is a line that has ended: what is said is a direct message like any other. Where the words of
 * somebody go changes by what they do themselves; what the other one does ends it at most, and then words go nowhere.
 */
export class Pairs {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #presence: Presence
  readonly #wishes = new Map<Listener, Wish>()
  readonly #sides = new Map<Listener, Side>()
  /** All of a person's, also those whose line is lost. */
  readonly #sidesOf = new Map<Person, Set<Side>>()
  /** Those whose talk the other one has ended while their line was lost, or the server is closing all: they may not know it. */
  readonly #endedMeanwhile = new WeakSet<Account>()
  /** The numbers of the list that a connection was shown last. */
  readonly #lists = new WeakMap<Listener, Person[]>()

  constructor(parts: { bus: Bus; clock: Clock; directory: Directory; presence: Presence }) {
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#presence = parts.presence
  }

  /** Everybody one can choose, in the order of their numbers, which count from 1. */
  list(person: Person, listener: Listener): string[] {
    const people = this.#presence.online().filter((other) => other !== person)
    this.#lists.set(listener, people)
    return people.map(({ name }) => name)
  }

  /** Chooses somebody by name or number of the list. Answers whether the talk has begun, or goes on. */
  choose(person: Person, listener: Listener, nameOrNumber: string): { with: string; begun: boolean } {
    const other = this.#find(listener, nameOrNumber)
    if (other === person) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    if (person.kind === 'account' && person.blocked.has(other))
      throw fail({ code: 'blocked', name: other.name })
    const own = this.#sides.get(listener)
    const side = own?.other.person === other ? own : this.#sideWith(person, other)
    if (side) {
      if (side !== own) this.#moveTo(listener, side)
      side.resting = false
      return { with: other.name, begun: true }
    }
    if (other.listeners.size === 0) throw fail({ code: 'offline', name: other.name })
    if (this.#wishes.get(listener)?.other === other) return { with: other.name, begun: false }
    this.end(listener, `${person.name} chose somebody else`)
    const match = [...this.#wishes.values()].find((wish) => wish.person === other && wish.other === person)
    if (match && !isBlocked(person, other)) {
      this.#wishes.delete(match.listener)
      this.#begin(match, { person, listener })
      match.listener.talkBegun(person.name)
      this.#tell({ type: 'paired', with: person.name }, [match.listener])
      return { with: other.name, begun: true }
    }
    this.#wishes.set(listener, { person, listener, other })
    if (!isBlocked(person, other)) this.#bus.publish({ type: 'chosen', by: person.name }, [{ person: other }])
    return { with: other.name, begun: false }
  }

  /** With whom the connection is in a talk: plain text goes there. */
  partnerOf(listener: Listener): Person | undefined {
    const side = this.#sides.get(listener)
    return side && !side.resting ? side.other.person : undefined
  }

  /** Ends a talk, or the wish for one, and tells the other. Answers what it was; undefined if there was none. */
  end(listener: Listener, reason?: string, byServer?: boolean): { with: string; begun: boolean } | undefined {
    const wish = this.#wishes.get(listener)
    if (wish) {
      this.#wishes.delete(listener)
      if (!isBlocked(wish.person, wish.other))
        this.#bus.publish({ type: 'unchosen', by: wish.person.name }, [{ person: wish.other }])
      return { with: wish.other.name, begun: false }
    }
    const side = this.#sides.get(listener)
    if (!side) return undefined
    this.#forget(side)
    this.#tellOver(side.other, reason, byServer)
    return { with: side.other.person.name, begun: true }
  }

  /**
   * The line of a connection is gone, and nobody on it has said so. A talk waits a moment for somebody who `mayReturn`:
   * what the other one says meanwhile waits for them alone.
   */
  lineEnded(listener: Listener, mayReturn: boolean): void {
    const side = this.#sides.get(listener)
    const reason = side && `${side.person.name} is gone`
    if (!side || !mayReturn || listener.grant || side.person.kind === 'guest') {
      // The server may be closing the other one's line as well.
      this.end(listener, reason, !mayReturn || undefined)
      return
    }
    this.#sides.delete(listener)
    side.listener = undefined
    side.found = this.#clock.after(graceMs, () => {
      this.#forget(side)
      this.#tellOver(side.other, reason)
    })
  }

  /**
   * Somebody has logged in anew. Answers with whom they talked in private when their line ended, unless that goes on where
   * they are still connected: their words go nowhere then, before they have said where. A talk whose line is lost waits for
   * them from now on; of one that nobody can go on with they are told once.
   */
  cameBack(account: Account, listener: Listener): { readonly with: string | undefined } | undefined {
    const sides = [...(this.#sidesOf.get(account) ?? [])]
    const lost = sides.find((side) => side.listener === undefined)
    if (lost) {
      lost.resting = true
      this.#moveTo(listener, lost)
      return { with: lost.other.person.name }
    }
    const { talkedWith } = account
    if (sides.length > 0 || talkedWith === undefined) return undefined
    const name = this.#directory.account(talkedWith)?.name
    if (name === undefined || this.#endedMeanwhile.delete(account)) this.hasChosen(account)
    return { with: name }
  }

  /** Somebody has said where words go, or goes, or knows that the other one has ended it: the next login need not ask whether they mean a talk that has ended. */
  hasChosen(person: Person): void {
    if (person.kind === 'account' && person.talkedWith !== undefined && !this.#sidesOf.has(person))
      this.#presence.markTalk(person, undefined)
  }

  /** A guest has made an account: their talks go on, and so do the wishes for one. */
  takeOver(account: Account, guest: Guest): void {
    const sides = this.#sidesOf.get(guest)
    this.#sidesOf.delete(guest)
    if (sides) this.#sidesOf.set(account, sides)
    for (const side of sides ?? []) {
      side.person = account
      this.#mark(side)
      this.#mark(side.other)
    }
    for (const wish of this.#wishes.values()) {
      if (wish.person === guest) wish.person = account
      if (wish.other === guest) wish.other = account
    }
  }

  /** The connections of those with whom somebody talks in private, or who wish to. */
  concerned(person: Person): Set<Listener> {
    const listeners = new Set<Listener>()
    for (const { other } of this.#sidesOf.get(person) ?? []) if (other.listener) listeners.add(other.listener)
    for (const wish of this.#wishes.values()) if (wish.other === person) listeners.add(wish.listener)
    return listeners
  }

  /** Ends the talks that somebody has with another, and the wishes for one: they are blocked now. */
  endBetween(person: Person, other: Person): void {
    for (const side of [...(this.#sidesOf.get(person) ?? [])]) {
      if (side.other.person !== other) continue
      this.#forget(side)
      this.#tellOver(side.other)
      // Who blocks somebody has not said where words go now.
      this.#tellOver(side)
    }
    for (const [listener, wish] of [...this.#wishes])
      if (wish.person === person && wish.other === other) this.end(listener)
  }

  #tell(event: ChatEvent, connections: readonly Listener[]): void {
    this.#bus.publish(event, [{ connections: new Set(connections) }])
  }

  #begin(one: End, two: End): void {
    const first = new Side(one, two)
    for (const side of [first, first.other]) {
      if (side.listener) this.#sides.set(side.listener, side)
      this.#sidesOf.set(side.person, (this.#sidesOf.get(side.person) ?? new Set()).add(side))
      this.#mark(side)
    }
  }

  /** Remembers for the next login, also over a restart, that somebody was talking. Scripts begin where they always do. */
  #mark({ person, listener, other }: Side): void {
    if (person.kind === 'guest' || listener?.grant) return
    this.#endedMeanwhile.delete(person)
    this.#presence.markTalk(person, other.person.kind === 'account' ? other.person.id : 0)
  }

  #forget(side: Side): void {
    for (const one of [side, side.other]) {
      one.found?.()
      if (one.listener) this.#sides.delete(one.listener)
      const sides = this.#sidesOf.get(one.person)
      sides?.delete(one)
      if (sides?.size === 0) this.#sidesOf.delete(one.person)
    }
  }

  /** Nobody else decides where words go: they go nowhere until the person has chosen. */
  #tellOver({ person, listener, other }: Side, reason?: string, maybeUnread = !listener): void {
    if (maybeUnread && person.kind === 'account') this.#endedMeanwhile.add(person)
    if (!listener) return
    const { name } = other.person
    const back = listener.talkEnded(name)
    const why = reason === undefined ? {} : { reason }
    this.#tell({ type: 'unpaired', with: name, ...why, ...(back === undefined ? {} : { back }) }, [listener])
    // They know: a later login need not say it again.
    if (!listener.grant && !maybeUnread) this.hasChosen(person)
  }

  /** A talk goes on at this connection of the person, and no more where it was. */
  #moveTo(listener: Listener, side: Side): void {
    this.end(listener, `${side.person.name} chose somebody else`)
    side.found?.()
    side.found = undefined
    const before = side.listener
    if (before) {
      this.#sides.delete(before)
      this.#tellOver(side, 'it goes on at another connection of yours')
    }
    side.listener = listener
    this.#sides.set(listener, side)
  }

  #sideWith(person: Person, other: Person): Side | undefined {
    for (const side of this.#sidesOf.get(person) ?? []) if (side.other.person === other) return side
    return undefined
  }

  #find(listener: Listener, nameOrNumber: string): Person {
    if (!/^\d+$/.test(nameOrNumber)) return this.#directory.require(nameOrNumber)
    const person = this.#lists.get(listener)?.[Number(nameOrNumber) - 1]
    if (person === undefined) throw fail({ code: 'no-such-user', name: nameOrNumber })
    const now = nowOf(person)
    // The number is of who was in the list, and not of who has that nick now.
    const isGone = now.kind === 'guest' ? now.listeners.size === 0 : now.deleted
    if (isGone) throw fail({ code: 'no-such-user', name: now.name })
    return now
  }
}

function isBlocked(person: Person, by: Person): boolean {
  return by.kind === 'account' && by.blocked.has(person)
}
