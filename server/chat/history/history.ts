import type { Channels } from '../channels/channels.ts'
import type { Cursor } from '../model/cursor.ts'
import { fail } from '../model/failures.ts'
import { meansChannel } from '../model/names.ts'
import { type Account, deletedUser, type Person } from '../model/people.ts'
import type { Store } from '../ports/store.ts'
import { type Listing, type Messages, unwantedBy } from './listing.ts'
import type { Partners } from './partners.ts'
import { checkWords, type SearchFilter } from './search-filter.ts'

/** Earlier messages, for those who may read them and ask for them. */
export class History {
  readonly #store: Store
  readonly #partners: Partners
  readonly #channels: Channels
  readonly #listing: Listing

  constructor(parts: { store: Store; partners: Partners; channels: Channels; listing: Listing }) {
    this.#store = parts.store
    this.#partners = parts.partners
    this.#channels = parts.channels
    this.#listing = parts.listing
  }

  /** The last messages of a channel that the reader is in, or of the talk with a person; or those at a cursor. */
  async of(
    reader: Person,
    target: string,
    limit = this.#listing.usual,
    asked: Cursor = {},
  ): Promise<Messages> {
    const page = this.#listing.page(asked, limit)
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, reader)
      const found = await this.#listing.portion(
        reader,
        (part) => this.#store.channelHistory(channel.id, part),
        page,
      )
      return this.#listing.list('history', reader, found, { of: channel.name, page, asked })
    }
    // What guests said to each other can be read by nobody later: a nick proves nothing.
    if (reader.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
    // A guest may be gone. All deleted accounts together are no talk.
    const isInInbox = target === deletedUser || target.startsWith('~')
    const other = isInInbox ? undefined : await this.#partners.require(reader, target)
    if (!other || other.kind === 'guest') throw fail({ code: 'not-allowed', why: 'only-in-inbox' })
    const found = await this.#listing.portion(
      reader,
      (part) => this.#store.directHistory(reader.id, other.id, part),
      page,
    )
    return this.#listing.list('history', reader, found, { of: other.name, page, asked })
  }

  /**
   * Searches what this account may read: its channels, and its own direct messages. Ends with `signal`. Rejects with
   * StoreTooSlow if it takes too long.
   */
  async search(reader: Account, filter: SearchFilter, signal?: AbortSignal): Promise<Messages> {
    checkWords(filter.words)
    const channel = filter.in === undefined ? undefined : this.#channels.require(filter.in, reader)
    const from = filter.from === undefined ? undefined : this.#partners.authorOf(filter.from)
    const query = {
      words: filter.words,
      reader: reader.id,
      channels: channel ? [channel.id] : [...reader.channels].map(({ id }) => id),
      direct: !channel,
      from,
      // Left out by the database: it goes through what does not fit in any case, and no longer than it may.
      unwanted: unwantedBy(reader),
      since: filter.after,
      until: filter.before,
      signal,
    }
    const asked = filter.cursor
    const page = this.#listing.page(asked)
    const found = await this.#listing.portion(
      reader,
      (part) => this.#store.search({ ...query, ...part }),
      page,
    )
    return this.#listing.list('search', reader, found, { of: filter.asked, page, asked })
  }

  /** The operators' notices, the last ones or those at a cursor; oldest first, as all lists are. */
  async notices(reader: Person, asked: Cursor = {}): Promise<Messages> {
    const page = this.#listing.page(asked)
    const found = await this.#listing.portion(reader, (part) => this.#store.notices(part), page)
    return this.#listing.list('notices', reader, found, { page, asked })
  }

  /** Messages that mention an account, the last ones or those at a cursor. */
  async mentions(reader: Account, asked: Cursor = {}): Promise<Messages> {
    const page = this.#listing.page(asked)
    const found = await this.#listing.portion(reader, (part) => this.#store.mentions(reader.id, part), page)
    return this.#listing.list('mentions', reader, found, { page, asked })
  }
}
