import type { Channels } from './channels.ts'
import type { History } from './history.ts'
import type { Invitations } from './invitations.ts'
import type { Account, Guest, Listener } from './people.ts'
import { StoreUnavailable } from './ports.ts'
import type { Reply, Room } from './replies.ts'

/** What somebody finds on coming in: their channels, and what was said there meanwhile. */
export class Entrance {
  readonly #channels: Channels
  readonly #history: History
  readonly #invitations: Invitations

  constructor(parts: { channels: Channels; history: History; invitations: Invitations }) {
    this.#channels = parts.channels
    this.#history = parts.history
    this.#invitations = parts.invitations
  }

  /** A guest enters the default channels. */
  async welcomeGuest(guest: Guest, listener: Listener): Promise<Reply & { code: 'welcome-guest' }> {
    const rooms: Room[] = []
    for (const entered of await this.#channels.joinDefaults(guest, listener)) {
      rooms.push(await this.#history.onEntering(guest, entered))
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
  ): Promise<Pick<Reply & { code: 'welcome' }, 'rooms' | 'waiting' | 'news' | 'target'>> {
    const back = [...account.channels].sort(
      (a, b) => Number(b.isDefault) - Number(a.isDefault) || a.name.localeCompare(b.name),
    )
    const entered = await this.#channels.joinDefaults(account, listener).catch(unlessStored)
    const rooms = await Promise.all([
      ...entered.map((arrival) => this.#history.onEntering(account, arrival)),
      ...back.map((channel) => this.#history.onReturning(account, channel, span.seen, span.upTo)),
    ])
    const waiting = await this.#history.waitingFor(account, span.seen, span.upTo)
    const news = {
      ...(await this.#history.newsFor(account, span.seen, span.upTo)),
      requests: this.#invitations.waitingFor(account),
      answers: await this.#invitations.takeAnswers(account).catch(unlessStored),
    }
    return { rooms, waiting, news, ...firstOf(rooms) }
  }
}

/** Whoever has a right to come in does so, also while nothing can be stored. */
function unlessStored(error: unknown): never[] {
  if (error instanceof StoreUnavailable) return []
  throw error
}

function firstOf(rooms: readonly Room[]): { target?: string } {
  const [room] = rooms
  return room ? { target: room.channel } : {}
}
