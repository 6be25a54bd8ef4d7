import type { Clock } from '../../lib/clock.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { unblocked } from '../model/audience.ts'
import { isIn } from '../model/channel.ts'
import type { ChatEvent } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { calledSo, checkChannelName, foldName } from '../model/names.ts'
import type { Account, Channel, Guest, Listener } from '../model/people.ts'
import { requireRank } from '../model/ranks.ts'
import { requireVoice } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Channels } from './channels.ts'
import { exclusively } from './exclusively.ts'
import type { Going, Leaving } from './leaving.ts'

/** Changes the name of a channel, its topic, and whether it is private. */
export class ChannelSettings {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #space: FreeSpace
  readonly #channels: Channels
  readonly #leaving: Leaving

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    space: FreeSpace
    channels: Channels
    leaving: Leaving
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#space = parts.space
    this.#channels = parts.channels
    this.#leaving = parts.leaving
  }

  /** Renames a channel, for those who lead it. Calls `tell` with the old name once the channel has the new one. Throws `name-taken`. */
  async rename(channel: Channel, name: string, by: Account, tell: (from: string) => void): Promise<void> {
    const key = foldName(checkChannelName(name))
    await exclusively(channel, async () => {
      const check = () => requireRank(channel, by, 2)
      check()
      if (channel.isDefault)
        throw fail({ code: 'not-allowed', why: 'default-channel', channel: channel.name })
      const there = this.#channels.named(name)
      if (name === channel.name) throw calledSo(name)
      if (there && there !== channel) throw fail({ code: 'name-taken', name })
      const from = channel.name
      const former = this.#channels.formerNames.after(channel, from, name)
      const renamed = () => {
        this.#channels.rename(channel, name, former)
        tell(from)
      }
      await this.#store
        .renameChannel(channel.id, { name, key, former }, from, {
          log: [{ kind: 'channel', channel: channel.id }],
          check,
          tell: renamed,
        })
        .catch((error: unknown) => {
          throw error instanceof NameTaken ? fail({ code: 'name-taken', name }) : error
        })
    })
  }

  /** Makes a channel private or public. Guests cannot be in a private channel, so they are taken out. */
  async setPrivate(channel: Channel, isPrivate: boolean, by: Account, via?: Listener): Promise<void> {
    await exclusively(channel, async () => {
      if (channel.isDefault)
        throw fail({ code: 'not-allowed', why: 'default-channel', channel: channel.name })
      const check = () => requireRank(channel, by, 2)
      check()
      if (channel.private === isPrivate) return
      const why = { by: by.name, reason: 'it is private now' }
      const goingOf = ({ name: user }: Guest): Going => ({
        event: { type: 'removed', channel: channel.name, user, ...why },
      })
      await this.#store.setPrivate(channel.id, isPrivate, {
        log: [{ kind: 'channel', channel: channel.id, other: by.id }],
        check,
        tell: () => {
          this.#channels.setPrivate(channel, isPrivate)
          const event = { type: 'channel', channel: channel.name, private: isPrivate, by: by.name } as const
          this.#bus.publish(event, [{ channel }], via)
          if (!isPrivate) return
          this.#leaving.takeOutGuests(channel, goingOf)
          // People outside may know the addresses of its files.
          this.#leaving.barred(channel)
        },
      })
      if (isPrivate)
        for (const guest of [...channel.guests]) await this.#leaving.takeOut(channel, guest, goingOf(guest))
    })
  }

  /** Sets the topic, for somebody who may speak in the channel; that of a default channel, for an operator. */
  async setTopic(account: Account, channel: Channel, topic: string, via?: Listener): Promise<void> {
    const check = () => {
      if (!isIn(channel, account)) throw fail({ code: 'not-a-member', channel: channel.name })
      requireVoice(channel, account, this.#clock)
      if (channel.isDefault && !account.operator) throw fail({ code: 'not-allowed', why: 'default-topic' })
    }
    check()
    if (topic !== '') this.#space.require()
    await this.#store.setTopic(channel.id, topic, {
      log: [{ kind: 'topic', channel: channel.id, other: account.id }],
      check,
      tell: () => {
        channel.topic = topic
        const event: ChatEvent = { type: 'topic', channel: channel.name, topic, by: account.name }
        this.#bus.publish(event, [unblocked({ channel }, account)], via)
      },
    })
  }
}
