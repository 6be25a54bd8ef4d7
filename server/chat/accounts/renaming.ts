import type { Clock } from '../../lib/clock.ts'
import type { ChannelSettings } from '../channels/settings.ts'
import { besides, unblocked } from '../model/audience.ts'
import { fail } from '../model/failures.ts'
import { connectionsOf, renameIn } from '../model/grants.ts'
import { calledSo, checkName, foldName } from '../model/names.ts'
import type { Account, Channel, Listener } from '../model/people.ts'
import { requireOperator } from '../model/ranks.ts'
import type { Directory } from '../people/directory.ts'
import { isMuted } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Pairs } from '../talk/pairs.ts'
import type { OwnSettings } from './own-settings.ts'

/** Renames accounts and channels. Messages and everything else that refers to them by number stay theirs. */
export class Renaming {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channelSettings: ChannelSettings
  readonly #ownSettings: OwnSettings
  readonly #pairs: Pairs

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channelSettings: ChannelSettings
    ownSettings: OwnSettings
    pairs: Pairs
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channelSettings = parts.channelSettings
    this.#ownSettings = parts.ownSettings
    this.#pairs = parts.pairs
  }

  /** Renames an account, for operators. Returns the old name. */
  async account(account: Account, name: string, by: Account, via?: Listener): Promise<string> {
    const [from, key, holder] = [account.name, foldName(checkName(name)), {}]
    if (name === from) throw calledSo(name)
    // The same letters in another case are the same name, so nobody else can have it.
    const isNew = key !== foldName(from)
    if (isNew) this.#directory.claim(name, holder, { firmly: true, first: true })
    try {
      const former = this.#directory.formerNames.after(account, from, name)
      await this.#store.renameAccount(
        account.id,
        { name, key, former },
        {
          log: [{ kind: 'renamed', account: account.id }],
          check: () => requireOperator(by),
          tell: () => {
            if (account.deleted) return
            this.#directory.rename(account, name, former)
            this.#tellRenamed(account, from, via)
          },
        },
      )
      if (account.deleted) throw fail({ code: 'no-such-user', name: from })
      return from
    } catch (error) {
      throw error instanceof NameTaken ? fail({ code: 'name-taken', name }) : error
    } finally {
      this.#directory.release(holder)
    }
  }

  #tellRenamed(account: Account, from: string, via: Listener | undefined): void {
    const now = this.#clock.steady()
    const audiences = [
      ...[...account.channels].filter((one) => !isMuted(one, account, now)).map((channel) => ({ channel })),
      { connections: this.#pairs.concerned(account) },
      ...[...account.contactOf].filter(({ watch }) => watch).map((person) => ({ person })),
    ]
    const own = new Set(connectionsOf(account))
    const event = { type: 'renamed', user: from, name: account.name } as const
    this.#bus.publish(
      event,
      audiences.map((audience) => besides(unblocked(audience, account), [account])),
      via,
    )
    this.#bus.publish({ ...event, you: true }, [{ connections: own }], via)
  }

  /** Renames a channel, for those who lead it. Returns the old name. */
  async channel(channel: Channel, name: string, by: Account, via?: Listener): Promise<string> {
    const from = channel.name
    await this.#channelSettings.rename(channel, name, by, (from) => {
      for (const account of channel.members.keys())
        for (const { grant } of connectionsOf(account)) if (grant) renameIn(grant, from, name)
      this.#bus.publish({ type: 'channel', channel: from, name, by: by.name }, [{ channel }], via)
    })
    for (const account of channel.members.keys()) {
      const [before, after] = [foldName(from), foldName(name)]
      if (account.settings.quiet?.[before] === undefined) continue
      await this.#ownSettings.change(account, ({ quiet = {} }) => {
        const { [before]: spared, ...others } = quiet
        return { quiet: spared === undefined ? others : { ...others, [after]: spared } }
      })
    }
    return from
  }
}
