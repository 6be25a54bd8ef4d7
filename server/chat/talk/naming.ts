import { type Audience, hearersOf } from '../model/audience.ts'
import { isIn } from '../model/channel.ts'
import type { ChatEvent, Message } from '../model/events.ts'
import { withoutPunctuation } from '../model/names.ts'
import type { Channel, Listener, Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import { namesIn } from './mentions.ts'

/** The most absent people of whom the author is told that they were named. */
const mostAbsent = 5

/** Nearly all texts name nobody. */
const nobody: readonly Person[] = []
const noNames: readonly string[] = []
const noNumbers: readonly number[] = []

/** Knows whom a text names, and tells them. */
export class Naming {
  readonly #bus: Bus
  readonly #directory: Directory

  constructor(parts: { bus: Bus; directory: Directory }) {
    this.#bus = parts.bus
    this.#directory = parts.directory
  }

  /** Those in a channel whom a text names as `@name`. */
  named(channel: Channel, from: Person, text: string): readonly Person[] {
    if (!text.includes('@')) return nobody
    const found = new Set<Person>()
    for (const names of namesIn(text)) {
      for (const name of names) {
        const person = this.#directory.find(name)
        if (!person || !isIn(channel, person)) continue
        const blocks = person.kind === 'account' && from.blockedBy.has(person)
        if (person !== from && !blocks) found.add(person)
        // `@bob.` may mean somebody called `bob.`; then bob is told as well.
        if (withoutPunctuation(name) === name) break
      }
    }
    return [...found]
  }

  /** The names of people whom a text names and who do not read it because they are not in the channel: its author may not know that. */
  absent(channel: Channel, text: string): readonly string[] {
    if (!text.includes('@')) return noNames
    const found = new Set<Person>()
    for (const names of namesIn(text)) {
      const people = names.flatMap((name) => this.#directory.find(name) ?? [])
      if (people.some((person) => isIn(channel, person))) continue
      const [person] = people
      if (person && found.size < mostAbsent) found.add(person)
    }
    return [...found].map(({ name }) => name)
  }

  /** Tells people that a message of a channel names them, after the message. Connections that are spared the message get it, too. */
  tellNamed(named: readonly Person[], channel: Channel, told: ChatEvent, { id, from }: Message): void {
    const mention: ChatEvent = { type: 'mention', id, channel: channel.name, by: from }
    const connections = hearersOf(peopleOf(named), mention)
    this.#tellSpared(connections, channel, told)
    this.#bus.publish(mention, [{ connections }])
  }

  /** Tells the people whom a message names that it was edited or deleted, if they are spared the rest: they have read that message. */
  tellAgain(named: readonly Person[], channel: Channel, told: ChatEvent): void {
    this.#tellSpared(hearersOf(peopleOf(named), told), channel, told)
  }

  #tellSpared(listeners: ReadonlySet<Listener>, channel: Channel, told: ChatEvent): void {
    const spared = [...listeners].filter((one) => channel.listeners.spares(one, told))
    if (spared.length > 0) this.#bus.publish(told, [{ connections: new Set(spared) }])
  }
}

function peopleOf(people: readonly Person[]): Audience[] {
  return people.map((person) => ({ person }))
}

/** The numbers of the accounts among some people. Guests have none: a nick proves nothing later. */
export function numbersOf(people: readonly Person[]): readonly number[] {
  if (people.length === 0) return noNumbers
  return people.flatMap((person) => (person.kind === 'account' ? [person.id] : []))
}
