import type { Clock } from '../../lib/clock.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import { foldName, withoutPunctuation } from '../model/names.ts'
import type { Account, Channel, Listener } from '../model/people.ts'
import { rankIn, requireRank } from '../model/ranks.ts'
import type { RequestRow } from '../model/replies/channels.ts'
import { restraintOn } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import type { RequestRecord } from '../ports/group-store.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Channels } from './channels.ts'
import { exclusively } from './exclusively.ts'
import type { Entered, Joining } from './joining.ts'
import { entryOf, type Request, type Requests, rowOf } from './requests.ts'
import type { Withdrawals } from './withdrawals.ts'

/** The most answers that are told at a login. */
const mostAnswers = 20

/** Invitations into channels: made by those who lead them, accepted, rejected or left pending. */
export class Invitations {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #space: FreeSpace
  readonly #channels: Channels
  readonly #joining: Joining
  readonly #ceilings: Ceilings
  readonly #requests: Requests
  readonly #withdrawals: Withdrawals

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    joining: Joining
    requests: Requests
    withdrawals: Withdrawals
    ceilings: Ceilings
    space: FreeSpace
  }) {
    this.#space = parts.space
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#joining = parts.joining
    this.#requests = parts.requests
    this.#withdrawals = parts.withdrawals
    this.#ceilings = parts.ceilings
  }

  /** Adds a stored request at the start. */
  add(record: RequestRecord): void {
    const channel = this.#channels.byId(record.channel)
    const account = this.#directory.account(record.account)
    const by = this.#directory.account(record.by)
    if (channel && account && by) this.#requests.add({ ...record, channel, account, by })
  }

  /**
   * Invites accounts by name or number. It checks all of them before it invites any. A person who is invited already
   * keeps that one request. Returns the names.
   */
  async invite(
    actor: Account,
    channel: Channel,
    names: readonly string[],
    via?: Listener,
  ): Promise<string[]> {
    requireRank(channel, actor, 1)
    this.#space.require()
    const invited = [...new Set(names.map((name) => this.#invitable(channel, actor, name)))]
    this.#checkRoom(actor, invited, channel)
    for (const account of invited)
      await exclusively(channel, () => this.#inviteOne(actor, channel, account, via))
    return invited.map(({ name }) => name)
  }

  /** Checks names before their channel is created. */
  checkNames(actor: Account, names: readonly string[]): void {
    for (const name of names) {
      const person = this.#directory.require(name)
      if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
      if (person === actor) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    }
  }

  /** Makes the person a member of the channel. The person who invited them is told now or at the next login. */
  async accept(account: Account, id: number, via?: Listener): Promise<Entered> {
    const request = this.#pending(account, id)
    const { channel } = request
    return this.#joining.admitInvited(channel, account, via, async (membership, { log, tell }) => {
      // Another connection may have answered it at the same moment, or it was withdrawn.
      this.#pending(account, id)
      const member = { channel: channel.id, account: account.id, ...membership }
      await this.#store.answerRequest(id, member, {
        log: [...log, entryOf('answered', request)],
        check: () => void this.#pending(account, id),
        tell: () => {
          tell()
          if (!account.deleted) this.#answered(request, 'accepted', via)
        },
      })
    })
  }

  /**
   * Rejects an invitation, or withdraws it if the caller made it or leads the channel. Returns the name of the
   * channel and, for a withdrawn one, the invited person.
   */
  async reject(
    account: Account,
    id: number,
    via?: Listener,
  ): Promise<{ channel: string; withdrawn?: string }> {
    const request = this.#requests.get(id)
    const leads = request && (request.by === account || rankIn(request.channel, account) > 0)
    if (leads && request.answer === 'pending' && request.account !== account) {
      await exclusively(request.channel, async () => {
        if (request.answer !== 'pending' || this.#requests.get(id) !== request)
          throw fail({ code: 'no-such-request', request: id })
        const check = () => {
          if (this.#requests.get(id) !== request) throw fail({ code: 'no-such-request', request: id })
          if (request.by !== account) requireRank(request.channel, account, 1)
        }
        await this.#store.forgetRequests([id], { ...this.#withdrawals.of([request]), check })
      })
      return { channel: request.channel.name, withdrawn: request.account.name }
    }
    return { channel: await this.#reject(account, id, via) }
  }

  async #reject(account: Account, id: number, via: Listener | undefined): Promise<string> {
    const request = this.#pending(account, id)
    await exclusively(request.channel, async () => {
      this.#pending(account, id)
      await this.#store.answerRequest(id, 'rejected', {
        log: [entryOf('answered', request)],
        check: () => void this.#pending(account, id),
        tell: () => this.#answered(request, 'rejected', via),
      })
    })
    return request.channel.name
  }

  /** The number of the account's pending invitation into a channel. */
  pendingInto(account: Account, channelName: string): number | undefined {
    const keys = [channelName, withoutPunctuation(channelName)].map(foldName)
    return this.#requests.pendingTo(account).find(({ channel }) => keys.includes(foldName(channel.name)))?.id
  }

  /** The unanswered requests to an account, and the requests that it has made. */
  list(account: Account): RequestRow[] {
    return [...this.#requests.pendingTo(account), ...this.#requests.untold(account)]
      .sort((a, b) => a.id - b.id)
      .map(rowOf)
  }

  /** The unanswered requests into a channel, for those who lead it. */
  listInto(actor: Account, channel: Channel): RequestRow[] {
    requireRank(channel, actor, 1)
    return this.#requests.pendingInto(channel).map(rowOf)
  }

  /** Pending invitations, for the digest at login. */
  waitingFor(account: Account): RequestRow[] {
    return this.#requests.pendingTo(account).map(rowOf)
  }

  /** The first answers that came while the person who asked was offline; the others are told next time. */
  takeAnswers(account: Account): RequestRow[] {
    const answered = this.#requests
      .untold(account)
      .filter(({ answer }) => answer !== 'pending')
      .slice(0, mostAnswers)
    for (const request of answered) this.#requests.told(request)
    return answered.map(rowOf)
  }

  /** Forgets the answers that were told. The chores call this now and then. */
  async forgetTold(): Promise<void> {
    const told = this.#requests.allTold()
    if (told.length === 0) return
    await this.#store.forgetRequests(told.map(({ id }) => id))
    for (const request of told) this.#requests.delete(request)
  }

  #invitable(channel: Channel, actor: Account, name: string): Account {
    const person = this.#directory.require(name)
    if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    if (person === actor) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    if (channel.members.has(person))
      throw fail({ code: 'already-a-member', channel: channel.name, name: person.name })
    if (restraintOn(channel, person, 'ban', this.#clock.steady()))
      throw fail({ code: 'banned', channel: channel.name, name: person.name })
    return person
  }

  /** Refuses if the inviter has too many open invitations, or if too many wait for somebody. */
  #checkRoom(by: Account, invited: readonly Account[], channel: Channel): void {
    const anew = invited.filter((account) => this.pendingInto(account, channel.name) === undefined)
    if (anew.length > 0)
      checkCeiling(this.#ceilings, 'invitationsMade', this.#requests.untold(by).length + anew.length - 1)
    // Nobody learns by a ceiling that somebody has blocked them.
    for (const account of anew)
      if (!account.blocked.has(by))
        checkCeiling(
          this.#ceilings,
          'invitationsWaiting',
          this.#requests.pendingTo(account).length,
          account.name,
        )
  }

  async #inviteOne(by: Account, channel: Channel, account: Account, via?: Listener): Promise<void> {
    // Things may have changed while this waited for its turn.
    const isBanned = restraintOn(channel, account, 'ban', this.#clock.steady()) !== undefined
    if (by.deleted || account.deleted || isBanned || channel.members.has(account)) return
    // Somebody who has blocked the inviter is not asked, and the inviter does not learn of it.
    if (
      account.blocked.has(by) ||
      by.blocked.has(account) ||
      this.pendingInto(account, channel.name) !== undefined
    )
      return
    if (rankIn(channel, by) < 1) return
    this.#checkRoom(by, [account], channel)
    const made = { channel, account, by, at: this.#clock.now(), answer: 'pending' } as const
    const record = { channel: channel.id, account: account.id, by: by.id, at: made.at }
    const isApart = () => account.blocked.has(by) || by.blocked.has(account)
    try {
      const id = await this.#store.addRequest(record, {
        log: [entryOf('invited', made)],
        check: () => requireRank(channel, by, 1),
        tell: (id) => {
          if (isApart()) return
          this.#requests.add({ ...made, id })
          const event = { type: 'invited', channel: channel.name, by: by.name, request: id } as const
          this.#bus.publish(event, [{ person: account }], via)
        },
      })
      // One of the two blocked the other while the request was stored: it is removed unseen.
      if (!this.#requests.get(id) && isApart()) await this.#store.forgetRequests([id])
    } catch (error) {
      // Somebody else invited the person at the same moment, and there is only one request.
      if (!(error instanceof NameTaken)) throw error
    }
  }

  #pending(account: Account, id: number): Request {
    const request = this.#requests.get(id)
    if (!request || request.account !== account || request.answer !== 'pending')
      throw fail({ code: 'no-such-request', request: id })
    return request
  }

  #answered(request: Request, answer: 'accepted' | 'rejected', via: Listener | undefined): void {
    const { account, by, channel } = request
    request.answer = answer
    if (by.listeners.size === 0) return
    const event = { type: 'answered', channel: channel.name, user: account.name, answer } as const
    this.#bus.publish(event, [{ person: by }], via)
    this.#requests.told(request)
  }
}
