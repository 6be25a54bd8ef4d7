import type { Clock } from '../../lib/clock.ts'
import type { ChatEvent } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Account, Guest, Listener, Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import { graceMs } from '../presence/grace.ts'
import type { Presence } from '../presence/presence.ts'
import { NumberedPeople } from './numbered-people.ts'
import { type End, Side } from './pair-side.ts'

interface Wish {
  person: Person
  readonly listener: Listener
  other: Person
}

/**
 * Private talks of two people. A talk begins when both have chosen each other, each from one of their connections. It ends
 * when one of them ends it or is gone. What they say is a direct message like any other. Talks live in memory, and the store
 * knows only with whom somebody talks: to the people a restart is like a lost line.
 *
 * A person alone decides where their words go. The other person can only end the talk, and then the words go nowhere.
 */
export class Pairs {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #presence: Presence
  readonly #wishes = new Map<Listener, Wish>()
  readonly #sides = new Map<Listener, Side>()
  /** All sides of a person, also those whose line is lost. */
  readonly #sidesOf = new Map<Person, Set<Side>>()
  /** People who may not know that their talk has ended: the other one ended it while their line was lost or the server closed. */
  readonly #endedMeanwhile = new WeakSet<Account>()
  readonly #people: NumberedPeople

  constructor(parts: { bus: Bus; clock: Clock; directory: Directory; presence: Presence }) {
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#presence = parts.presence
    this.#people = new NumberedPeople(parts)
  }

  /** Everybody whom the person can choose, in the order of their numbers, which count from 1. */
  list(person: Person, listener: Listener): string[] {
    return this.#people.list(person, listener)
  }

  /** Chooses somebody by name or number of the list. Answers whether the talk has begun, or goes on. */
  choose(person: Person, listener: Listener, nameOrNumber: string): { with: string; begun: boolean } {
    const other = this.#people.find(listener, nameOrNumber)
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

  /** Who would like a talk with somebody, and has not got it. */
  wishesFor(person: Person): string[] {
    const wishes = [...this.#wishes.values()].filter(
      (wish) => wish.other === person && !isBlocked(wish.person, person),
    )
    return [...new Set(wishes.map((wish) => wish.person.name))]
  }

  /** With whom the connection is in a talk: plain text goes there. */
  partnerOf(listener: Listener): Person | undefined {
    const side = this.#sides.get(listener)
    return side && !side.resting ? side.other.person : undefined
  }

  /** Ends a talk, or the wish for one, and tells the other person. Answers what it was; undefined if there was none. */
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
   * The line of a connection is lost without a goodbye. A talk waits a moment for somebody who `mayReturn`; what the other
   * person says meanwhile is unread for them.
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
   * Somebody has logged in again. Answers with whom they talked in private when their line ended: their words go nowhere then
   * until they choose a place. Undefined if they did not talk, or the talk goes on at another connection of theirs. A talk
   * whose line is lost moves to this connection; a talk that nobody can continue is answered only once.
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

  /**
   * Somebody has chosen where their words go, or leaves, or knows that the other one ended the talk: the next login no longer
   * asks about it.
   */
  hasChosen(person: Person): void {
    if (person.kind === 'account' && person.talkedWith !== undefined && !this.#sidesOf.has(person))
      this.#presence.markTalk(person, undefined)
  }

  /** A guest has made an account: their talks and wishes go on. */
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

  /** The connections of people who talk in private with somebody, or wish to. */
  concerned(person: Person): Set<Listener> {
    const listeners = new Set<Listener>()
    for (const { other } of this.#sidesOf.get(person) ?? []) if (other.listener) listeners.add(other.listener)
    for (const wish of this.#wishes.values()) if (wish.other === person) listeners.add(wish.listener)
    return listeners
  }

  /** Ends the talks between two people, and the wishes of the first for the second: one has blocked the other. */
  endBetween(person: Person, other: Person): void {
    for (const side of [...(this.#sidesOf.get(person) ?? [])]) {
      if (side.other.person !== other) continue
      this.#forget(side)
      this.#tellOver(side.other)
      // A person who blocks somebody has not chosen where their words go now.
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

  /** Remembers for the next login, also over a restart, with whom somebody talks. Logins by a token start where they always do. */
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

  /** Tells a person that the talk is over. Their words go nowhere until they choose a place. */
  #tellOver({ person, listener, other }: Side, reason?: string, maybeUnread = !listener): void {
    if (maybeUnread && person.kind === 'account') this.#endedMeanwhile.add(person)
    if (!listener) return
    const { name } = other.person
    const back = listener.talkEnded(name)
    const why = reason === undefined ? {} : { reason }
    this.#tell({ type: 'unpaired', with: name, ...why, ...(back === undefined ? {} : { back }) }, [listener])
    // The person knows it now: the next login does not say it again.
    if (!listener.grant && !maybeUnread) this.hasChosen(person)
  }

  /** Moves a talk to this connection of the person, away from the one where it was. */
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
}

function isBlocked(person: Person, by: Person): boolean {
  return by.kind === 'account' && by.blocked.has(person)
}
