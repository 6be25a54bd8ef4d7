import type { Clock } from '../lib/clock.ts'
import type { Channel } from './channel.ts'
import type { Channels, Entered } from './channels.ts'
import type { Directory } from './directory.ts'
import { fail } from './failures.ts'
import type { Answer, RequestRecord } from './group-store.ts'
import type { Account, Listener } from './people.ts'
import { type Bus, NameTaken, type Store } from './ports.ts'
import { requireRank } from './ranks.ts'
import type { RequestRow } from './replies.ts'

/** An invitation into a channel, until its answer was told to whoever made it. */
interface Request {
  readonly id: number
  readonly channel: Channel
  readonly account: Account
  readonly by: Account
  readonly at: number
  answer: Answer
}

/** Invitations into channels: made by those who lead them, accepted, rejected or left pending. */
export class Invitations {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #requests = new Map<number, Request>()
  /**
   * Answers that whoever asked was told. They are forgotten a while later: a line or a server that is lost before the
   * words have arrived must not take them along. Rather are they told once more after a crash.
   */
  readonly #told = new Set<Request>()

  constructor(parts: { store: Store; bus: Bus; clock: Clock; directory: Directory; channels: Channels }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    parts.channels.onRemoved((channel) => this.#withdraw((request) => request.channel === channel))
    parts.channels.onBanned((channel, account) =>
      this.#withdraw(
        (request) =>
          request.channel === channel && request.account === account && request.answer === 'pending',
      ),
    )
  }

  /** Takes a stored request over at start. */
  add(record: RequestRecord): void {
    const channel = this.#channels.byId(record.channel)
    const account = this.#directory.account(record.account)
    const by = this.#directory.account(record.by)
    if (channel && account && by) this.#requests.set(record.id, { ...record, channel, account, by })
  }

  /**
   * Invites accounts by name or number. All of them are checked before any is invited; who has been invited
   * already stays so, by one request. Answers the names.
   */
  async invite(
    actor: Account,
    channel: Channel,
    names: readonly string[],
    except?: Listener,
  ): Promise<string[]> {
    requireRank(channel, actor, 1)
    const invited = [...new Set(names.map((name) => this.#invitable(channel, actor, name)))]
    for (const account of invited)
      await this.#channels.exclusively(channel, () => this.#inviteOne(actor, channel, account, except))
    return invited.map(({ name }) => name)
  }

  /** Checks names before their channel is made. */
  checkNames(actor: Account, names: readonly string[]): void {
    for (const name of names) {
      const person = this.#directory.require(name)
      if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
      if (person === actor) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    }
  }

  /** Becomes a member of the channel; who invited learns it now or at the next login. */
  async accept(account: Account, id: number, listener?: Listener): Promise<Entered> {
    const request = this.#pending(account, id)
    const { channel } = request
    const entered = await this.#channels.admitInvited(channel, account, listener, async (membership) => {
      // It may have been answered on another connection at the same moment, or withdrawn.
      this.#pending(account, id)
      await this.#store.answerRequest(id, { channel: channel.id, account: account.id, ...membership })
      request.answer = 'accepted'
    })
    this.#answered(request, 'accepted')
    return entered
  }

  /** Answers the channel's name. */
  async reject(account: Account, id: number): Promise<string> {
    const request = this.#pending(account, id)
    await this.#channels.exclusively(request.channel, async () => {
      this.#pending(account, id)
      await this.#store.answerRequest(id, 'rejected')
      request.answer = 'rejected'
    })
    this.#answered(request, 'rejected')
    return request.channel.name
  }

  /** The number of the account's pending invitation into a channel. */
  pendingInto(account: Account, channelName: string): number | undefined {
    const key = channelName.toLowerCase()
    for (const { id, account: invited, answer, channel } of this.#requests.values())
      if (invited === account && answer === 'pending' && channel.name.toLowerCase() === key) return id
    return undefined
  }

  /** What the account was asked and has not answered, and what it has asked others. */
  list(account: Account): RequestRow[] {
    return [...this.#requests.values()]
      .filter(
        (request) =>
          (request.account === account && request.answer === 'pending') ||
          (request.by === account && !this.#told.has(request)),
      )
      .map(rowOf)
  }

  /** Pending invitations, for the digest at login. */
  waitingFor(account: Account): RequestRow[] {
    return [...this.#requests.values()]
      .filter((request) => request.account === account && request.answer === 'pending')
      .map(rowOf)
  }

  /** Answers that came while whoever asked was offline. */
  takeAnswers(account: Account): RequestRow[] {
    const answered = [...this.#requests.values()].filter(
      (request) => request.by === account && request.answer !== 'pending' && !this.#told.has(request),
    )
    for (const request of answered) this.#told.add(request)
    return answered.map(rowOf)
  }

  /** Forgets the answers that were told; to be called now and then. */
  async forgetTold(): Promise<void> {
    const told = [...this.#told]
    if (told.length === 0) return
    await this.#store.forgetRequests(told.map(({ id }) => id))
    for (const request of told) {
      this.#told.delete(request)
      this.#requests.delete(request.id)
    }
  }

  /** Withdraws all requests from and to an account that is deleted; the store has forgotten them by itself. */
  forgetAccount(account: Account): void {
    this.#withdraw((request) => request.account === account || request.by === account)
  }

  #invitable(channel: Channel, actor: Account, name: string): Account {
    const person = this.#directory.require(name)
    if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    if (person === actor) throw fail({ code: 'not-allowed', why: 'not-oneself' })
    if (channel.members.has(person))
      throw fail({ code: 'already-a-member', channel: channel.name, name: person.name })
    if (channel.banned.has(person)) throw fail({ code: 'banned', channel: channel.name, name: person.name })
    return person
  }

  async #inviteOne(by: Account, channel: Channel, account: Account, except?: Listener): Promise<void> {
    // Things may have changed while this waited for its turn.
    if (by.deleted || account.deleted || channel.banned.has(account) || channel.members.has(account)) return
    // Who has blocked somebody is not asked, and the other is not told.
    if (account.blocked.has(by) || this.pendingInto(account, channel.name) !== undefined) return
    const at = this.#clock.now()
    let id: number
    try {
      id = await this.#store.addRequest({ channel: channel.id, account: account.id, by: by.id, at })
    } catch (error) {
      // Somebody else invited them at the same moment: that is the one request.
      if (error instanceof NameTaken) return
      throw error
    }
    this.#requests.set(id, { id, channel, account, by, at, answer: 'pending' })
    this.#bus.publish({ type: 'invited', channel: channel.name, by: by.name, request: id }, [account], except)
  }

  #pending(account: Account, id: number): Request {
    const request = this.#requests.get(id)
    if (!request || request.account !== account || request.answer !== 'pending')
      throw fail({ code: 'no-such-request', request: id })
    return request
  }

  #answered(request: Request, answer: 'accepted' | 'rejected'): void {
    const { account, by, channel } = request
    if (by.listeners.size === 0) return
    this.#bus.publish({ type: 'answered', channel: channel.name, user: account.name, answer }, [by])
    this.#told.add(request)
  }

  /** The store has forgotten them together with what they were about. */
  #withdraw(which: (request: Request) => boolean): void {
    for (const request of [...this.#requests.values()].filter(which)) {
      this.#requests.delete(request.id)
      this.#told.delete(request)
      if (request.answer !== 'pending' || request.account.deleted) continue
      this.#bus.publish({ type: 'withdrawn', channel: request.channel.name, request: request.id }, [
        request.account,
      ])
    }
  }
}

function rowOf({ id, channel, account, by, at, answer }: Request): RequestRow {
  return { request: id, channel: channel.name, user: account.name, by: by.name, at, answer }
}
