import type { Account, Channel } from '../model/people.ts'
import { rankIn } from '../model/ranks.ts'
import type { Bus } from '../ports/bus.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import { exclusively } from './exclusively.ts'
import type { Leaving, Withdrawal } from './leaving.ts'
import { entryOf, type Request, type Requests } from './requests.ts'

/** Withdraws invitations when the inviter does not lead the channel any more, a channel is closed, or somebody is banned, blocked or deleted. */
export class Withdrawals {
  readonly #store: Store
  readonly #bus: Bus
  readonly #requests: Requests

  constructor(parts: { store: Store; bus: Bus; requests: Requests; leaving: Leaving }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#requests = parts.requests
    parts.leaving.onClosed((channel) => this.#withdraw(this.#requests.about(channel)))
    parts.leaving.onLeaving((channel, account) => this.ofFormer(account, channel))
    // The store has forgotten their requests, made and received, together with the ban.
    parts.leaving.onBanned((channel, account) =>
      this.#withdraw(
        this.#requests.about(account).filter((one) => one.channel === channel && one.answer === 'pending'),
      ),
    )
  }

  /**
   * What belongs to a change by which somebody no longer leads the channel: their invitations end in the same step, or not
   * at all if the change is refused. Operators lead the channel also when they are not in it. Call it only while nobody else
   * changes the members.
   */
  ofFormer(account: Account, channel: Channel): Withdrawal {
    return this.#withdrawal(account.operator ? [] : this.#openBy(account, channel))
  }

  /** Ends the invitations of a former operator into channels that they led only as an operator. */
  async withdrawAllBy(account: Account): Promise<void> {
    const channels = new Set(this.#requests.by(account).map(({ channel }) => channel))
    for (const channel of channels)
      if (rankIn(channel, account) === 0)
        await exclusively(channel, async () => {
          const { requests, ...told } = this.#withdrawal(this.#openBy(account, channel))
          if (requests.length > 0) await this.#store.forgetRequests(requests, told)
        })
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

  /** Withdraws all requests from and to an account that is deleted; the store has forgotten them by itself. */
  forgetAccount(account: Account): void {
    this.#withdraw(this.#requests.about(account))
  }

  #openBy(account: Account, channel: Channel): Request[] {
    return this.#requests.by(account).filter((one) => one.channel === channel && one.answer === 'pending')
  }

  #withdrawal(requests: readonly Request[]): Withdrawal {
    return { requests: requests.map(({ id }) => id), ...this.of(requests) }
  }

  /** What the log says and what is told if requests are withdrawn. */
  of(requests: readonly Request[]): Told {
    const told = requests.filter(({ answer }) => answer === 'pending')
    return {
      log: told.map((request) => entryOf('withdrawn', request)),
      tell: () => this.#withdraw(requests),
    }
  }

  /** The store has forgotten them together with what they were about. */
  #withdraw(requests: readonly Request[], except?: Account): void {
    for (const request of requests) {
      // A block may have ended it meanwhile.
      if (this.#requests.get(request.id) !== request) continue
      this.#requests.delete(request)
      if (request.answer !== 'pending' || request.account.deleted || request.account === except) continue
      this.#bus.publish({ type: 'withdrawn', channel: request.channel.name, request: request.id }, [
        { person: request.account },
      ])
    }
  }
}
