import type { Clock } from '../../lib/clock.ts'
import { Mutex } from '../../lib/mutex.ts'
import { excluding, including, none } from '../../lib/shared-set.ts'
import { Sorted } from '../../lib/sorted.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { goFrom, goInto, isIn, listen, sizeOf } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import type { ChatEvent } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { Feed } from '../model/feed.ts'
import { connectionsOf, hears } from '../model/grants.ts'
import { calledSo, checkChannelName, foldName, isChannelName, withoutPunctuation } from '../model/names.ts'
import { pageOf } from '../model/paging.ts'
import type { Channel, Membership, Role } from '../model/people.ts'
import { type Account, type Guest, type Listener, type Person, statusOf } from '../model/people.ts'
import type { ChannelRow, Paged, PersonRow } from '../model/replies.ts'
import { noneRestricted, noRestraints, restraintOn, told } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import { FormerNames } from '../people/former-names.ts'
import { besides, isMuted, noteFor, unblocked } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { LogEntry, Told } from '../ports/change-log.ts'
import type { ChannelRecord, FormerName } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken, StoreUnavailable } from '../ports/store-errors.ts'

export interface ChannelRules {
  /** The channel everybody is in. */
  readonly default: string
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

/** That somebody is in a channel no more. */
type Out = ChatEvent & { type: 'left' | 'removed' }

/** How somebody goes out of a channel. */
export interface Going {
  readonly by?: Listener | undefined
  readonly event: Out
  /** Who takes them out. */
  readonly actor?: Account | undefined
  /** Whether a right is taken away: who leaves a public channel can come back, and get what they could. */
  readonly loses?: boolean
  /** Stores it, where more is to be stored than that they are out of a channel that stays. */
  readonly persist?: ((successor: number | undefined, told: Told) => Promise<unknown>) | undefined
  /** Also if the channel goes with them. */
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

/** Sorting more than so many names takes longer than anybody should wait for. */
const mostSorted = 1000

/** The registry of channels and the rules of belonging to them. */
export class Channels {
  readonly #byKey = new Map<string, Channel>()
  readonly #byId = new Map<number, Channel>()
  /** How many of them are private. */
  #privates = 0
  /** What channels were called before. */
  readonly #former: FormerNames<Channel>
  /** The largest first, then by name; made when it is wanted first. */
  #order: Sorted<Channel> | undefined
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #rules: ChannelRules
  readonly #ceilings: Ceilings
  /** Channels that are being stored: of many asked for at once, none slips through. */
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

  /** A channel whoever asks, private or not: for the operator's command line. */
  named(name: string): Channel | undefined {
    return this.#at(foldName(name))
  }

  /** The channel of that name, or which had it lately: nobody finds another one there. */
  #at(key: string): Channel | undefined {
    return this.#byKey.get(key) ?? this.#former.find(key)
  }

  /** The one of that name, as somebody has typed it: `#tea.` and `#tea:` may be #tea in a sentence. */
  #typed(name: string): Channel | undefined {
    return this.#at(foldName(name)) ?? this.#at(foldName(withoutPunctuation(name)))
  }

  /** A channel as this person may know of it: somebody else's private one is not there. */
  find(name: string, person: Person | undefined): Channel | undefined {
    const channel = this.#typed(name)
    if (!channel) return undefined
    if (channel.private && !(person && isIn(channel, person))) return undefined
    return channel
  }

  /** The channel of that name, of which the person has to be a member. */
  require(name: string, person: Person): Channel {
    const channel = this.find(name, person)
    if (!channel) {
      // What cannot be a channel's name is not to be made either.
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

  /** The channel of that name, for whoever leads it: operators lead all, also those they are not in. */
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

  /** The channels of a person in which coming and going is announced. */
  announcing(person: Person): Channel[] {
    return [...person.channels].filter((channel) => this.announces(channel))
  }

  /** Enters a channel, or makes it if there is none of that name, and no token asks; being in it already is fine. */
  async join(person: Person, name: string, by?: Listener): Promise<Entered> {
    const channel = this.#typed(name)
    // Whoever may not know of a private one reads what there is to say where there is none.
    // A script does not notice that it is alone in a room that it has made by a mistake.
    const mayMake = this.mayCreate(person) && !by?.grant
    if (!channel || (channel.private && !isIn(channel, person) && !mayMake)) {
      checkChannelName(name)
      if (person.kind === 'guest' || !mayMake)
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: this.mayCreate(person) })
      const made = await this.#make(person, name, false)
      // Somebody else may have made it at the same moment: then this is an ordinary join.
      return made ?? this.join(person, name, by)
    }
    if (isIn(channel, person)) return { channel, upTo: channel.lastId, made: false }
    this.#checkBan(channel, person)
    // A name that is taken shows that there is something, but only to those who could have taken it.
    if (channel.private) throw fail({ code: 'invite-only', channel: name })
    this.#checkRoom(person, channel)
    const entered = await channel.mutex.run(() => this.#enter(channel, person, by))
    // Whoever waited while the last member left makes it anew.
    return entered ?? this.join(person, name, by)
  }

  /** An invited account enters; `persist` stores the membership together with its answer. */
  async admitInvited(
    channel: Channel,
    account: Account,
    by: Listener | undefined,
    persist: (membership: Membership, told: Told) => Promise<void>,
  ): Promise<Entered> {
    return this.exclusively(channel, async () => {
      if (account.deleted) throw fail({ code: 'cancelled' })
      this.#checkBan(channel, account)
      const present = channel.members.get(account)
      if (!present) this.#checkRoom(account, channel)
      const membership = present ?? this.#newMembership(channel)
      return this.#entering(channel, account, membership, by, (told) => persist(membership, told))
    })
  }

  /** Somebody enters once `persist` has stored it; they hear what is said from then on. */
  async #entering(
    channel: Channel,
    account: Account,
    membership: Membership,
    by: Listener | undefined,
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
        this.#announceJoin(channel, account, by)
      },
    })
    if (account.deleted) throw fail({ code: 'cancelled' })
    return { channel, upTo, made: false }
  }

  /** Runs a change of who belongs to a channel, and as what, while nobody else makes one. */
  exclusively<T>(channel: Channel, task: () => Promise<T>): Promise<T> {
    return channel.mutex.run(() => {
      if (channel.removed) throw fail({ code: 'no-such-channel', channel: channel.name, mayCreate: false })
      return task()
    })
  }

  /**
   * Only inside `exclusively`: takes somebody out of the channel, tells it by `event`, and hands on an
   * admin's role. When the last one is out, the channel goes away in the same step: throws `ends-channel` where something
   * was said there, unless that is `sure`.
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

  /** Takes all guests out who are not alone in the channel; those are still to be taken out by `takeOut`. */
  takeOutGuests(channel: Channel, goingOf: (guest: Guest) => Going): void {
    for (const guest of [...channel.guests])
      if (sizeOf(channel) > 1 || channel.isDefault) this.#out(channel, guest, goingOf(guest))
  }

  /** What was stored is so now. */
  #out(channel: Channel, person: Person, going: Going, successor?: readonly [Account, Membership]): void {
    const { by, event } = going
    this.#resize(channel, () => {
      if (person.kind === 'account') channel.members.delete(person)
      else channel.guests = excluding(channel.guests, person)
    })
    goFrom(person, channel)
    this.#tellOut(channel, person, event, by)
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
        by,
      )
    }
    if (losesBy(channel, going)) for (const task of this.#whenBarred) task(channel)
    if (channel.removed) for (const task of this.#whenRemoved) task(channel)
  }

  /**
   * Whether a channel would be gone without somebody who is in it, and all that was said there with it; perhaps only when
   * the guests have gone who are there.
   */
  endsWith(channel: Channel, person: Person): boolean {
    if (channel.isDefault || channel.lastId === 0) return false
    return person.kind === 'account' ? channel.members.size === 1 : sizeOf(channel) === 1
  }

  /** The channels that would be gone without somebody, as `endsWith` says; by name. */
  endingWith(person: Person): Channel[] {
    return [...person.channels].filter((channel) => this.endsWith(channel, person)).sort(byChannelName)
  }

  /** Tells a channel what happened to somebody who is in it, and them as what happened to them. */
  tellOf(event: Happening, channel: Channel, person: Person, by?: Listener): void {
    this.#bus.publish(event, [besides(channel, [person])], by)
    this.#tellOwn(event, channel, person, by)
  }

  #tellOwn(event: Happening, channel: Channel, person: Person, by: Listener | undefined): void {
    const own = new Set(connectionsOf(person).filter((one) => channel.listeners.has(one)))
    this.#bus.publish({ ...event, you: true }, [{ listeners: own }], by)
  }

  /** Tells that somebody is out; each of their own connections learns where its words go now. */
  #tellOut(channel: Channel, person: Person, event: Out, by?: Listener): void {
    if (this.announces(channel)) {
      const others = event.type === 'left' ? unblocked(channel, person) : channel
      this.#bus.publish(event, [besides(others, [person])], by)
    }
    const [next] = defaultsFirst(person.channels)
    for (const listener of connectionsOf(person)) {
      if (listener === by) continue
      const target = listener.takenOut(channel.name, next?.name)
      if (!channel.listeners.has(listener)) continue
      const goes = target === undefined ? (next ? { back: next.name } : {}) : { target }
      this.#bus.publish({ ...event, you: true, ...goes }, [{ listeners: new Set([listener]) }])
    }
  }

  /** Calls back when a channel has gone away. */
  onRemoved(task: (channel: Channel) => void): void {
    this.#whenRemoved.push(task)
  }

  /** Calls back, and waits, before an account is taken out of a channel that stays, while nobody else changes who is in it. */
  onLeaving(task: (channel: Channel, account: Account) => Promise<void>): void {
    this.#whenLeaving.push(task)
  }

  /** Calls back when somebody may not have any more what they could get in a channel. */
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

  /** Somebody is banned, whether they were in it or have left before. */
  banned(channel: Channel, account: Account, wasIn: boolean): void {
    for (const task of this.#whenBanned) task(channel, account)
    if (!wasIn) for (const task of this.#whenBarred) task(channel)
  }

  /** Joins the default channels, where missing and not left for good. Answers those that were entered now. */
  async joinDefaults(person: Person, by?: Listener): Promise<Entered[]> {
    const entered: Entered[] = []
    for (const name of [this.#rules.default]) {
      const channel = this.#byKey.get(foldName(name))
      const barred = channel && restraintOn(channel, person, 'ban', this.#clock.steady())
      const left = person.settings.left === foldName(name)
      if (channel && !barred && !left && !isIn(channel, person))
        entered.push(await this.join(person, name, by))
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

  /** Makes a channel with this account as its admin. */
  async create(account: Account, name: string, isPrivate: boolean): Promise<Channel> {
    checkChannelName(name)
    if (!this.mayCreate(account)) throw fail({ code: 'not-allowed', why: 'only-operators-create' })
    const made = await this.#make(account, name, isPrivate)
    if (!made) {
      // Of a private one nobody outside is told more than that the name is taken.
      const found = this.find(name, account)
      const open = found !== undefined && !restraintOn(found, account, 'ban', this.#clock.steady())
      throw fail({ code: 'name-taken', name, ...(open ? { open } : {}) })
    }
    return made.channel
  }

  /** Leaves; the admin's role goes to the longest-standing moderator, else member. */
  async leave(
    person: Person,
    channel: Channel,
    { by, reason, sure = false }: { by?: Listener; reason?: string; sure?: boolean } = {},
  ): Promise<void> {
    await channel.mutex.run(async () => {
      if (!isIn(channel, person)) throw fail({ code: 'not-a-member', channel: channel.name })
      await this.#letGo(person, channel, by, reason, { sure })
    })
  }

  /** Leaves every channel, as somebody who is gone; `forGood` if they cannot come back by another name either. */
  async leaveAll(person: Person, by?: Listener, reason?: string, forGood = false): Promise<void> {
    for (const channel of [...person.channels]) {
      // Somebody may have taken them out at the same moment.
      await channel.mutex.run(async () => {
        if (isIn(channel, person)) await this.#letGo(person, channel, by, reason, { sure: true, forGood })
      })
    }
  }

  /** Gives a channel another name; `tell` is called when it has that, with the one before. Throws `name-taken`. */
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

  /** Shows a channel to its members only, or to everybody. Guests belong to none that is private, and are out then. */
  async setPrivate(channel: Channel, isPrivate: boolean, by: Account, except?: Listener): Promise<void> {
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
          this.#bus.publish(event, [channel], except)
          if (!isPrivate) return
          this.takeOutGuests(channel, goingOf)
          // Who is outside may know addresses of its files.
          for (const task of this.#whenBarred) task(channel)
        },
      })
      if (isPrivate)
        for (const guest of [...channel.guests]) await this.takeOut(channel, guest, goingOf(guest))
    })
  }

  async setTopic(account: Account, channel: Channel, topic: string, by?: Listener): Promise<void> {
    if (channel.isDefault && !account.operator) throw fail({ code: 'not-allowed', why: 'default-topic' })
    if (topic !== '') this.#space.require()
    await this.#store.setTopic(channel.id, topic, {
      log: [{ kind: 'topic', channel: channel.id, other: account.id }],
      tell: () => {
        channel.topic = topic
        const event: ChatEvent = { type: 'topic', channel: channel.name, topic, by: account.name }
        this.#bus.publish(event, [unblocked(channel, account)], by)
      },
    })
  }

  /** A page of the public channels and the person's own, the largest first. */
  list(person: Person, page = 1): { channels: ChannelRow[]; paged: Paged } {
    const own = privatesOf(person)
    const { rows, paged } = pageOf(this.inOrder().items, page, '/channels', {
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

  /** A page of those channels of a person that `reader` may know of, by name. */
  namesOf(person: Person, reader: Person, page: number): { channels: string[]; paged: Paged } {
    const all =
      person.channels.size <= mostSorted ? [...person.channels].sort(byChannelName) : person.channels
    const command = `/whois ${person.name}`
    const { rows, paged } = pageOf(all, page, command, { keeps: (channel) => isVisible(channel, reader) })
    return { channels: rows.map(({ name }) => name), paged }
  }

  /**
   * A page of those who belong, or of those who are there besides the reader, as `reader` may see them: those connected
   * first, and by name; in a large channel the others in the order in which they came. `there` is how many are connected.
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

  /** The members who are connected: of a channel that everybody is in, those of all who are. */
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
    // Who looks for the one that was called so finds that.
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
  async #enter(channel: Channel, person: Person, by?: Listener): Promise<Entered | undefined> {
    if (channel.removed) return undefined
    // Whoever is gone by now would stay behind.
    if (person.kind === 'guest' ? person.listeners.size === 0 : person.deleted)
      throw fail({ code: 'cancelled' })
    this.#checkBan(channel, person)
    if (!isIn(channel, person)) {
      if (person.kind === 'account') {
        const membership = this.#newMembership(channel)
        const record = { channel: channel.id, account: person.id, ...membership }
        return this.#entering(channel, person, membership, by, (told) => this.#store.addMember(record, told))
      }
      this.#admitGuest(channel, person)
      this.#announceJoin(channel, person, by)
    }
    return { channel, upTo: channel.lastId, made: false }
  }

  #checkBan(channel: Channel, person: Person): void {
    const ban = restraintOn(channel, person, 'ban', this.#clock.steady())
    if (ban) throw fail({ code: 'banned', channel: channel.name, ban: told(ban, this.#clock) })
  }

  /** Refuses somebody who is in as many channels as one may be in; the default channels are for everybody. */
  #checkRoom(person: Person, channel: Channel): void {
    if (!channel.isDefault) checkCeiling(this.#ceilings, 'channelsJoined', person.channels.size)
  }

  /** Only under the channel's mutex. */
  #letGo(
    person: Person,
    channel: Channel,
    by: Listener | undefined,
    why: string | undefined,
    { sure, forGood = false }: { sure: boolean; forGood?: boolean },
  ): Promise<void> {
    // What somebody says on going is said.
    const reason = isMuted(channel, person, this.#clock.steady()) ? undefined : why
    const event: Out = {
      type: 'left',
      channel: channel.name,
      user: person.name,
      ...(reason === undefined ? {} : { reason }),
    }
    return this.takeOut(channel, person, { by, event, sure, loses: channel.private || forGood })
  }

  #announceJoin(channel: Channel, person: Person, by?: Listener): void {
    const event = { type: 'joined', channel: channel.name, user: person.name } as const
    if (this.announces(channel)) this.#bus.publish(event, [besides(unblocked(channel, person), [person])], by)
    this.#tellOwn(event, channel, person, by)
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
      // A guest goes in any case: then the channel is closed at the next start, or with its next member.
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

/** Who may not speak comes last; then the longest-standing moderator, else member. */
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

/** The members who are not connected: by name, or as they came where they are too many to be sorted. */
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

/** How many channels an account is the admin of. */
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

/** The channels that everybody is in first, and by name. */
export function defaultsFirst(channels: Iterable<Channel>): Channel[] {
  return [...channels].sort(
    (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
  )
}
