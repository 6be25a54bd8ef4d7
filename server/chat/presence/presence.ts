import type { Clock } from '../../lib/clock.ts'
import { excluding, including } from '../../lib/shared-set.ts'
import type { Channels } from '../channels/channels.ts'
import { hearersOf, unblocked } from '../model/audience.ts'
import { listen } from '../model/channel.ts'
import type { ChatEvent, Status } from '../model/events.ts'
import type { Grant } from '../model/grant.ts'
import { hears, isQuiet } from '../model/grants.ts'
import type { Paged } from '../model/paging.ts'
import { pageOf } from '../model/paging.ts'
import type { Account, Listener, Person } from '../model/people.ts'
import type { PersonRow } from '../model/replies/people.ts'
import type { Directory } from '../people/directory.ts'
import { noteFor, silenced } from '../people/muting.ts'
import { byName, personRow } from '../people/rows.ts'
import type { Bus } from '../ports/bus.ts'
import type { TokenSeen } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { graceMs } from './grace.ts'
import type { ReadMarkers } from './read-markers.ts'
import type { Timeline } from './timeline.ts'

/** Who is connected, who is away, and what each account was shown. */
export class Presence {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #markers: ReadMarkers
  /** Connections by a token, with their account: they read for themselves. */
  readonly #scripts = new Map<Listener, Account>()
  /** Accounts whose `seen` differs from what the store has. */
  readonly #unsaved = new Set<Account>()
  /** People who lost the line a moment ago, and of whom others do not know it yet; the function ends the wait. */
  readonly #leaving = new Map<Account, () => void>()
  /** Up to where tokens have read, as far as the store does not know it yet. */
  readonly #tokens = new Map<string, TokenSeen>()

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    timeline: Timeline
    markers: ReadMarkers
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#markers = parts.markers
  }

  /**
   * A connection begins to speak and to hear for a person. Answers the number of the newest message that it did not hear; it
   * hears every later one. Others are told that the person is online, but not of a script that hears less than a person, not of
   * somebody who was there a moment ago, and not of somebody whose coming is already `announced`.
   */
  arrive(person: Person, listener: Listener, announced = false): number {
    if (person.kind === 'account' && listener.grant) this.#scripts.set(listener, person)
    if (person.kind === 'account' && isQuiet(listener.grant)) {
      person.quiet = including(person.quiet, listener)
      for (const channel of person.channels)
        if (hears(listener.grant, channel.name)) listen(channel, person, listener)
      return this.#timeline.lastId
    }
    const first = person.listeners.size === 0
    person.listeners = including(person.listeners, listener)
    if (person.kind === 'account') this.#directory.setConnected(person, true)
    for (const channel of person.channels) listen(channel, person, listener)
    if (first && person.kind === 'account') {
      const isBack = this.#stays(person)
      if (!announced && !isBack) this.#announce(person, 'online', listener)
    }
    return this.#timeline.lastId
  }

  /**
   * A connection stops speaking for an account. `seen` is the newest message that surely reached the person: not the newest of
   * all if the line was lost. If the person `mayReturn`, nobody is told for a moment.
   */
  depart(
    account: Account,
    listener: Listener,
    seen: number,
    { note, mayReturn = false }: { note?: string | undefined; mayReturn?: boolean } = {},
  ): void {
    const wasOnline = this.release(account, listener)
    account.lastFrom = { address: listener.address, until: this.#clock.steady() }
    const { grant } = listener
    // Another connection by the same token may have seen more meanwhile.
    if (grant && seen > this.shownTo(account, grant)) this.#tokenSaw(account, grant, seen)
    if (!wasOnline) return
    // A login by a token never reads for the person.
    if (!grant) this.markSeen(account, seen)
    if (account.listeners.size > 0 || account.deleted) return
    if (mayReturn)
      this.#leaving.set(
        account,
        this.#clock.after(graceMs, () => this.#gone(account, note)),
      )
    else this.#gone(account, note)
  }

  #gone(account: Account, note: string | undefined): void {
    this.#leaving.delete(account)
    if (account.deleted) return
    account.away = undefined
    this.#announce(account, 'offline', undefined, note)
  }

  /** Whether somebody came back before others were told that they had gone. Ends the wait. */
  #stays(account: Account): boolean {
    this.#leaving.get(account)?.()
    return this.#leaving.delete(account)
  }

  /** From now on this connection hears nothing for the person. False if the connection did not make them online. */
  release(person: Person, listener: Listener): boolean {
    this.#scripts.delete(listener)
    if (person.kind === 'account') this.#markers.left(person, listener)
    this.#bus.settle(listener)
    for (const channel of person.channels) channel.listeners.delete(listener)
    if (person.kind === 'account') person.quiet = excluding(person.quiet, listener)
    const heard = person.listeners.has(listener)
    person.listeners = excluding(person.listeners, listener)
    if (person.kind === 'account' && person.listeners.size === 0) this.#directory.setConnected(person, false)
    return heard
  }

  /** Notes that the account was shown everything up to this message; `saveSeen` stores it. */
  markSeen(account: Account, seen: number): void {
    account.seen = Math.max(account.seen, seen)
    account.seenAt = this.#clock.now()
    this.#unsaved.add(account)
  }

  /** Sets the person away with a note, or back; tells it on all their connections, and to everybody who shares a channel. */
  setAway(person: Person, note: string | undefined, via: Listener): void {
    if (person.away === undefined && note === undefined) return
    person.away = note
    this.#announce(person, note === undefined ? 'online' : 'away', via)
  }

  /** How many people are connected. */
  get count(): number {
    return this.#directory.connected.size + this.#directory.guestCount
  }

  /** Everybody connected, by name. */
  online(): Person[] {
    return this.#directory.present().sort(byName)
  }

  /** A page of them, as `reader` may see them. */
  list(reader: Person | undefined, page = 1): { members: PersonRow[]; paged: Paged } {
    const now = this.#clock.steady()
    const { rows, paged } = pageOf(this.online(), page, '/who')
    return { members: rows.map((person) => personRow(person, noteFor(reader, person, now))), paged }
  }

  /**
   * The newest message that was surely shown to an account, or to a token of it: as of its last departure, and as of the last
   * sign of life on each present connection.
   */
  shownTo(account: Account, grant?: Grant): number {
    if (grant) return this.#tokens.get(keyOf(account, grant))?.seen ?? grant.seen ?? account.seen
    let { seen } = account
    for (const listener of account.listeners) if (!listener.grant) seen = Math.max(seen, listener.seen)
    return seen
  }

  #tokenSaw(account: Account, grant: Grant, seen: number): void {
    const { token, since } = grant
    this.#tokens.set(keyOf(account, grant), { account: account.id, name: token, createdAt: since, seen })
  }

  /** Notes with whom the account talks in private, by number; `saveSeen` stores it. */
  markTalk(account: Account, talkedWith: number | undefined): void {
    account.talkedWith = talkedWith
    this.#unsaved.add(account)
  }

  /** Stores what connected accounts were shown since the last call. */
  async saveSeen(): Promise<void> {
    const at = this.#clock.now()
    for (const [listener, account] of this.#scripts) {
      const { grant, seen } = listener
      if (grant && seen > this.shownTo(account, grant)) this.#tokenSaw(account, grant, seen)
    }
    for (const account of this.#directory.connected) {
      const seen = this.shownTo(account)
      if (seen <= account.seen) continue
      account.seen = seen
      account.seenAt = at
      this.#unsaved.add(account)
    }
    const accounts = [...this.#unsaved].filter((account) => !account.deleted)
    const tokens = [...this.#tokens]
    this.#unsaved.clear()
    try {
      if (tokens.length > 0) await this.#store.saveTokensSeen(tokens.map(([, entry]) => entry))
      // Only now: a login meanwhile would find an old mark in the store.
      for (const [key, entry] of tokens) if (this.#tokens.get(key) === entry) this.#tokens.delete(key)
      // In one step, because read markers refer to `seen`.
      await this.#markers.saving(accounts, async (read) => {
        if (accounts.length > 0 || read.length > 0)
          await this.#store.saveSeen(
            accounts.map(({ id, seen, seenAt, talkedWith }) => ({
              account: id,
              seen,
              seenAt,
              talkedWith,
            })),
            read,
          )
      })
    } catch (error) {
      for (const account of accounts) this.#unsaved.add(account)
      throw error
    }
  }

  #announce(person: Person, status: Status, via?: Listener, note = person.away): void {
    const watchers = person.kind === 'account' ? [...person.contactOf].filter(({ watch }) => watch) : []
    const channels = this.#channels.announcing(person).map((channel) => ({ channel }))
    const others = [...channels, ...watchers.map((watcher) => ({ person: watcher }))]
    const audiences = [{ person }, ...others.map((one) => unblocked(one, person))]
    const event: ChatEvent = { type: 'presence', user: person.name, status }
    // People read a note as they read a message: not in channels where its author may not speak.
    const without = note ? silenced(person, this.#clock.steady()) : new Set<Listener>()
    for (const own of person.listeners) without.delete(own)
    if (without.size === 0) {
      this.#bus.publish(note ? { ...event, note } : event, audiences, via)
      return
    }
    const all = [...hearersOf(audiences, event)]
    const told = (wanted: boolean) => ({
      connections: new Set(all.filter((one) => without.has(one) === wanted)),
    })
    this.#bus.publish(event, [told(true)], via)
    this.#bus.publish({ ...event, ...(note ? { note } : {}) }, [told(false)], via)
  }
}

/** Identifies a token, also if another one had its name before. */
function keyOf(account: Account, { token, since }: Grant): string {
  return `${account.id} ${since} ${token}`
}
