import type { Clock } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import { excluding, including, none } from '../../lib/shared-set.ts'
import { Sorted } from '../../lib/sorted.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { besides, inChannel, unblocked } from '../model/audience.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { goFrom, goInto, isIn, listen, sizeOf } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import type { ChatEvent } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { Feed } from '../model/feed.ts'
import { connectionsOf, hears } from '../model/grants.ts'
import { calledSo, checkChannelName, foldName, isChannelName, withoutPunctuation } from '../model/names.ts'
import type { Paged } from '../model/paging.ts'
import { pageOf } from '../model/paging.ts'
import type { Channel, Membership, Role } from '../model/people.ts'
import { type Account, type Guest, type Listener, type Person, statusOf } from '../model/people.ts'
import type { ChannelRow } from '../model/replies/channels.ts'
import type { PersonRow } from '../model/replies/people.ts'
import { noneRestricted, noRestraints, restraintOn, told } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { FormerNames } from '../people/former-names.ts'
import { isMuted, noteFor } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { LogEntry, Told } from '../ports/change-log.ts'
import type { ChannelRecord, FormerName } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken, StoreUnavailable } from '../ports/store-errors.ts'

export interface ChannelRules {
  /** The default channel. */
  readonly default: string
  readonly create: 'members' | 'operators'
  /** In channels of more people than this, joins and leaves are not announced. */
  readonly announceUpTo: number
}

/** Somebody's arrival in a channel. Messages up to `upTo` are history; the person hears later ones. */
export interface Entered {
  readonly channel: Channel
  readonly upTo: number
  readonly made: boolean
}

/** Somebody has left a channel. */
type Out = ChatEvent & { type: 'left' | 'removed' }

/** How somebody goes out of a channel. */
export interface Going {
  readonly via?: Listener | undefined
  readonly event: Out
  /** The person who takes them out. */
  readonly actor?: Account | undefined
  /**
   * Whether the person loses a right. Somebody who leaves a public channel loses none: they can come back and get the
   * same files.
   */
  readonly loses?: boolean
  /** Stores the change, if there is more to store than that they left a channel that stays. */
  readonly persist?: ((successor: number | undefined, told: Told) => Promise<unknown>) | undefined
  /** Do it even if the channel goes with them. */
  readonly sure?: boolean | undefined
}

/** What happened to somebody in a channel where they stay. */
type Happening = ChatEvent & { type: 'joined' | 'admin' | 'role' | 'muted' | 'unmuted' }

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

/** The last page of channels that is read one channel at a time. To go further it is quicker to copy the list first. */
const firstPages = 20
/** The most names to sort: sorting more takes longer than anybody should wait. */
const mostSorted = 1000

/** The registry of channels and the rules of belonging to them. */
export class Channels {
  readonly #byKey = new Map<string, Channel>()
  readonly #byId = new Map<number, Channel>()
  /** How many of them are private. */
  #privates = 0
  /** The earlier names of channels. */
  readonly #former: FormerNames<Channel>
  /** The largest first, then by name; made when it is wanted first. */
  #order: Sorted<Channel> | undefined
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #rules: ChannelRules
  readonly #ceilings: Ceilings
  /** Channels that are being stored; they count, so that simultaneous requests cannot exceed the ceiling. */
  readonly #making = new Set<{ readonly account: Account }>()
  readonly #space: FreeSpace
  readonly #whenRemoved: ((channel: Channel) => void)[] = []
  readonly #whenLeaving: ((channel: Channel, account: Account) => Promise<void>)[] = []
  readonly #whenBarred: ((channel: Channel) => void)[] = []
  readonly #whenAdmitted: ((channel: Channel, account: Account) => void)[] = []
  readonly #whenBanned: ((channel: Channel, account: Account) => void)[] = []

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    space: FreeSpace
    directory: Directory
    rules: ChannelRules
    ceilings: Ceilings
  }) {
    this.#space = parts.space
    this.#directory = parts.directory
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#rules = parts.rules
    this.#ceilings = parts.ceilings
    this.#former = new FormerNames(() => this.#clock.now())
  }

  add(channel: Channel, former: readonly FormerName[] = []): void {
    this.#former.add(channel, former)
    this.#former.take(foldName(channel.name))
    this.#byKey.set(foldName(channel.name), channel)
    if (channel.private && !this.#byId.has(channel.id)) this.#privates++
    this.#byId.set(channel.id, channel)
    this.#order?.add(channel)
  }

  /** The order of lists; to be called at start once everybody is in, so that nobody waits for it later. */
  inOrder(): Sorted<Channel> {
    this.#order ??= new Sorted(bySizeThenName, this.#byId.values())
    return this.#order
  }

  /** Changes who is in a channel, and keeps it in its place. */
  #resize(channel: Channel, change: () => void): void {
    const listed = this.#order?.delete(channel)
    change()
    if (listed) this.#order?.add(channel)
  }

  /** How many there are. */
  counted(): { readonly public: number; readonly private: number } {
    return { public: this.#byId.size - this.#privates, private: this.#privates }
  }

  byId(id: number): Channel | undefined {
    return this.#byId.get(id)
  }

  /** Finds a channel, private or not: for the operator's command line. */
  named(name: string): Channel | undefined {
    return this.#at(foldName(name))
  }

  /** Finds a channel by its name, or by a recent former name, which no other channel can have. */
  #at(key: string): Channel | undefined {
    return this.#byKey.get(key) ?? this.#former.find(key)
  }

  /** Finds a channel by its name as somebody has typed it: in a sentence, `#tea.` and `#tea:` may be #tea. */
  #typed(name: string): Channel | undefined {
    return this.#at(foldName(name)) ?? this.#at(foldName(withoutPunctuation(name)))
  }

  /** Finds a channel that this person may know of; private channels of others count as missing. */
  find(name: string, person: Person | undefined): Channel | undefined {
    const channel = this.#typed(name)
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
    if (!isIn(channel, person)) {
      const ban = restraintOn(channel, person, 'ban', this.#clock.steady())
      throw fail({
        code: 'not-a-member',
        channel: channel.name,
        ...(ban ? { ban: told(ban, this.#clock) } : {}),
      })
    }
    return channel
  }

  /**
   * Finds a channel that the person leads; throws otherwise. Operators lead all channels, also those that they are
   * not in.
   */
  requireFor(name: string, account: Account): Channel {
    const channel = this.#typed(name)
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

  /**
   * Enters a channel, or creates it if it is missing and the connection has no token. It is no error to be in it
   * already.
   */
  async join(person: Person, name: string, via?: Listener): Promise<Entered> {
    const channel = this.#typed(name)
    // A person who may not know of a private channel gets the same answer as for a missing one. A script does not
    // notice that it is alone in a room that it has made by a mistake.
    const mayMake = this.mayCreate(person) && !via?.grant
    if (!channel || (channel.private && !isIn(channel, person) && !mayMake)) {
      checkChannelName(name)
      if (person.kind === 'guest' || !mayMake)
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: this.mayCreate(person) })
      const made = await this.#make(person, name, false)
      // Somebody else may have created it at the same moment: then this is an ordinary join.
      return made ?? this.join(person, name, via)
    }
    if (isIn(channel, person)) return { channel, upTo: channel.lastId, made: false }
    this.#checkBan(channel, person)
    // A name that is taken reveals a private channel, but only to those who could have created it.
    if (channel.private) throw fail({ code: 'invite-only', channel: name })
    this.#checkRoom(person, channel)
    const entered = await channel.mutex.run(() => this.#enter(channel, person, via))
    // The last member left while this person waited: create the channel again.
    return entered ?? this.join(person, name, via)
  }

  /** Lets an invited account in; `persist` stores the membership together with the answer. */
  async admitInvited(
    channel: Channel,
    account: Account,
    via: Listener | undefined,
    persist: (membership: Membership, told: Told) => Promise<void>,
  ): Promise<Entered> {
    return this.exclusively(channel, async () => {
      if (account.deleted) throw fail({ code: 'cancelled' })
      this.#checkBan(channel, account)
      const present = channel.members.get(account)
      if (!present) this.#checkRoom(account, channel)
      const membership = present ?? this.#newMembership(channel)
      return this.#entering(channel, account, membership, via, (told) => persist(membership, told))
    })
  }

  /** Lets somebody in when `persist` has stored the membership; from then on they hear the channel. */
  async #entering(
    channel: Channel,
    account: Account,
    membership: Membership,
    via: Listener | undefined,
    persist: (told: Told) => Promise<void>,
  ): Promise<Entered> {
    let upTo = channel.lastId
    await persist({
      log: [],
      tell: () => {
        upTo = channel.lastId
        // Deleted meanwhile: the store has forgotten the membership with the account.
        if (account.deleted || channel.members.has(account)) return
        this.#admit(channel, account, membership)
        this.#announceJoin(channel, account, via)
      },
    })
    if (account.deleted) throw fail({ code: 'cancelled' })
    return { channel, upTo, made: false }
  }

  /** Runs a change of members or roles of a channel, one at a time for each channel. */
  exclusively<T>(channel: Channel, task: () => Promise<T>): Promise<T> {
    return channel.mutex.run(() => {
      if (channel.removed) throw fail({ code: 'no-such-channel', channel: channel.name, mayCreate: false })
      return task()
    })
  }

  /**
   * Takes somebody out of the channel, tells it by `event`, and hands on the role of an admin. Call it only inside
   * `exclusively`. With the last member the channel is closed in the same step; if it has messages, this throws
   * `ends-channel` unless `sure`.
   */
  async takeOut(channel: Channel, person: Person, going: Going): Promise<void> {
    const { event, persist, sure = false } = going
    const last = sizeOf(channel) === 1 && !channel.isDefault
    if (!sure && this.endsWith(channel, person)) throw fail({ code: 'ends-channel', channel: channel.name })
    if (person.kind === 'guest') {
      const change = { log: [], tell: () => this.#out(channel, person, going) }
      return last ? this.#close(channel, person, change) : change.tell()
    }
    if (!last) for (const task of this.#whenLeaving) await task(channel, person)
    const isAdmin = channel.members.get(person)?.role === 'admin'
    const successor = isAdmin ? successorIn(channel, person, this.#clock.steady()) : undefined
    const next = successor?.[0].id
    const log: LogEntry[] = []
    if (event.type === 'removed')
      log.push({ kind: 'removed', channel: channel.id, account: person.id, other: going.actor?.id })
    if (next !== undefined) log.push({ kind: 'role', channel: channel.id, account: next })
    const change = { log, tell: () => this.#out(channel, person, going, successor) }
    if (last) await this.#close(channel, person, change)
    else if (persist) await persist(next, change)
    else {
      const how = { successor: next, loses: losesBy(channel, going) }
      await this.#store.removeMember(channel.id, person.id, how, change)
    }
  }

  /** Takes all guests out unless only guests are in the channel; then `takeOut` has to take them out. */
  takeOutGuests(channel: Channel, goingOf: (guest: Guest) => Going): void {
    for (const guest of [...channel.guests])
      if (sizeOf(channel) > 1 || channel.isDefault) this.#out(channel, guest, goingOf(guest))
  }

  /** Applies a change that is stored. */
  #out(channel: Channel, person: Person, going: Going, successor?: readonly [Account, Membership]): void {
    const { via } = going
    // Somebody, or the channel, may have been renamed while it was stored.
    const event = { ...going.event, channel: channel.name, user: person.name }
    this.#resize(channel, () => {
      if (person.kind === 'account') channel.members.delete(person)
      else channel.guests = excluding(channel.guests, person)
    })
    goFrom(person, channel)
    this.#tellOut(channel, person, event, via)
    for (const listener of connectionsOf(person)) {
      this.#bus.settle(listener)
      channel.listeners.delete(listener)
    }
    if (successor) {
      successor[1].role = 'admin'
      this.tellOf(
        { type: 'admin', channel: channel.name, user: successor[0].name },
        channel,
        successor[0],
        via,
      )
    }
    if (losesBy(channel, going)) for (const task of this.#whenBarred) task(channel)
    if (channel.removed) for (const task of this.#whenRemoved) task(channel)
  }

  /**
   * Whether a channel with all its messages would be deleted if somebody left it, perhaps only after its guests have
   * left, too.
   */
  endsWith(channel: Channel, person: Person): boolean {
    if (channel.isDefault || channel.lastId === 0) return false
    return person.kind === 'account' ? channel.members.size === 1 : sizeOf(channel) === 1
  }

  /** The channels that would be deleted without somebody (see `endsWith`), by name. */
  endingWith(person: Person): Channel[] {
    return [...person.channels].filter((channel) => this.endsWith(channel, person)).sort(byChannelName)
  }

  /** Tells a channel what happened to one of its members, and tells the member in the second person. */
  tellOf(event: Happening, channel: Channel, person: Person, via?: Listener): void {
    this.#bus.publish(event, [besides({ channel }, [person])], via)
    this.#tellOwn(event, channel, person, via)
  }

  #tellOwn(event: Happening, channel: Channel, person: Person, via: Listener | undefined): void {
    this.#bus.publish({ ...event, you: true }, [inChannel(person, channel)], via)
  }

  /** Tells that somebody is out of a channel; each of their connections learns where its words go now. */
  #tellOut(channel: Channel, person: Person, event: Out, via?: Listener): void {
    if (this.announces(channel)) {
      const others = event.type === 'left' ? unblocked({ channel }, person) : { channel }
      this.#bus.publish(event, [besides(others, [person])], via)
    }
    const [next] = defaultsFirst(person.channels)
    for (const listener of connectionsOf(person)) {
      if (listener === via) continue
      const target = listener.takenOut(channel.name, next?.name)
      if (!channel.listeners.has(listener)) continue
      const goes = target === undefined ? (next ? { back: next.name } : {}) : { target }
      this.#bus.publish({ ...event, you: true, ...goes }, [{ connections: new Set([listener]) }])
    }
  }

  /** Calls back when a channel was closed. */
  onRemoved(task: (channel: Channel) => void): void {
    this.#whenRemoved.push(task)
  }

  /** Calls back, and waits, before an account is taken out of a channel that stays, while nobody else changes who is in it. */
  onLeaving(task: (channel: Channel, account: Account) => Promise<void>): void {
    this.#whenLeaving.push(task)
  }

  /** Calls back when somebody loses the right to the files of a channel. */
  onBarred(task: (channel: Channel) => void): void {
    this.#whenBarred.push(task)
  }

  /** Calls back when an account has become a member of a channel. */
  onAdmitted(task: (channel: Channel, account: Account) => void): void {
    this.#whenAdmitted.push(task)
  }

  /** Calls back when somebody is banned from a channel. */
  onBanned(task: (channel: Channel, account: Account) => void): void {
    this.#whenBanned.push(task)
  }

  /** Tells that somebody was banned, whether or not they were in the channel. */
  banned(channel: Channel, account: Account, wasIn: boolean): void {
    for (const task of this.#whenBanned) task(channel, account)
    if (!wasIn) for (const task of this.#whenBarred) task(channel)
  }

  /**
   * Joins the default channels that the person is not in and has not left on purpose. Returns the newly joined ones.
   */
  async joinDefaults(person: Person, via?: Listener): Promise<Entered[]> {
    const entered: Entered[] = []
    for (const name of [this.#rules.default]) {
      const channel = this.#byKey.get(foldName(name))
      const barred = channel && restraintOn(channel, person, 'ban', this.#clock.steady())
      const left = person.settings.left === foldName(name)
      if (channel && !barred && !left && !isIn(channel, person))
        entered.push(await this.join(person, name, via))
    }
    return entered
  }

  /** A guest who signed up stays where they are, now as a member. */
  async takeOver(account: Account, guest: Guest): Promise<void> {
    for (const channel of [...guest.channels]) {
      await channel.mutex.run(async () => {
        if (!channel.guests.has(guest)) return
        const membership = this.#newMembership(channel)
        const record = { channel: channel.id, account: account.id, ...membership }
        await this.#store.addMember(record, {
          log: [],
          tell: () => {
            this.#resize(channel, () => {
              channel.guests = excluding(channel.guests, guest)
            })
            goFrom(guest, channel)
            for (const listener of guest.listeners) channel.listeners.delete(listener)
            this.#admit(channel, account, membership)
          },
        })
      })
    }
  }

  /** A public channel that is stored, and has no admin: operators lead it. */
  made(id: number, name: string): void {
    this.add(channelFrom({ id, name, private: false, topic: '', lastId: 0 }, false))
  }

  /** Somebody was put into a channel, which is stored. */
  enrolled(channel: Channel, account: Account): void {
    this.#admit(channel, account, { role: undefined, since: this.#clock.now() })
    this.#announceJoin(channel, account)
  }

  /** Creates a channel with this account as its admin. */
  async create(account: Account, name: string, isPrivate: boolean): Promise<Channel> {
    checkChannelName(name)
    if (!this.mayCreate(account)) throw fail({ code: 'not-allowed', why: 'only-operators-create' })
    const made = await this.#make(account, name, isPrivate)
    if (!made) {
      // Nobody outside a private channel learns more than that the name is taken.
      const found = this.find(name, account)
      const open = found !== undefined && !restraintOn(found, account, 'ban', this.#clock.steady())
      throw fail({ code: 'name-taken', name, ...(open ? { open } : {}) })
    }
    return made.channel
  }

  /** Takes a person out who leaves; the admin's role goes to the longest-standing moderator, or else member. */
  async leave(
    person: Person,
    channel: Channel,
    { via, reason, sure = false }: { via?: Listener; reason?: string; sure?: boolean } = {},
  ): Promise<void> {
    await channel.mutex.run(async () => {
      if (!isIn(channel, person)) throw fail({ code: 'not-a-member', channel: channel.name })
      await this.#letGo(person, channel, via, reason, { sure })
    })
  }

  /** Takes a person out of every channel; `forGood` if they cannot come back by another name either. */
  async leaveAll(person: Person, via?: Listener, reason?: string, forGood = false): Promise<void> {
    for (const channel of [...person.channels]) {
      // Somebody may have taken them out at the same moment.
      await channel.mutex.run(async () => {
        if (isIn(channel, person)) await this.#letGo(person, channel, via, reason, { sure: true, forGood })
      })
    }
  }

  /** Renames a channel. Calls `tell` with the old name when the new one holds. Throws `name-taken`. */
  async rename(channel: Channel, name: string, tell: (from: string) => void): Promise<void> {
    const key = foldName(checkChannelName(name))
    await this.exclusively(channel, async () => {
      if (channel.isDefault)
        throw fail({ code: 'not-allowed', why: 'default-channel', channel: channel.name })
      const there = this.#at(key)
      if (name === channel.name) throw calledSo(name)
      if (there && there !== channel) throw fail({ code: 'name-taken', name })
      const from = channel.name
      const former = this.#former.after(channel, from, name)
      const renamed = () => {
        // It has another place in the lists, too.
        this.#order?.delete(channel)
        this.#byKey.delete(foldName(from))
        channel.name = name
        this.add(channel, former)
        tell(from)
      }
      const change: Told = { log: [{ kind: 'channel', channel: channel.id }], tell: renamed }
      await this.#store
        .renameChannel(channel.id, { name, key, former }, from, change)
        .catch((error: unknown) => {
          throw error instanceof NameTaken ? fail({ code: 'name-taken', name }) : error
        })
    })
  }

  /** Makes a channel private or public. Guests cannot be in a private channel, so they are taken out. */
  async setPrivate(channel: Channel, isPrivate: boolean, by: Account, via?: Listener): Promise<void> {
    await this.exclusively(channel, async () => {
      if (channel.isDefault)
        throw fail({ code: 'not-allowed', why: 'default-channel', channel: channel.name })
      if (channel.private === isPrivate) return
      const why = { by: by.name, reason: 'it is private now' }
      const goingOf = ({ name: user }: Guest): Going => ({
        event: { type: 'removed', channel: channel.name, user, ...why },
      })
      await this.#store.setPrivate(channel.id, isPrivate, {
        log: [{ kind: 'channel', channel: channel.id, other: by.id }],
        tell: () => {
          channel.private = isPrivate
          this.#privates += isPrivate ? 1 : -1
          const event = { type: 'channel', channel: channel.name, private: isPrivate, by: by.name } as const
          this.#bus.publish(event, [{ channel }], via)
          if (!isPrivate) return
          this.takeOutGuests(channel, goingOf)
          // People outside may know the addresses of its files.
          for (const task of this.#whenBarred) task(channel)
        },
      })
      if (isPrivate)
        for (const guest of [...channel.guests]) await this.takeOut(channel, guest, goingOf(guest))
    })
  }

  async setTopic(account: Account, channel: Channel, topic: string, via?: Listener): Promise<void> {
    if (channel.isDefault && !account.operator) throw fail({ code: 'not-allowed', why: 'default-topic' })
    if (topic !== '') this.#space.require()
    await this.#store.setTopic(channel.id, topic, {
      log: [{ kind: 'topic', channel: channel.id, other: account.id }],
      tell: () => {
        channel.topic = topic
        const event: ChatEvent = { type: 'topic', channel: channel.name, topic, by: account.name }
        this.#bus.publish(event, [unblocked({ channel }, account)], via)
      },
    })
  }

  /** A page of the public channels and the person's own, the largest first. */
  list(person: Person, page = 1): { channels: ChannelRow[]; paged: Paged } {
    const own = privatesOf(person)
    const order = this.inOrder()
    const { rows, paged } = pageOf(page <= firstPages ? order : order.items, page, '/channels', {
      keeps: (channel) => isVisible(channel, person),
      all: this.#byId.size - this.#privates + own,
    })
    const channels = rows.map((channel) => ({
      name: channel.name,
      private: channel.private,
      members: sizeOf(channel),
      topic: channel.topic,
      joined: isIn(channel, person),
    }))
    return { channels, paged }
  }

  /** A page of the channels of a person that `reader` may know of, by name. */
  namesOf(person: Person, reader: Person, page: number): { channels: string[]; paged: Paged } {
    const all =
      person.channels.size <= mostSorted ? [...person.channels].sort(byChannelName) : person.channels
    const command = `/whois ${person.name}`
    const { rows, paged } = pageOf(all, page, command, { keeps: (channel) => isVisible(channel, reader) })
    return { channels: rows.map(({ name }) => name), paged }
  }

  /**
   * A page of the members, or of the connected members without the reader, as `reader` may see them: connected
   * members first, by name; in a large channel the others in the order of joining. `there` is the number of connected
   * members.
   */
  members(
    channel: Channel,
    reader?: Person,
    { page = 1, others = false }: { page?: number | undefined; others?: boolean } = {},
  ): { members: PersonRow[]; paged: Paged; there: number } {
    const online = this.#onlineIn(channel)
    const there: Person[] = [...online, ...channel.guests].sort(byName)
    const wanted = others
      ? there.filter((one) => one !== reader)
      : chained(there, offlineIn(channel, online.length))
    const { rows, paged } = pageOf(wanted, page, `/members ${channel.name}${others ? ' online' : ''}`, {
      all: others ? there.length - Number(reader !== undefined && there.includes(reader)) : sizeOf(channel),
    })
    const now = this.#clock.steady()
    const members = rows.map((one) =>
      personRow(
        one,
        noteFor(reader, one, now),
        one.kind === 'account' ? channel.members.get(one)?.role : undefined,
      ),
    )
    return { members, paged, there: there.length }
  }

  /** The connected members; for a default channel, chosen from all connected people. */
  #onlineIn({ members }: Channel): Account[] {
    const { connected } = this.#directory
    if (connected.size < members.size) return [...connected].filter((account) => members.has(account))
    return [...members.keys()].filter(({ listeners }) => listeners.size > 0)
  }

  async #make(account: Account, name: string, isPrivate: boolean): Promise<Entered | undefined> {
    this.#space.require()
    checkCeiling(this.#ceilings, 'channels', this.#byId.size + this.#making.size)
    checkCeiling(this.#ceilings, 'channelsJoined', account.channels.size + this.#makingOf(account))
    checkCeiling(this.#ceilings, 'channelsOwned', () => ownedBy(account) + this.#makingOf(account))
    const being = { account }
    this.#making.add(being)
    try {
      return await this.#makeOne(account, name, isPrivate)
    } finally {
      this.#making.delete(being)
    }
  }

  #makingOf(account: Account): number {
    let count = 0
    for (const being of this.#making) if (being.account === account) count++
    return count
  }

  async #makeOne(account: Account, name: string, isPrivate: boolean): Promise<Entered | undefined> {
    // The old name finds the renamed channel.
    if (this.#former.find(foldName(name))) return undefined
    const at = this.#clock.now()
    const record = { name, key: foldName(name), private: isPrivate, admin: account.id, at }
    let made: Channel | undefined
    try {
      const id = await this.#store.createChannel(record, {
        log: [],
        tell: (id) => {
          if (account.deleted) return
          made = channelFrom({ id, name, private: isPrivate, topic: '', lastId: 0 }, false)
          this.add(made)
          this.#admit(made, account, { role: 'admin', since: at })
        },
      })
      // Deleted meanwhile: nobody is left to lead it.
      if (!made) await this.#store.closeChannel(id, at)
    } catch (error) {
      if (error instanceof NameTaken) return undefined
      throw error
    }
    if (!made) throw fail({ code: 'cancelled' })
    return { channel: made, upTo: 0, made: true }
  }

  /** Only under the channel's mutex. undefined if the channel is gone by now. */
  async #enter(channel: Channel, person: Person, via?: Listener): Promise<Entered | undefined> {
    if (channel.removed) return undefined
    // Whoever is gone by now would stay behind.
    if (person.kind === 'guest' ? person.listeners.size === 0 : person.deleted)
      throw fail({ code: 'cancelled' })
    this.#checkBan(channel, person)
    if (!isIn(channel, person)) {
      if (person.kind === 'account') {
        const membership = this.#newMembership(channel)
        const record = { channel: channel.id, account: person.id, ...membership }
        return this.#entering(channel, person, membership, via, (told) => this.#store.addMember(record, told))
      }
      this.#admitGuest(channel, person)
      this.#announceJoin(channel, person, via)
    }
    return { channel, upTo: channel.lastId, made: false }
  }

  #checkBan(channel: Channel, person: Person): void {
    const ban = restraintOn(channel, person, 'ban', this.#clock.steady())
    if (ban) throw fail({ code: 'banned', channel: channel.name, ban: told(ban, this.#clock) })
  }

  /** Refuses somebody who is in as many channels as allowed; the default channels do not count. */
  #checkRoom(person: Person, channel: Channel): void {
    if (!channel.isDefault) checkCeiling(this.#ceilings, 'channelsJoined', person.channels.size)
  }

  /** Only under the channel's mutex. */
  #letGo(
    person: Person,
    channel: Channel,
    via: Listener | undefined,
    why: string | undefined,
    { sure, forGood = false }: { sure: boolean; forGood?: boolean },
  ): Promise<void> {
    // A note on leaving is a message.
    const reason = isMuted(channel, person, this.#clock.steady()) ? undefined : why
    const event: Out = {
      type: 'left',
      channel: channel.name,
      user: person.name,
      ...(reason === undefined ? {} : { reason }),
    }
    return this.takeOut(channel, person, { via, event, sure, loses: channel.private || forGood })
  }

  #announceJoin(channel: Channel, person: Person, via?: Listener): void {
    const event = { type: 'joined', channel: channel.name, user: person.name } as const
    if (this.announces(channel))
      this.#bus.publish(event, [besides(unblocked({ channel }, person), [person])], via)
    this.#tellOwn(event, channel, person, via)
  }

  #newMembership(channel: Channel): Membership {
    // Where only guests were left, the first member is the admin.
    const role = channel.members.size === 0 && !channel.isDefault ? 'admin' : undefined
    return { role, since: this.#clock.now() }
  }

  #admit(channel: Channel, account: Account, membership: Membership): void {
    this.#resize(channel, () => channel.members.set(account, membership))
    goInto(account, channel)
    for (const listener of connectionsOf(account))
      if (hears(listener.grant, channel.name)) listen(channel, account, listener)
    for (const task of this.#whenAdmitted) task(channel, account)
  }

  #admitGuest(channel: Channel, guest: Guest): void {
    this.#resize(channel, () => {
      channel.guests = including(channel.guests, guest)
    })
    goInto(guest, channel)
    for (const listener of guest.listeners) listen(channel, guest, listener)
  }

  async #close(channel: Channel, last: Person, { log, tell }: Told): Promise<void> {
    const closed = () => {
      channel.removed = true
      this.#order?.delete(channel)
      this.#byKey.delete(foldName(channel.name))
      this.#former.forget(channel)
      this.#byId.delete(channel.id)
      if (channel.private) this.#privates--
      tell()
    }
    try {
      await this.#store.closeChannel(channel.id, this.#clock.now(), { log, tell: closed })
    } catch (error) {
      // A guest leaves in any case: then the channel is closed at the next start, or with its next member.
      if (last.kind !== 'guest' || !(error instanceof StoreUnavailable)) throw error
      tell()
    }
  }
}

function losesBy(
  { private: isPrivate }: Channel,
  { event, loses = isPrivate || event.type === 'removed' }: Going,
) {
  return loses
}

/** The next admin: the longest-standing moderator, or else member; muted people come last. */
function successorIn(channel: Channel, leaving: Account, now: number): [Account, Membership] | undefined {
  const rank = (role: Role | undefined) => (role === undefined ? 1 : 0)
  const silent = (account: Account) => Number(isMuted(channel, account, now))
  let first: [Account, Membership] | undefined
  for (const [a, x] of channel.members) {
    if (a === leaving) continue
    const [b, y] = first ?? [a, x]
    const isBefore = silent(a) - silent(b) || rank(x.role) - rank(y.role) || x.since - y.since || a.id - b.id
    if (!first || isBefore < 0) first = [a, x]
  }
  return first
}

/** The members who are not connected, by name, or in the order of joining if they are too many to sort. */
function offlineIn({ members }: Channel, online: number): Iterable<Account> {
  const offline = filtered(members.keys(), ({ listeners }) => listeners.size === 0)
  return members.size - online > mostSorted ? offline : [...offline].sort(byName)
}

function* filtered<T>(items: Iterable<T>, keeps: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (keeps(item)) yield item
}

function* chained<T>(first: Iterable<T>, second: Iterable<T>): Iterable<T> {
  for (const one of first) yield one
  for (const one of second) yield one
}

function privatesOf({ channels }: Person): number {
  let count = 0
  for (const channel of channels) if (channel.private) count++
  return count
}

/** The number of channels that an account is the admin of. */
export function ownedBy(account: Account): number {
  let count = 0
  for (const channel of account.channels) if (channel.members.get(account)?.role === 'admin') count++
  return count
}

/** `note` is what the reader may know of the person's note: see `noteFor`. */
export function personRow(person: Person, note: string | undefined, role?: Role): PersonRow {
  return {
    name: person.name,
    ...(person.kind === 'account' ? { id: person.id } : {}),
    status: statusOf(person),
    ...(note ? { note } : {}),
    ...(role === undefined ? {} : { role }),
    ...(person.kind === 'account' && person.operator ? { operator: true } : {}),
  }
}

export function byName(a: Person, b: Person): number {
  return a.name.localeCompare(b.name)
}

function bySizeThenName(a: Channel, b: Channel): number {
  return sizeOf(b) - sizeOf(a) || a.name.localeCompare(b.name) || a.id - b.id
}

function byChannelName(a: Channel, b: Channel): number {
  return a.name < b.name ? -1 : 1
}

/** Whether somebody may know of a channel. */
function isVisible(channel: Channel, reader: Person): boolean {
  return !channel.private || isIn(channel, reader)
}

/** Default channels first, then by name. */
export function defaultsFirst(channels: Iterable<Channel>): Channel[] {
  return [...channels].sort(
    (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
  )
}
