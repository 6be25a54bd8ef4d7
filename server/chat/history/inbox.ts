import type { Cursor } from '../model/cursor.ts'
import type { Account } from '../model/people.ts'
import type { Page } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Listing, Messages } from './listing.ts'
import type { UnreadPlaces } from './unread-places.ts'

/** So many portions are read at most until one has something unread; each looks at some 2,000 messages. */
const mostPortions = 25

/** Direct messages to one account. */
export class Inbox {
  readonly #store: Store
  readonly #listing: Listing
  readonly #unread: UnreadPlaces

  constructor(parts: { store: Store; listing: Listing; unread: UnreadPlaces }) {
    this.#store = parts.store
    this.#listing = parts.listing
    this.#unread = parts.unread
  }

  /**
   * Those that are unread, the oldest first, or the last ones if none are; with a cursor those at it, read or not. Where a
   * person `reads` them at a terminal, asking again shows the next ones; everybody else goes on by `after`.
   */
  async of(reader: Account, asked: Cursor, reads: boolean): Promise<Messages> {
    const isPlain = asked.before === undefined && asked.after === undefined
    return (isPlain ? await this.#unreadOf(reader, reads) : undefined) ?? this.#at(reader, asked)
  }

  async #at(reader: Account, asked: Cursor): Promise<Messages> {
    const page = this.#listing.page(asked)
    const found = await this.#listing.portion(reader, this.#read(reader), page)
    return this.#listing.list('inbox', reader, found, { page, asked })
  }

  async #unreadOf(reader: Account, reads: boolean): Promise<Messages | undefined> {
    const unread = await this.#unread.direct(reader)
    if (!unread) return undefined
    let page = this.#listing.page({ after: unread.after })
    let found = await this.#listing.portion(reader, this.#read(reader), page, unread.is)
    // Much that is read may lie between.
    for (let read = 1; found.records.length === 0 && found.more && read < mostPortions; read++) {
      page = { ...page, after: found.next }
      found = await this.#listing.portion(reader, this.#read(reader), page, unread.is)
    }
    if (found.records.length === 0 && !found.more) return undefined
    const { span, ...list } = this.#listing.list('inbox', reader, found, { page })
    const isNext = found.more && !(reads && found.records.length > 0)
    return {
      ...list,
      ...(span ? { span: { after: unread.after, upTo: span.upTo } } : {}),
      next: isNext ? list.next : undefined,
      unreadFrom: unread.after,
    }
  }

  #read(reader: Account): (page: Page) => ReturnType<Store['inbox']> {
    return (page) => this.#store.inbox(reader.id, page)
  }
}
