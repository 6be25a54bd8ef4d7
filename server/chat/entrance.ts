import type { Channels } from './channels.ts'
import type { History } from './history.ts'
import type { Account, Guest, Listener } from './people.ts'
import type { Reply, Room } from './replies.ts'

/** What somebody finds on coming in: their channels, and what was said there meanwhile. */
export class Entrance {
  readonly #channels: Channels
  readonly #history: History

  constructor(parts: { channels: Channels; history: History }) {
    this.#channels = parts.channels
    this.#history = parts.history
  }

  /** A guest enters the default channels. */
  async welcomeGuest(guest: Guest, listener: Listener): Promise<Reply & { code: 'welcome-guest' }> {
    const rooms: Room[] = []
    for (const entered of await this.#channels.joinDefaults(guest, listener)) {
      rooms.push(await this.#history.onEntering(entered))
    }
    return { code: 'welcome-guest', name: guest.name, rooms, ...firstOf(rooms) }
  }

  /**
   * An account is back in its channels. It was shown everything up to `seen`, and hears by itself what
   * comes after `upTo`.
   */
  async welcome(
    account: Account,
    listener: Listener,
    span: { seen: number; upTo: number },
  ): Promise<Pick<Reply & { code: 'welcome' }, 'rooms' | 'waiting' | 'target'>> {
    const back = [...account.channels].sort(
      (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
    )
    const entered = await this.#channels.joinDefaults(account, listener)
    const rooms = await Promise.all([
      ...entered.map((arrival) => this.#history.onEntering(arrival)),
      ...back.map((channel) => this.#history.onReturning(channel, span.seen, span.upTo)),
    ])
    const waiting = await this.#history.waitingFor(account, span.seen, span.upTo)
    return { rooms, waiting, ...firstOf(rooms) }
  }
}

function firstOf(rooms: readonly Room[]): { target?: string } {
  const [room] = rooms
  return room ? { target: room.channel } : {}
}
