import type { Clock } from '../../lib/clock.ts'
import { isIn, sizeOf } from '../model/channel.ts'
import { fail } from '../model/failures.ts'
import type { Account, Channel, Guest, Listener, Membership, Person } from '../model/people.ts'
import { isMuted } from '../people/muting.ts'
import type { LogEntry, Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'
import type { Announcements, Out } from './announcements.ts'
import type { Channels } from './channels.ts'
import type { Members } from './members.ts'
import { successorIn } from './successor.ts'

/** How somebody leaves a channel, or is taken out. */
export interface Going {
  readonly via?: Listener | undefined
  readonly event: Out
  /** The person who takes them out. */
  readonly actor?: Account | undefined
  /** Throws if the person who takes them out may not do so any more: see `Told.check`. */
  readonly check?: (() => void) | undefined
  /**
   * Whether the person loses a right. Somebody who leaves a public channel loses none: they can come back and get the
   * same files.
   */
  readonly loses?: boolean
  /** Stores the change in place of `Store.removeMember`, if there is more to store. The channel stays. */
  readonly persist?: ((successor: number | undefined, told: Told) => Promise<unknown>) | undefined
  /** Do it even if the channel is closed by it. */
  readonly sure?: boolean | undefined
}

/** What is stored and told of requests that are withdrawn by a change, in the same step. */
export type Withdrawal = Pick<Told, 'log' | 'tell'> & { readonly requests: readonly number[] }

/** Takes people out of channels: those who leave, and those whom somebody removes. A channel without people is closed. */
export class Leaving {
  readonly #store: Store
  readonly #clock: Clock
  readonly #channels: Channels
  readonly #members: Members
  readonly #announcements: Announcements
  readonly #whenClosed: ((channel: Channel) => void)[] = []
  readonly #whenLeaving: ((channel: Channel, account: Account) => Withdrawal)[] = []
  readonly #whenBarred: ((channel: Channel) => void)[] = []
  readonly #whenBanned: ((channel: Channel, account: Account) => void)[] = []

  constructor(parts: {
    store: Store
    clock: Clock
    channels: Channels
    members: Members
    announcements: Announcements
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#channels = parts.channels
    this.#members = parts.members
    this.#announcements = parts.announcements
  }

  /** Calls `task` when a channel was closed. */
  onClosed(task: (channel: Channel) => void): void {
    this.#whenClosed.push(task)
  }

  /**
   * Calls `task` when an account is about to leave a channel that stays, for the requests that are withdrawn in the same step.
   * Nobody else changes the members meanwhile.
   */
  onLeaving(task: (channel: Channel, account: Account) => Withdrawal): void {
    this.#whenLeaving.push(task)
  }

  /** Calls `task` when somebody loses the right to the files of a channel. */
  onBarred(task: (channel: Channel) => void): void {
    this.#whenBarred.push(task)
  }

  /** Calls `task` when somebody is banned from a channel. */
  onBanned(task: (channel: Channel, account: Account) => void): void {
    this.#whenBanned.push(task)
  }

  /** Notes that somebody was banned, whether or not they were in the channel. */
  banned(channel: Channel, account: Account, wasIn: boolean): void {
    for (const task of this.#whenBanned) task(channel, account)
    if (!wasIn) this.barred(channel)
  }

  /** Notes that somebody lost the right to the files of a channel, and may know their addresses. */
  barred(channel: Channel): void {
    for (const task of this.#whenBarred) task(channel)
  }

  /** Takes a person out who leaves. If it is the admin, the longest-standing moderator, or else member, becomes admin. */
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

  /**
   * Takes somebody out of the channel, tells it by `event`, and hands on the role of an admin. Call it only inside
   * `exclusively`. With the last member the channel is closed in the same step; if it has messages, this throws
   * `ends-channel` unless `sure`.
   */
  async takeOut(channel: Channel, person: Person, going: Going): Promise<void> {
    const { check, event, persist, sure = false } = going
    const last = sizeOf(channel) === 1 && !channel.isDefault
    if (!sure && this.endsWith(channel, person)) throw fail({ code: 'ends-channel', channel: channel.name })
    if (person.kind === 'guest') {
      const change = { log: [], check, tell: () => this.#out(channel, person, going) }
      if (last) return this.#close(channel, person, change)
      // What the guest said before is told first. A guest who leaves by themselves has said everything.
      if (event.type === 'left') return change.tell()
      return this.#store.inTurn(() => {
        check?.()
        change.tell()
      })
    }
    const withdrawn = last ? [] : this.#whenLeaving.map((task) => task(channel, person))
    const isAdmin = channel.members.get(person)?.role === 'admin'
    const successor = isAdmin ? successorIn(channel, person, this.#clock.steady()) : undefined
    const next = successor?.[0].id
    const log: LogEntry[] = withdrawn.flatMap((one) => one.log)
    if (event.type === 'removed')
      log.push({ kind: 'removed', channel: channel.id, account: person.id, other: going.actor?.id })
    if (next !== undefined) log.push({ kind: 'role', channel: channel.id, account: next })
    const change = {
      log,
      check,
      requests: withdrawn.flatMap(({ requests }) => requests),
      tell: () => {
        for (const { tell } of withdrawn) tell()
        this.#out(channel, person, going, successor)
      },
    }
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
    return [...person.channels]
      .filter((channel) => this.endsWith(channel, person))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Applies a change that is stored. */
  #out(channel: Channel, person: Person, going: Going, successor?: readonly [Account, Membership]): void {
    const { via } = going
    // The person or the channel may have been renamed while the change was stored.
    const event = { ...going.event, channel: channel.name, user: person.name }
    this.#members.remove(channel, person)
    this.#announcements.tellOut(channel, person, event, via)
    this.#members.silence(channel, person)
    if (successor) {
      const [account, membership] = successor
      membership.role = 'admin'
      this.#announcements.tellOf(
        { type: 'admin', channel: channel.name, user: account.name },
        channel,
        account,
        via,
      )
    }
    if (losesBy(channel, going)) this.barred(channel)
    if (channel.removed) for (const task of this.#whenClosed) task(channel)
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

  async #close(channel: Channel, last: Person, { log, tell, ...told }: Told): Promise<void> {
    const closed = () => {
      this.#channels.remove(channel)
      tell()
    }
    try {
      await this.#store.closeChannel(channel.id, this.#clock.now(), {
        ...told,
        // The name is free from this number on.
        log: [...log, { kind: 'channel', channel: channel.id }],
        tell: closed,
      })
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
