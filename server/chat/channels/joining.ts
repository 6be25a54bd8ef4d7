import type { Clock } from '../../lib/clock.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { isIn } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import { checkChannelName, foldName } from '../model/names.ts'
import type { Account, Channel, Guest, Listener, Membership, Person } from '../model/people.ts'
import { restraintOn, told } from '../model/restraints.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { Announcements } from './announcements.ts'
import type { Channels } from './channels.ts'
import type { Creating } from './creating.ts'
import { exclusively } from './exclusively.ts'
import type { Members } from './members.ts'

/** Somebody's arrival in a channel. Messages up to `upTo` are history; the person hears later ones. */
export interface Entered {
  readonly channel: Channel
  readonly upTo: number
  readonly made: boolean
}

/** Lets people into channels: those who join, who were invited, or whom the server puts there. */
export class Joining {
  readonly #store: Store
  readonly #clock: Clock
  readonly #channels: Channels
  readonly #members: Members
  readonly #announcements: Announcements
  readonly #creating: Creating
  readonly #ceilings: Ceilings
  readonly #rules: { readonly default: string }

  constructor(parts: {
    store: Store
    clock: Clock
    channels: Channels
    members: Members
    announcements: Announcements
    creating: Creating
    ceilings: Ceilings
    rules: { readonly default: string }
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#channels = parts.channels
    this.#members = parts.members
    this.#announcements = parts.announcements
    this.#creating = parts.creating
    this.#ceilings = parts.ceilings
    this.#rules = parts.rules
  }

  /**
   * Enters a channel, or creates it if it is missing and the connection has no token. It is no error to be in it
   * already.
   */
  async join(person: Person, name: string, via?: Listener): Promise<Entered> {
    const channel = this.#channels.typed(name)
    // A person who may not know of a private channel gets the same answer as for a missing one. A script creates
    // nothing: it would not notice that it is alone in a channel that it created by mistake.
    const mayMake = this.#channels.mayCreate(person) && !via?.grant
    if (!channel || (channel.private && !isIn(channel, person) && !mayMake)) {
      checkChannelName(name)
      if (person.kind === 'guest' || !mayMake)
        throw fail({ code: 'no-such-channel', channel: name, mayCreate: this.#channels.mayCreate(person) })
      const made = await this.#creating.make(person, name, false, via)
      // Somebody else may have created it at the same moment: then this is an ordinary join.
      return made ? { channel: made, upTo: 0, made: true } : this.join(person, name, via)
    }
    if (isIn(channel, person)) return { channel, upTo: channel.lastId, made: false }
    this.#checkBan(channel, person)
    // A name that is taken reveals a private channel, but only to those who could have created it.
    if (channel.private) throw fail({ code: 'invite-only', channel: name })
    this.#checkRoom(person, channel)
    const entered = await channel.mutex.run(() => this.#enter(channel, person, via))
    // The channel was closed or made private while this person waited: what holds now decides.
    return entered ?? this.join(person, name, via)
  }

  /**
   * Joins the default channels that the person is not in and has not left on purpose. Returns the newly joined ones.
   */
  async joinDefaults(person: Person, via?: Listener): Promise<Entered[]> {
    const name = this.#rules.default
    const channel = this.#channels.named(name)
    if (!channel || isIn(channel, person) || person.settings.left === foldName(name)) return []
    if (restraintOn(channel, person, 'ban', this.#clock.steady())) return []
    return [await this.join(person, name, via)]
  }

  /** Lets an invited account in; `persist` stores the membership together with the answer. */
  async admitInvited(
    channel: Channel,
    account: Account,
    via: Listener | undefined,
    persist: (membership: Membership, told: Told) => Promise<void>,
  ): Promise<Entered> {
    return exclusively(channel, async () => {
      if (account.deleted) throw fail({ code: 'cancelled' })
      this.#checkBan(channel, account)
      const present = channel.members.get(account)
      if (!present) this.#checkRoom(account, channel)
      const membership = present ?? this.#newMembership(channel)
      return this.#entering(channel, account, membership, via, (told) => persist(membership, told))
    })
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
            this.#members.remove(channel, guest)
            this.#members.silence(channel, guest)
            this.#members.admit(channel, account, membership)
          },
        })
      })
    }
  }

  /** Applies that an operator put somebody into a channel; it is stored already. */
  enrolled(channel: Channel, account: Account): void {
    this.#members.admit(channel, account, { role: undefined, since: this.#clock.now() })
    this.#announcements.tellJoined(channel, account)
  }

  /** Only under the channel's mutex. Answers undefined if the channel is closed or private by now. */
  async #enter(channel: Channel, person: Person, via?: Listener): Promise<Entered | undefined> {
    if (channel.removed || (channel.private && !isIn(channel, person))) return undefined
    // Nobody would take out somebody who is gone by now.
    if (person.kind === 'guest' ? person.listeners.size === 0 : person.deleted)
      throw fail({ code: 'cancelled' })
    this.#checkBan(channel, person)
    if (!isIn(channel, person)) {
      if (person.kind === 'account') {
        const membership = this.#newMembership(channel)
        const record = { channel: channel.id, account: person.id, ...membership }
        return this.#entering(channel, person, membership, via, (told) => this.#store.addMember(record, told))
      }
      this.#members.admitGuest(channel, person)
      this.#announcements.tellJoined(channel, person, via)
    }
    return { channel, upTo: channel.lastId, made: false }
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
        // The account was deleted meanwhile, and the store has forgotten its memberships.
        if (account.deleted || channel.members.has(account)) return
        this.#members.admit(channel, account, membership)
        this.#announcements.tellJoined(channel, account, via)
      },
    })
    if (account.deleted) throw fail({ code: 'cancelled' })
    return { channel, upTo, made: false }
  }

  #checkBan(channel: Channel, person: Person): void {
    const ban = restraintOn(channel, person, 'ban', this.#clock.steady())
    if (ban) throw fail({ code: 'banned', channel: channel.name, ban: told(ban, this.#clock) })
  }

  /** Refuses somebody who is in as many channels as allowed; the default channels do not count. */
  #checkRoom(person: Person, channel: Channel): void {
    if (!channel.isDefault) checkCeiling(this.#ceilings, 'channelsJoined', person.channels.size)
  }

  #newMembership(channel: Channel): Membership {
    // Where only guests were left, the first member is the admin.
    const role = channel.members.size === 0 && !channel.isDefault ? 'admin' : undefined
    return { role, since: this.#clock.now() }
  }
}
