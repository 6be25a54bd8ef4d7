import { Beginnings } from '../../lib/beginnings.ts'
import type { Clock } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import { none } from '../../lib/shared-set.ts'
import { Sorted } from '../../lib/sorted.ts'
import { isIn, sizeOf } from '../model/channel.ts'
import { type Failure, fail } from '../model/failures.ts'
import { Feed } from '../model/feed.ts'
import { foldName, isChannelName, withoutPunctuation } from '../model/names.ts'
import type { Account, Channel, Person } from '../model/people.ts'
import { noneRestricted, noRestraints, restraintOn, told } from '../model/restraints.ts'
import { FormerNames } from '../people/former-names.ts'
import type { ChannelRecord, FormerName } from '../ports/records.ts'

export interface ChannelRules {
  /** The default channel. */
  readonly default: string
  readonly create: 'members' | 'operators'
  /** In channels of more people than this, joins and leaves are not announced. */
  readonly announceUpTo: number
}

export function channelFrom(record: ChannelRecord, isDefault: boolean): Channel {
  return {
    id: record.id,
    name: record.name,
    private: record.private,
    topic: record.topic,
    isDefault,
    alone: undefined,
    members: new Map(),
    guests: none(),
    listeners: new Feed(),
    ban: noRestraints,
    mute: noRestraints,
    restricted: noneRestricted,
    lastId: record.lastId,
    mutex: new Mutex(),
    removed: false,
  }
}

/** The registry of channels: finds them by name and number, and keeps them in the order of lists. */
export class Channels {
  readonly #byKey = new Map<string, Channel>()
  readonly #byId = new Map<number, Channel>()
  /** The names of the public ones, in the form for comparison. */
  readonly #publicNames = new Beginnings(() => this.#publicKeys())
  /** How many of them are private. */
  #privates = 0
  /** The earlier names of channels. */
  readonly formerNames: FormerNames<Channel>
  /** The largest first, then by name; made when somebody first asks for it. */
  #order: Sorted<Channel> | undefined
  readonly #clock: Clock
  readonly #rules: ChannelRules

  constructor(parts: { clock: Clock; rules: ChannelRules }) {
    this.#clock = parts.clock
    this.#rules = parts.rules
    this.formerNames = new FormerNames(() => this.#clock.now())
  }

  add(channel: Channel, former: readonly FormerName[] = []): void {
    this.formerNames.add(channel, former)
    this.formerNames.take(foldName(channel.name))
    this.#byKey.set(foldName(channel.name), channel)
    if (channel.private && !this.#byId.has(channel.id)) this.#privates++
    this.#byId.set(channel.id, channel)
    if (!channel.private) this.#publicNames.add(foldName(channel.name))
    this.#order?.add(channel)
  }

  /** Adds a new public channel that is stored and has no admin: operators lead it. */
  made(id: number, name: string): void {
    this.add(channelFrom({ id, name, private: false, topic: '', lastId: 0 }, false))
  }

  /** Gives a channel another name, and moves it to its new place in the lists. The former names still find it. */
  rename(channel: Channel, name: string, former: readonly FormerName[]): void {
    this.#order?.delete(channel)
    this.#forgetName(channel)
    channel.name = name
    this.add(channel, former)
  }

  setPrivate(channel: Channel, isPrivate: boolean): void {
    if (channel.private === isPrivate) return
    channel.private = isPrivate
    this.#publicNames[isPrivate ? 'delete' : 'add'](foldName(channel.name))
    this.#privates += isPrivate ? 1 : -1
  }

  /** Forgets a closed channel. Whoever waited for its mutex finds it `removed`. */
  remove(channel: Channel): void {
    channel.removed = true
    this.#order?.delete(channel)
    this.#forgetName(channel)
    this.formerNames.forget(channel)
    this.#byId.delete(channel.id)
    if (channel.private) this.#privates--
  }

  /** The order of lists. The start calls this once all members are loaded, so that no person waits for it later. */
  inOrder(): Sorted<Channel> {
    this.#order ??= new Sorted(bySizeThenName, this.#byId.values())
    return this.#order
  }

  /** Changes who is in a channel, and keeps it in its place. */
  resize(channel: Channel, change: () => void): void {
    const listed = this.#order?.delete(channel)
    change()
    if (listed) this.#order?.add(channel)
  }

  #forgetName({ name }: Channel): void {
    const key = foldName(name)
    this.#byKey.delete(key)
    this.#publicNames.delete(key)
  }

  *#publicKeys(): Iterable<string> {
    for (const [key, channel] of this.#byKey) if (!channel.private) yield key
  }

  /** The public channels whose names begin so, by name, without a walk through all of them. */
  *publicFrom(begun: string): Iterable<Channel> {
    for (const key of this.#publicNames.from(foldName(begun))) {
      const channel = this.#byKey.get(key)
      if (channel) yield channel
    }
  }

  /** The number of channels. */
  counted(): { readonly public: number; readonly private: number } {
    return { public: this.#byId.size - this.#privates, private: this.#privates }
  }

  byId(id: number): Channel | undefined {
    return this.#byId.get(id)
  }

  /** Finds a channel, private or not, by its name, or by a recent former name, which no other channel can have. */
  named(name: string): Channel | undefined {
    const key = foldName(name)
    return this.#byKey.get(key) ?? this.formerNames.find(key)
  }

  /** The same for a name as somebody has typed it: in a sentence, `#tea.` and `#tea:` may be #tea. */
  typed(name: string): Channel | undefined {
    return this.named(name) ?? this.named(withoutPunctuation(name))
  }

  /** Finds a channel that this person may know of; private channels of others count as missing. */
  find(name: string, person: Person | undefined): Channel | undefined {
    const channel = this.typed(name)
    if (!channel) return undefined
    if (channel.private && !(person && isIn(channel, person))) return undefined
    return channel
  }

  /** Finds a channel of which the person is a member; throws otherwise. */
  require(name: string, person: Person): Channel {
    const channel = this.find(name, person)
    if (!channel) {
      // Do not suggest to create a channel with an impossible name.
      const mayCreate = this.mayCreate(person) && isChannelName(name)
      throw fail({ code: 'no-such-channel', channel: name, mayCreate })
    }
    if (!isIn(channel, person)) throw this.notIn(channel, person)
    return channel
  }

  /** Why somebody who is not in a channel can do nothing there: they are banned, or have to enter it first. */
  notIn(channel: Channel, person: Person): Failure {
    const ban = restraintOn(channel, person, 'ban', this.#clock.steady())
    return fail({
      code: 'not-a-member',
      channel: channel.name,
      ...(ban ? { ban: told(ban, this.#clock) } : {}),
    })
  }

  /**
   * Finds a channel that the person leads; throws otherwise. Operators lead all channels, also those that they are
   * not in.
   */
  requireFor(name: string, account: Account): Channel {
    const channel = this.typed(name)
    return channel && account.operator ? channel : this.require(name, account)
  }

  mayCreate(person: Person): boolean {
    return person.kind === 'account' && (this.#rules.create === 'members' || person.operator)
  }

  announces(channel: Channel): boolean {
    return sizeOf(channel) <= this.#rules.announceUpTo
  }

  /** The channels of a person in which joins and leaves are announced. */
  announcing(person: Person): Channel[] {
    return [...person.channels].filter((channel) => this.announces(channel))
  }
}

function bySizeThenName(a: Channel, b: Channel): number {
  return sizeOf(b) - sizeOf(a) || a.name.localeCompare(b.name) || a.id - b.id
}
