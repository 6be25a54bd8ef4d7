import type { Clock } from '../../lib/clock.ts'
import type { Channels } from '../channels/channels.ts'
import type { Counts } from '../machine/counts.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { type Audience, hearersOf, unblocked } from '../model/audience.ts'
import { isIn } from '../model/channel.ts'
import type { ChatEvent, Message, MessageKind } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { meansChannel, withoutPunctuation } from '../model/names.ts'
import type { Channel } from '../model/people.ts'
import { type Account, type Guest, type Listener, nowOf, type Person } from '../model/people.ts'
import type { Reply } from '../model/replies.ts'
import { restraintOn, told } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { noteFor } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { AppendedMessage } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import { namesIn } from './mentions.ts'

/** The target of somebody's words: a channel or a person. */
export type Target = Channel | Person

export function isChannel(target: Target): target is Channel {
  return 'members' in target
}

/** A message and its target. */
export interface Said {
  readonly id: number
  readonly target: Target
}

/** How many messages of a guest can be edited or deleted, the newest ones. */
const mostOfGuest = 50
/** For how many accounts that were guests, the newest ones, the server knows the messages to them as guests. */
const mostWereGuests = 1_000

/** The most absent people of whom the author is told that they were named. */
const mostAbsent = 5

/** Somebody who wrote to one person, and when, in ticks. */
export interface Writer {
  readonly person: Person
  readonly ticks: number
}

/** How a message is stored, and then shown. */
export interface Telling {
  readonly append: (
    message: AppendedMessage,
    tell: (id: number) => void,
    check: () => void,
  ) => Promise<number>
  readonly event: (message: Message, own?: true) => ChatEvent
}

/** The text of a message, its author and the connection. */
interface Words {
  readonly from: Person
  readonly kind: MessageKind
  readonly text: string
  readonly via: Listener | undefined
  readonly telling: Telling
}

/** Where words go. */
interface Address {
  /** The kind under which the message is counted. */
  readonly kind: 'channel' | 'direct' | 'notice'
  readonly target: Target | undefined
  readonly stored: Pick<AppendedMessage, 'channel' | 'to' | 'toGuest' | 'blocked' | 'mentions'>
  /** With the names that hold when it is told. */
  readonly shown: () => Pick<Message, 'channel' | 'to'>
  /** Throws if it may not be said any more when its turn has come. */
  readonly check: () => void
  /** Tells those whom it concerns, once it is stored. */
  readonly tell: (message: Message) => void
}

/** To everybody. */
const everywhere: Address['stored'] = {
  channel: undefined,
  to: undefined,
  toGuest: undefined,
  blocked: false,
  mentions: [],
}

/** Says messages: it first stores them, then shows them. */
export class Talk {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #counts: Counts
  readonly #space: FreeSpace
  readonly #plainly: Telling
  /** The last two people who wrote to a person directly, the newest first. */
  readonly #writers = new WeakMap<Person, readonly Writer[]>()
  /** Recent messages of guests. A nick in the store does not prove who the author was. */
  readonly #byGuests = new WeakMap<Person, Said[]>()
  /** The numbers of direct messages to people as guests. */
  readonly #toGuests = new WeakMap<Person, number[]>()
  /** Accounts of people who were guests before. */
  readonly #wereGuests = new Set<Account>()

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    timeline: Timeline
    counts: Counts
    space: FreeSpace
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#counts = parts.counts
    this.#space = parts.space
    this.#plainly = {
      append: (message, tell, check) => this.#store.append(message, tell, check),
      event: (message, own) => (own ? { type: 'message', message, own } : { type: 'message', message }),
    }
  }

  /** Finds the target that `#name`, `name`, `@name` or `#7` means, if this person may speak there. */
  target(person: Person, name: string): Target {
    if (meansChannel(name)) return this.#channels.require(name, person)
    return this.#directory.require(name)
  }

  /** Says something to a target. Everybody concerned hears it, except the connection that said it. */
  say(
    from: Person,
    target: Target,
    kind: MessageKind,
    text: string,
    via?: Listener,
    telling = this.#plainly,
  ): Promise<Reply & { code: 'said' }> {
    this.#space.require()
    const words = { from, kind, text, via, telling }
    return isChannel(target) ? this.#sayInChannel(words, target) : this.#sayTo(words, target)
  }

  /** Throws if this person may not say anything there now. */
  check(from: Person, target: Target): void {
    this.#space.require()
    if (isChannel(target)) this.#checkChannel(from, target)
    else checkPerson(from, target)
  }

  #checkChannel(from: Person, channel: Channel): void {
    if (isGone(from, channel)) throw fail({ code: 'not-a-member', channel: channel.name })
    this.#checkVoice(from, channel)
  }

  /**
   * The same for when the turn of what is said has come: somebody may be muted, banned or taken out by then, or the channel
   * closed. A guest whose line has ended meanwhile was there, and is heard.
   */
  gate(from: Person, channel: Channel): () => void {
    return () => {
      const person = nowOf(from)
      const hasLeft = person.kind === 'guest' && person.listeners.size === 0 && !channel.removed
      if (!hasLeft && isGone(person, channel) && isGone(from, channel))
        throw fail({ code: 'not-a-member', channel: channel.name })
      this.#checkVoice(person, channel)
    }
  }

  #checkVoice(from: Person, channel: Channel): void {
    const mute = restraintOn(channel, from, 'mute', this.#clock.steady())
    if (mute) throw fail({ code: 'muted', channel: channel.name, mute: told(mute, this.#clock) })
  }

  async #sayInChannel(words: Words, channel: Channel) {
    const { from, text, via, telling } = words
    this.#checkChannel(from, channel)
    const named = this.named(channel, from, text)
    const said = await this.#utter(words, {
      kind: 'channel',
      target: channel,
      stored: { ...everywhere, channel: channel.id, mentions: numbersOf(named) },
      shown: () => ({ channel: channel.name }),
      check: this.gate(from, channel),
      tell: (message) => {
        channel.lastId = message.id
        const told = telling.event(message)
        this.#bus.publish(told, [unblocked({ channel }, from)], via)
        if (named.length > 0) this.tellNamed(named, channel, told, message)
      },
    })
    const names = this.#absent(channel, text)
    return names.length > 0 ? { ...said, absent: { channel: channel.name, names } } : said
  }

  async #sayTo(words: Words, to: Person) {
    const { from, via, telling } = words
    checkPerson(from, to)
    // A blocked person is not told: it looks as if the message had arrived.
    const blocked = from.blockedBy.size > 0 && to.kind === 'account' && from.blockedBy.has(to)
    const said = await this.#utter(words, {
      kind: 'direct',
      target: to,
      stored: { ...everywhere, to: numberOf(to), toGuest: guestNameOf(to), blocked },
      shown: () => ({ to: to.name }),
      check: () => {
        if (to.kind === 'account' && to.deleted) throw fail({ code: 'no-such-user', name: to.name })
      },
      tell: (message) => {
        // A guest may have made an account meanwhile, and then hears as that account.
        this.#bus.publish(telling.event(message), blocked ? [] : [{ person: nowOf(to) }], via)
        if (from !== to) this.#bus.publish(telling.event(message, true), [{ person: from }], via)
        if (from !== to && !blocked) this.#wrote(from, to)
        if (to.kind === 'guest') this.#guestRead(to, message.id)
      },
    })
    return {
      ...said,
      ...(to.listeners.size === 0 ? { waits: to.name } : {}),
      ...(to.away === undefined
        ? {}
        : { away: { name: to.name, note: noteFor(from, to, this.#clock.steady()) ?? '' } }),
    }
  }

  /** Tells everybody; offline members read it at the next login. */
  announce(operator: Account, text: string, via?: Listener): Promise<Reply & { code: 'said' }> {
    const telling = this.#plainly
    return this.#utter(
      { from: operator, kind: 'notice', text, via, telling },
      {
        kind: 'notice',
        target: undefined,
        stored: everywhere,
        shown: () => ({}),
        check: () => undefined,
        tell: (message) => this.#bus.publish(telling.event(message), [{ everybody: true }], via),
      },
    )
  }

  /** The one way in which anything is said: stores the words, and once they have their number tells them. */
  async #utter(
    { from, kind, text, via, telling }: Words,
    { kind: counted, target, stored, shown, check, tell }: Address,
  ): Promise<{ readonly code: 'said'; readonly id: number; readonly at: number }> {
    const at = this.#timeline.stamp(this.#clock.now())
    const sender = { from: numberOf(from), fromGuest: guestNameOf(from) }
    const published = (id: number) => {
      if (from.kind === 'guest' && target) this.#guestSaid(from, id, target)
      this.#counts.messages.add(counted)
      this.#timeline.published(id)
      tell(marked({ id, at, kind, text, from: from.name, ...shown() }, via))
    }
    const id = await telling.append(keyed({ at, kind, text, ...sender, ...stored }, via), published, check)
    return { code: 'said', id, at }
  }

  /** Those in a channel whom a text names as `@name`. */
  named(channel: Channel, from: Person, text: string): Person[] {
    const found = new Set<Person>()
    for (const names of namesIn(text)) {
      for (const name of names) {
        const person = this.#directory.find(name)
        if (!person || !isIn(channel, person)) continue
        const blocks = person.kind === 'account' && from.blockedBy.has(person)
        if (person !== from && !blocks) found.add(person)
        // A person called `bob.` hears what may be for them, and bob hears it, too.
        if (withoutPunctuation(name) === name) break
      }
    }
    return [...found]
  }

  /** Whom a text names who does not read it, because they are not in the channel: whoever said it may think that they do. */
  #absent(channel: Channel, text: string): string[] {
    const found = new Set<Person>()
    for (const names of namesIn(text)) {
      const people = names.flatMap((name) => this.#directory.find(name) ?? [])
      if (people.some((person) => isIn(channel, person))) continue
      const [person] = people
      if (person && found.size < mostAbsent) found.add(person)
    }
    return [...found].map(({ name }) => name)
  }

  /** Tells those whom a message of a channel names, behind the message; also the message, where they are spared it. */
  tellNamed(named: readonly Person[], channel: Channel, told: ChatEvent, { id, from }: Message): void {
    const mention: ChatEvent = { type: 'mention', id, channel: channel.name, by: from }
    const connections = hearersOf(peopleOf(named), mention)
    this.#tellSpared(connections, channel, told)
    this.#bus.publish(mention, [{ connections }])
  }

  /** Tells what became of a message those whom it names, where they are spared the rest: that message they have read. */
  tellAgain(named: readonly Person[], channel: Channel, told: ChatEvent): void {
    this.#tellSpared(hearersOf(peopleOf(named), told), channel, told)
  }

  #tellSpared(listeners: ReadonlySet<Listener>, channel: Channel, told: ChatEvent): void {
    const spared = [...listeners].filter((one) => channel.listeners.spares(one, told))
    if (spared.length > 0) this.#bus.publish(told, [{ connections: new Set(spared) }])
  }

  /** What somebody said as a guest, on this connection or before they signed up on it: the last of it, oldest first. */
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

  // A guest may have made an account while something was stored.
  #guestRead(guest: Guest, id: number): void {
    keepLast(this.#toGuests, nowOf(guest), id)
  }

  #guestSaid(guest: Guest, id: number, target: Target): void {
    keepLast(this.#byGuests, nowOf(guest), { id, target })
  }

  /** The last two people who wrote directly to this person since the server started, the newest first. */
  writersTo(person: Person): readonly Writer[] {
    return (this.#writers.get(person) ?? []).map(({ person: writer, ticks }) => ({
      person: nowOf(writer),
      ticks,
    }))
  }

  /** Who wrote to a guest wrote to the account that the guest has made, and what the guest said is said by that. */
  takeOver(account: Account, guest: Guest): void {
    this.#writers.set(account, this.writersTo(guest))
    this.#byGuests.set(account, [...this.saidAsGuest(guest)])
    this.#toGuests.set(account, [...(this.#toGuests.get(guest) ?? [])])
    this.#wereGuests.add(account)
    const [first] = this.#wereGuests
    if (first && this.#wereGuests.size > mostWereGuests) this.#wereGuests.delete(first)
  }

  #wrote(from: Person, to: Person): void {
    const [last] = this.writersTo(to).filter(({ person }) => person !== from)
    this.#writers.set(to, [{ person: from, ticks: this.#clock.ticks() }, ...(last ? [last] : [])])
  }
}

function keepLast<T>(lists: WeakMap<Person, T[]>, person: Person, one: T): void {
  const list = lists.get(person) ?? []
  list.push(one)
  if (list.length > mostOfGuest) list.shift()
  lists.set(person, list)
}

/** Whether somebody's target is gone: a guest who left, or a channel that they are not in any more. */
export function isGone(from: Person, target: Target): boolean {
  if (isChannel(target)) return target.removed || !isIn(target, from)
  return target.kind === 'guest' ? target.listeners.size === 0 : target.deleted
}

function checkPerson(from: Person, to: Person): void {
  if (isGone(from, to)) throw fail({ code: 'no-such-user', name: to.name })
  if (from.kind === 'guest' && to.listeners.size === 0)
    throw fail({ code: 'not-allowed', why: 'offline-for-guests' })
}

function peopleOf(people: readonly Person[]): Audience[] {
  return people.map((person) => ({ person }))
}

/** The same, marked as `bot` if a login token says it. */
function marked<T extends object>(message: T, via: Listener | undefined): T & { bot?: true } {
  return via?.grant ? { ...message, bot: true } : message
}

/** What is stored of it: also by which key it is said once. */
function keyed(message: AppendedMessage, via: Listener | undefined): AppendedMessage {
  const it = marked(message, via)
  return via?.once === undefined ? it : { ...it, once: via.once }
}

/** Of the accounts among them: what guests were called proves nothing later. */
export function numbersOf(people: readonly Person[]): number[] {
  return people.flatMap((person) => (person.kind === 'account' ? [person.id] : []))
}

function numberOf(from: Person): number | undefined {
  return from.kind === 'account' ? from.id : undefined
}

function guestNameOf(from: Person): string | undefined {
  return from.kind === 'guest' ? from.name : undefined
}
