import type { Clock } from '../lib/clock.ts'
import { Mutex } from '../lib/mutex.ts'
import type { Channel, Membership, Role } from './channel.ts'
import type { ChatEvent } from './events.ts'
import { fail } from './failures.ts'
import { checkChannelName, foldName } from './names.ts'
import { type Account, type Guest, type Listener, type Person, statusOf } from './people.ts'
import { type Bus, type ChannelRecord, NameTaken, type Store, StoreUnavailable } from './ports.ts'
import type { ChannelRow, PersonRow } from './replies.ts'

export interface ChannelRules {
  /** Names of the channels everybody is in. */
  readonly default: readonly string[]
  readonly create: 'members' | 'operators'
  /** In channels of more people than this, coming and going is not announced. */
  readonly announceUpTo: number
}

/** Somebody's arrival in a channel: what was said up to `upTo` is history, what comes later they hear. */
export interface Entered {
  readonly channel: Channel
  readonly upTo: number
  readonly made: boolean
}

export function channelFrom(record: ChannelRecord, isDefault: boolean): Channel {
  return {
    id: record.id,
    name: record.name,
    private: record.private,
    topic: record.topic,
    isDefault,
    members: new Map(),
    guests: new Set(),
    listeners: new Set(),
    lastId: record.lastId,
    mutex: new Mutex(),
    removed: false,
  }
}

export function isIn(channel: Channel, person: Person): boolean {
  return person.kind === 'account' ? channel.members.has(person) : channel.guests.has(person)
}

export function sizeOf(channel: Channel): number {
  return channel.members.size + channel.guests.size
}

/** The registry of channels and the rules of belonging to them. */
export class Channels {
  readonly #byKey = new Map<string, Channel>()
  readonly #byId = new Map<number, Channel>()
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #rules: ChannelRules

  constructor(parts: { store: Store; bus: Bus; clock: Clock; rules: ChannelRules }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#rules = parts.rules
  }

  add(channel: Channel): void {
    this.#byKey.set(foldName(channel.name), channel)
    this.#byId.set(channel.id, channel)
  }

  byId(id: number): Channel | undefined {
    return this.#byId.get(id)
  }

  /** A channel as this person may know of it: somebody else's private one is not there. */
  find(name: string, person: Person | undefined): Channel | undefined {
    const channel = this.#byKey.get(foldName(name))
    if (!channel) return undefined
    if (channel.private && !(person && isIn(channel, person))) return undefined
    return channel
  }

  /** The channel of that name, of which the person has to be a member. */
  require(name: string, person: Person): Channel {
    const channel = this.find(name, person)
    if (!channel) throw fail({ code: 'no-such-channel', channel: name, mayCreate: this.mayCreate(person) })
    if (!isIn(channel, person)) throw fail({ code: 'not-a-member', channel: channel.name })
    return channel
  }

  mayCreate(person: Person): boolean {
    return person.kind === 'account' && (this.#rules.create === 'members' || person.operator)
  }

  announces(channel: Channel): boolean {
    return sizeOf(channel) <= this.#rules.announceUpTo
  }

  /** The channels of a person in which coming and going is announced. */
  announcing(person: Person): Channel[] {
    return [...person.channels].filter((channel) => this.announces(channel))
  }

  /** Enters a channel, or makes it if there is none of that name; being in it already is fine. */
  async join(person: Person, name: string, by?: Listener): Promise<Entered> {
    const channel = this.#byKey.get(foldName(checkChannelName(name)))
    if (!channel) {
      if (person.kind === 'guest' || !this.mayCreate(person))
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: false })
      const made = await this.#make(person, name, false)
      // Somebody else may have made it at the same moment: then this is an ordinary join.
      return made ?? this.join(person, name, by)
    }
    if (isIn(channel, person)) return { channel, upTo: channel.lastId, made: false }
    if (channel.private) throw fail({ code: 'invite-only', channel: channel.name })
    const entered = await channel.mutex.run(() => this.#enter(channel, person, by))
    // Whoever waited while the last member left makes it anew.
    return entered ?? this.join(person, name, by)
  }

  /** Joins the default channels, where missing. Answers those that were entered now. */
  async joinDefaults(person: Person, by?: Listener): Promise<Entered[]> {
    const entered: Entered[] = []
    for (const name of this.#rules.default) {
      const channel = this.#byKey.get(foldName(name))
      if (channel && !isIn(channel, person)) entered.push(await this.join(person, name, by))
    }
    return entered
  }

  /** A guest who signed up stays where they are, now as a member. */
  async takeOver(account: Account, guest: Guest): Promise<void> {
    for (const channel of [...guest.channels]) {
      await channel.mutex.run(async () => {
        if (!channel.guests.has(guest)) return
        const membership = this.#newMembership(channel)
        await this.#store.addMember({ channel: channel.id, account: account.id, ...membership })
        channel.guests.delete(guest)
        guest.channels.delete(channel)
        for (const listener of guest.listeners) channel.listeners.delete(listener)
        this.#admit(channel, account, membership)
      })
    }
  }

  /** Makes a channel with this account as its admin. */
  async create(account: Account, name: string, isPrivate: boolean): Promise<Channel> {
    checkChannelName(name)
    if (!this.mayCreate(account)) throw fail({ code: 'not-allowed', why: 'only-operators-create' })
    const made = await this.#make(account, name, isPrivate)
    if (!made) throw fail({ code: 'name-taken', name })
    return made.channel
  }

  /** Leaves; the admin's role goes to the longest-standing moderator, else member. */
  async leave(person: Person, channel: Channel, by?: Listener, reason?: string): Promise<void> {
    await channel.mutex.run(async () => {
      if (!isIn(channel, person)) throw fail({ code: 'not-a-member', channel: channel.name })
      if (person.kind === 'guest') {
        channel.guests.delete(person)
      } else {
        await this.#removeMember(channel, person, by)
      }
      person.channels.delete(channel)
      const event: ChatEvent = {
        type: 'left',
        channel: channel.name,
        user: person.name,
        ...(reason === undefined ? {} : { reason }),
      }
      if (this.announces(channel)) this.#bus.publish(event, [channel], by)
      else this.#bus.publish(event, [person], by)
      for (const listener of person.listeners) channel.listeners.delete(listener)
      if (sizeOf(channel) > 0 || channel.isDefault) return
      await this.#remove(channel).catch((error: unknown) => {
        // Whoever left is out in any case; the empty channel stays until somebody has joined and left it.
        if (!(error instanceof StoreUnavailable)) throw error
      })
    })
  }

  async setTopic(account: Account, channel: Channel, topic: string, by?: Listener): Promise<void> {
    if (channel.isDefault && !account.operator) throw fail({ code: 'not-allowed', why: 'default-topic' })
    await this.#store.setTopic(channel.id, topic)
    channel.topic = topic
    this.#bus.publish({ type: 'topic', channel: channel.name, topic, by: account.name }, [channel], by)
  }

  /** Public channels and the person's own, the largest first. */
  list(person: Person): ChannelRow[] {
    return [...this.#byKey.values()]
      .filter((channel) => !channel.private || isIn(channel, person))
      .map((channel) => ({
        name: channel.name,
        private: channel.private,
        members: sizeOf(channel),
        topic: channel.topic,
        joined: isIn(channel, person),
      }))
      .sort((a, b) => b.members - a.members || a.name.localeCompare(b.name))
  }

  /** Who belongs: those connected first, and by name. */
  members(channel: Channel): PersonRow[] {
    const rows = [
      ...[...channel.members].map(([account, membership]) => personRow(account, membership.role)),
      ...[...channel.guests].map((guest) => personRow(guest)),
    ]
    return rows.sort(byPresenceThenName)
  }

  async #make(account: Account, name: string, isPrivate: boolean): Promise<Entered | undefined> {
    const at = this.#clock.now()
    let id: number
    try {
      id = await this.#store.createChannel({
        name,
        key: foldName(name),
        private: isPrivate,
        admin: account.id,
        at,
      })
    } catch (error) {
      if (error instanceof NameTaken) return undefined
      throw error
    }
    const channel = channelFrom({ id, name, private: isPrivate, topic: '', lastId: 0 }, false)
    this.add(channel)
    this.#admit(channel, account, { role: 'admin', since: at })
    return { channel, upTo: 0, made: true }
  }

  /** Only under the channel's mutex. undefined if the channel is gone by now. */
  async #enter(channel: Channel, person: Person, by?: Listener): Promise<Entered | undefined> {
    if (channel.removed) return undefined
    // Whoever is gone by now would stay behind.
    if (person.kind === 'guest' ? person.listeners.size === 0 : person.deleted)
      throw fail({ code: 'cancelled' })
    if (!isIn(channel, person)) {
      if (person.kind === 'account') {
        const membership = this.#newMembership(channel)
        await this.#store.addMember({ channel: channel.id, account: person.id, ...membership })
        this.#admit(channel, person, membership)
      } else {
        this.#admitGuest(channel, person)
      }
      const event: ChatEvent = { type: 'joined', channel: channel.name, user: person.name }
      if (this.announces(channel)) this.#bus.publish(event, [channel], by)
      else this.#bus.publish(event, [person], by)
    }
    return { channel, upTo: channel.lastId, made: false }
  }

  #newMembership(channel: Channel): Membership {
    // Where only guests were left, the first member is the admin.
    const role = channel.members.size === 0 && !channel.isDefault ? 'admin' : undefined
    return { role, since: this.#clock.now() }
  }

  #admit(channel: Channel, account: Account, membership: Membership): void {
    channel.members.set(account, membership)
    account.channels.add(channel)
    for (const listener of account.listeners) channel.listeners.add(listener)
  }

  #admitGuest(channel: Channel, guest: Guest): void {
    channel.guests.add(guest)
    guest.channels.add(channel)
    for (const listener of guest.listeners) channel.listeners.add(listener)
  }

  /** Only under the channel's mutex. */
  async #removeMember(channel: Channel, account: Account, by?: Listener): Promise<void> {
    const wasAdmin = channel.members.get(account)?.role === 'admin'
    const successor = wasAdmin ? successorIn(channel, account) : undefined
    await this.#store.removeMember(channel.id, account.id, successor?.[0].id)
    channel.members.delete(account)
    if (!successor) return
    successor[1].role = 'admin'
    this.#bus.publish({ type: 'admin', channel: channel.name, user: successor[0].name }, [channel], by)
  }

  async #remove(channel: Channel): Promise<void> {
    await this.#store.closeChannel(channel.id, this.#clock.now())
    channel.removed = true
    this.#byKey.delete(foldName(channel.name))
    this.#byId.delete(channel.id)
  }
}

function successorIn(channel: Channel, leaving: Account): [Account, Membership] | undefined {
  const rank = (role: Role | undefined) => (role === undefined ? 1 : 0)
  const [first] = [...channel.members]
    .filter(([account]) => account !== leaving)
    .sort(([a, x], [b, y]) => rank(x.role) - rank(y.role) || x.since - y.since || a.id - b.id)
  return first
}

export function personRow(person: Person, role?: Role): PersonRow {
  return {
    name: person.name,
    ...(person.kind === 'account' ? { id: person.id } : {}),
    status: statusOf(person),
    ...(person.away ? { note: person.away } : {}),
    ...(role === undefined ? {} : { role }),
  }
}

export function byPresenceThenName(a: PersonRow, b: PersonRow): number {
  return Number(a.status === 'offline') - Number(b.status === 'offline') || a.name.localeCompare(b.name)
}
