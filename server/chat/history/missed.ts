import type { Entered } from '../channels/joining.ts'
import type { Spared } from '../model/batch.ts'
import { sizeOf } from '../model/channel.ts'
import type { Count } from '../model/count.ts'
import type { Message } from '../model/events.ts'
import type { Account, Channel, Listener, Person } from '../model/people.ts'
import type { Room } from '../model/replies/channels.ts'
import { rowCount } from '../model/rows.ts'
import type { MessageRecord, Page } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Listing } from './listing.ts'

/** What somebody is shown on coming in, without asking: the last lines of a channel, and what came while they were away. */
export class Missed {
  readonly #store: Store
  readonly #listing: Listing

  constructor(parts: { store: Store; listing: Listing }) {
    this.#store = parts.store
    this.#listing = parts.listing
  }

  /** A channel on entering it: its last lines. */
  async onEntering(reader: Person, { channel, upTo }: Entered, listener?: Listener): Promise<Room> {
    const spared = listener && channel.listeners.sparedOf(listener)
    const page = { limit: this.#replayed(listener), before: upTo + 1 }
    return room(channel, await this.#lines(reader, channel, page), { spared })
  }

  /**
   * A channel on coming back: the lines above `seen` that are news, the last of them whole. Where the connection is spared the
   * talk of the channel, only how many lines there are.
   */
  async onReturning(
    reader: Person,
    channel: Channel,
    { seen, upTo }: { readonly seen: number; readonly upTo: number },
    listener?: Listener,
  ): Promise<Room> {
    const spared = listener && channel.listeners.sparedOf(listener)
    // Nothing new, and no question to the store: the usual case for most of somebody's channels.
    if (channel.lastId <= seen) return room(channel, [], { spared, unread: none })
    const page = { after: seen, before: upTo + 1 }
    const limit = spared === 'all' ? 0 : this.#replayed(listener)
    const own = ownOf(reader, listener)
    const [unread, messages] = await Promise.all([
      this.#listing.count(reader, (...of) => this.#store.countChannel(channel.id, ...of), page, own),
      this.#lines(reader, channel, { ...page, limit }, isNews(own)),
    ])
    return room(channel, messages, { spared, unread })
  }

  /** How many lines of a channel are shown that nobody asked for. */
  #replayed(listener: Listener | undefined): number {
    return listener?.brief ? 0 : this.#listing.replayed
  }

  /**
   * Direct messages to this account above `seen`, as far as they are `wanted`: the messages themselves if they are few enough
   * to be shown at once, otherwise only how many there are; `/inbox` shows those that are unread.
   */
  async directly(
    account: Account,
    { seen, upTo }: { readonly seen: number; readonly upTo: number },
    wanted: (record: MessageRecord) => boolean = () => true,
  ): Promise<{ count: Count; messages: Message[] }> {
    const page = { after: seen, before: upTo + 1 }
    const limit = this.#listing.replayed
    const read = (part: Page) => this.#store.inbox(account.id, part)
    const found = await this.#listing.portion(account, read, { ...page, limit, oldest: true }, wanted)
    const { length } = found.records
    if (length <= limit && !found.more)
      return { count: { count: length, more: false }, messages: this.#listing.shown(found) }
    const count = await this.#listing.count(
      account,
      (...of) => this.#store.countInbox(account.id, ...of),
      page,
    )
    return { count, messages: [] }
  }

  /** What came besides channels and direct messages: notices, and how many mentions. */
  async news(
    account: Account,
    { seen, upTo }: { readonly seen: number; readonly upTo: number },
    listener?: Listener,
  ): Promise<{ notices: Message[]; moreNotices: boolean; mentions: Count }> {
    if (upTo <= seen) return { notices: [], moreNotices: false, mentions: none }
    const page = { after: seen, before: upTo + 1 }
    const limit = this.#listing.replayed
    const own = ownOf(account, listener)
    const [notices, mentions] = await Promise.all([
      // An operator's command may have made a notice in somebody's name, who has not seen it.
      this.#listing.portion(account, (part) => this.#store.notices(part), { ...page, limit }),
      this.#listing.count(account, (...of) => this.#store.countMentions(account.id, ...of), page, own),
    ])
    return { notices: this.#listing.shown(notices), moreNotices: notices.more, mentions }
  }

  /** The last lines that are for the reader: nobody asked for them, so a pasted text counts as many as it has. */
  async #lines(
    reader: Person,
    channel: Channel,
    page: Page,
    wanted?: (record: MessageRecord) => boolean,
  ): Promise<Message[]> {
    if (page.limit === 0) return []
    const read = (part: Page) => this.#store.channelHistory(channel.id, part)
    const shown = this.#listing.shown(await this.#listing.portion(reader, read, page, wanted))
    let rows = 0
    const first = shown.findLastIndex(({ text }) => {
      rows += rowCount(text)
      return rows > page.limit
    })
    return shown.slice(Math.min(first + 1, shown.length - 1))
  }
}

const none: Count = { count: 0, more: false }

/**
 * The account whose own words are no news to this connection, whatever the store knows of what it was shown: a person knows what
 * they have said, but not what their scripts have said. A script is told all that it did not see.
 */
function ownOf(reader: Person, listener: Listener | undefined): number | undefined {
  return reader.kind === 'account' && listener && !listener.grant ? reader.id : undefined
}

function isNews(own: number | undefined): (record: MessageRecord) => boolean {
  return ({ bot, from }) => own === undefined || from !== own || bot === true
}

function room(
  channel: Channel,
  messages: Message[],
  { spared, unread }: { readonly spared: Spared | undefined; readonly unread?: Count },
): Room {
  return {
    channel: channel.name,
    topic: channel.topic,
    members: sizeOf(channel),
    messages,
    ...(unread ? { unread } : {}),
    ...(spared ? { quiet: spared } : {}),
  }
}
