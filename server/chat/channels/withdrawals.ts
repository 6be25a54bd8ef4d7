import type { Account, Channel } from '../model/people.ts'
import { rankIn } from '../model/ranks.ts'
import type { Bus } from '../ports/bus.ts'
import type { Told } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import { exclusively } from './exclusively.ts'
import type { Leaving } from './leaving.ts'
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
    // Operators lead the channel also when they are not in it.
    parts.leaving.onLeaving(async (channel, account) => {
      if (!account.operator) await this.withdrawBy(account, channel)
    })
    // The store has forgotten their requests, made and received, together with the ban.
    parts.leaving.onBanned((channel, account) =>
      this.#withdraw(
        this.#requests.about(account).filter((one) => one.channel === channel && one.answer === 'pending'),
      ),
    )
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
      this.of(open),
    )
  }

  /** Ends the invitations of a former operator into channels that they led only as an operator. */
  async withdrawAllBy(account: Account): Promise<void> {
    const channels = new Set(this.#requests.by(account).map(({ channel }) => channel))
    for (const channel of channels)
      if (rankIn(channel, account) === 0) await exclusively(channel, () => this.withdrawBy(account, channel))
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
      this.#requests.delete(request)
      if (request.answer !== 'pending' || request.account.deleted || request.account === except) continue
      this.#bus.publish({ type: 'withdrawn', channel: request.channel.name, request: request.id }, [
        { person: request.account },
      ])
    }
  }
}
