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
import type { LogEntry, Told } from '../ports/change-log.ts'
import type { RequestRecord } from '../ports/group-store.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Channels, Entered } from './channels.ts'
import { type Request, Requests, rowOf } from './requests.ts'

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
  readonly #ceilings: Ceilings
  readonly #requests = new Requests()
  /**
   * Answers that were told to the person who asked. They are forgotten a while later, so that they are not lost when
   * the connection or the server fails before the words arrive. After a crash they are told once more instead.
   */
  readonly #told = new Set<Request>()

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    ceilings: Ceilings
    space: FreeSpace
  }) {
    this.#space = parts.space
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#ceilings = parts.ceilings
    parts.channels.onRemoved((channel) => this.#withdraw(this.#requests.about(channel)))
    // Operators lead it as before.
    parts.channels.onLeaving(async (channel, account) => {
      if (!account.operator) await this.withdrawBy(account, channel)
    })
    // The store has forgotten their requests, made and received, together with the ban.
    parts.channels.onBanned((channel, account) =>
      this.#withdraw(
        this.#requests.about(account).filter((one) => one.channel === channel && one.answer === 'pending'),
      ),
    )
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
      await this.#channels.exclusively(channel, () => this.#inviteOne(actor, channel, account, via))
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
    return this.#channels.admitInvited(channel, account, via, async (membership, { log, tell }) => {
      // It may have been answered on another connection at the same moment, or withdrawn.
      this.#pending(account, id)
      const member = { channel: channel.id, account: account.id, ...membership }
      await this.#store.answerRequest(id, member, {
        log: [...log, entryOf('answered', request)],
        tell: () => {
          tell()
          if (!account.deleted) this.#answered(request, 'accepted')
        },
      })
    })
  }

  /**
   * Rejects an invitation, or withdraws it if the caller made it or leads the channel. Returns the name of the
   * channel and, for a withdrawn one, the invited person.
   */
  async reject(account: Account, id: number): Promise<{ channel: string; withdrawn?: string }> {
    const request = this.#requests.get(id)
    const leads = request && (request.by === account || rankIn(request.channel, account) > 0)
    if (leads && request.answer === 'pending' && request.account !== account) {
      await this.#channels.exclusively(request.channel, async () => {
        if (request.answer !== 'pending' || this.#requests.get(id) !== request)
          throw fail({ code: 'no-such-request', request: id })
        await this.#store.forgetRequests([id], this.#withdrawal([request]))
      })
      return { channel: request.channel.name, withdrawn: request.account.name }
    }
    return { channel: await this.#reject(account, id) }
  }

  async #reject(account: Account, id: number): Promise<string> {
    const request = this.#pending(account, id)
    await this.#channels.exclusively(request.channel, async () => {
      this.#pending(account, id)
      await this.#store.answerRequest(id, 'rejected', {
        log: [entryOf('answered', request)],
        tell: () => this.#answered(request, 'rejected'),
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
    return [...this.#requests.pendingTo(account), ...this.#untold(account)]
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
    const answered = this.#untold(account)
      .filter(({ answer }) => answer !== 'pending')
      .slice(0, mostAnswers)
    for (const request of answered) this.#told.add(request)
    return answered.map(rowOf)
  }

  /** The requests of an account whose answer it was not told. */
  #untold(account: Account): Request[] {
    return this.#requests.by(account).filter((request) => !this.#told.has(request))
  }

  /**
   * Ends the invitations of somebody who no longer leads the channel. Call it only while nobody else changes the
   * members.
   */
  async withdrawBy(account: Account, channel: Channel): Promise<void> {
    const open = this.#requests
      .by(account)
      .filter((one) => one.channel === channel && one.answer === 'pending')
    if (open.length === 0) return
    await this.#store.forgetRequests(
      open.map(({ id }) => id),
      this.#withdrawal(open),
    )
  }

  /** Ends the invitations of a former operator into channels that they led only as an operator. */
  async withdrawAllBy(account: Account): Promise<void> {
    const channels = new Set(this.#requests.by(account).map(({ channel }) => channel))
    for (const channel of channels)
      if (rankIn(channel, account) === 0)
        await this.#channels.exclusively(channel, () => this.withdrawBy(account, channel))
  }

  /**
   * Ends the invitations between two people, one of whom has blocked the other; the store has forgotten them. The
   * blocker is not told.
   */
  forgetBetween(account: Account, other: Account): void {
    const isBetween = ({ account: to, by }: Request) =>
      (to === account && by === other) || (to === other && by === account)
    this.#withdraw(this.#requests.about(account).filter(isBetween), account)
  }

  /** Forgets the answers that were told; to be called now and then. */
  async forgetTold(): Promise<void> {
    const told = [...this.#told]
    if (told.length === 0) return
    await this.#store.forgetRequests(told.map(({ id }) => id))
    for (const request of told) {
      this.#told.delete(request)
      this.#requests.delete(request)
    }
  }

  /** Withdraws all requests from and to an account that is deleted; the store has forgotten them by itself. */
  forgetAccount(account: Account): void {
    this.#withdraw(this.#requests.about(account))
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

  /** Refuses more invitations than one may have open, or than may wait for somebody. */
  #checkRoom(by: Account, invited: readonly Account[], channel: Channel): void {
    const anew = invited.filter((account) => this.pendingInto(account, channel.name) === undefined)
    if (anew.length > 0)
      checkCeiling(this.#ceilings, 'invitationsMade', this.#untold(by).length + anew.length - 1)
    // Of who has blocked one nothing is told.
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
    // Who has blocked somebody is not asked, and the other is not told.
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
        tell: (id) => {
          if (isApart()) return
          this.#requests.add({ ...made, id })
          const event = { type: 'invited', channel: channel.name, by: by.name, request: id } as const
          this.#bus.publish(event, [{ person: account }], via)
        },
      })
      // Blocked while it was stored: then it goes again, unseen.
      if (!this.#requests.get(id) && isApart()) await this.#store.forgetRequests([id])
    } catch (error) {
      // Somebody else invited them at the same moment: that is the one request.
      if (!(error instanceof NameTaken)) throw error
    }
  }

  #pending(account: Account, id: number): Request {
    const request = this.#requests.get(id)
    if (!request || request.account !== account || request.answer !== 'pending')
      throw fail({ code: 'no-such-request', request: id })
    return request
  }

  #answered(request: Request, answer: 'accepted' | 'rejected'): void {
    const { account, by, channel } = request
    request.answer = answer
    if (by.listeners.size === 0) return
    this.#bus.publish({ type: 'answered', channel: channel.name, user: account.name, answer }, [
      { person: by },
    ])
    this.#told.add(request)
  }

  #withdrawal(requests: readonly Request[]): Told {
    const told = requests.filter(({ answer }) => answer === 'pending')
    return {
      log: told.map((request) => entryOf('withdrawn', request)),
      tell: () => this.#withdraw(requests),
    }
  }

  /** The store has forgotten them together with what they were about. */
  #withdraw(requests: readonly Request[], except?: Account): void {
    for (const request of requests) {
      this.#requests.delete(request)
      this.#told.delete(request)
      if (request.answer !== 'pending' || request.account.deleted || request.account === except) continue
      this.#bus.publish({ type: 'withdrawn', channel: request.channel.name, request: request.id }, [
        { person: request.account },
      ])
    }
  }
}

function entryOf(
  kind: 'invited' | 'answered' | 'withdrawn',
  { account, by, channel }: Pick<Request, 'account' | 'by' | 'channel'>,
): LogEntry {
  return { kind, channel: channel.id, account: account.id, other: by.id }
}
