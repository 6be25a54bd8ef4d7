import type { Channels } from '../channels/channels.ts'
import type { Entered } from '../channels/joining.ts'
import type { Spared } from '../model/batch.ts'
import { sizeOf } from '../model/channel.ts'
import type { Count } from '../model/count.ts'
import type { Message } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { meansChannel } from '../model/names.ts'
import type { Channel } from '../model/people.ts'
import { type Account, deletedUser, type Listener, type Person } from '../model/people.ts'
import type { Room } from '../model/replies/channels.ts'
import type { Reply } from '../model/replies.ts'
import { rowCount } from '../model/rows.ts'
import type { Directory } from '../people/directory.ts'
import type { MessageRecord, Page, Unwanted } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import { type Portion, portionOf } from './reading.ts'

/** Unread lines are not counted any further than this. */
const countLimit = 1000

/** More words make a search slow, and find nothing. */
const mostWords = 32
const mostCharacters = 1000

/** Which part of a list: what is before a message's number, or after one; the last part if neither. Exclusive. */
export interface Cursor {
  readonly before?: number | undefined
  readonly after?: number | undefined
}

/** What a search asks for; names as they were typed. */
export interface SearchFilter {
  /** Those that end in `*` are beginnings. May be none if there is `from`. */
  readonly words: readonly string[]
  /** The words as they were typed, to ask on. */
  readonly asked?: string
  /** Only messages on one side of a number. */
  readonly cursor?: Cursor | undefined
  readonly in?: string | undefined
  readonly from?: string | undefined
  /** ms since the epoch: `after` inclusive, `before` exclusive. */
  readonly before?: number | undefined
  readonly after?: number | undefined
}

export type Messages = Reply & { code: 'messages' }

/** What was said, for those who may read it. */
export class History {
  readonly #store: Store
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #rules: { readonly replayLines: number }

  constructor(parts: {
    store: Store
    directory: Directory
    channels: Channels
    timeline: Timeline
    /** Looked at each time: it may change. */
    rules: { readonly replayLines: number }
  }) {
    this.#store = parts.store
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#rules = parts.rules
  }

  /** The last lines of a channel one is in, or of the talk with a person; or those on one side of a number. */
  async of(
    reader: Person,
    target: string,
    limit = this.#rules.replayLines,
    cursor: Cursor = {},
  ): Promise<Messages> {
    const page = this.#page(cursor, limit)
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, reader)
      const found = this.#portion(reader, (part) => this.#store.channelHistory(channel.id, part), page)
      return this.#list('history', reader, await found, { of: channel.name, page })
    }
    // What guests said to each other can be read by nobody later: a nick proves nothing.
    if (reader.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
    const other = this.#directory.require(target)
    if (other.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    const found = this.#portion(reader, (part) => this.#store.directHistory(reader.id, other.id, part), page)
    return this.#list('history', reader, await found, { of: other.name, page })
  }

  /**
   * Searches what this account may read: its channels, and its own direct messages. Ends with `signal`. Rejects with
   * StoreTooSlow if it takes too long.
   */
  async search(reader: Account, filter: SearchFilter, signal?: AbortSignal): Promise<Messages> {
    checkWords(filter.words)
    const channel = filter.in === undefined ? undefined : this.#channels.require(filter.in, reader)
    const from = filter.from === undefined ? undefined : this.#directory.findAccount(filter.from)
    if (filter.from !== undefined && !from) throw fail({ code: 'no-such-user', name: filter.from })
    const query = {
      words: filter.words,
      reader: reader.id,
      channels: channel ? [channel.id] : [...reader.channels].map(({ id }) => id),
      direct: !channel,
      from: from?.id,
      // Left out by the database: it goes through what does not fit in any case, and no longer than it may.
      unwanted: unwantedBy(reader),
      since: filter.after,
      until: filter.before,
      signal,
    }
    const page = this.#page(filter.cursor)
    const found = this.#portion(reader, (part) => this.#store.search({ ...query, ...part }), page)
    return this.#list('search', reader, await found, { of: filter.asked, page })
  }

  /**
   * Direct messages: all that wait, oldest first, or the last ones if none do. What was shown to the person does not wait
   * any more; what was shown to a script goes on waiting, and it asks on by `after`.
   */
  async inbox(reader: Account, isPerson = true, asked: Cursor = {}): Promise<Messages> {
    const limit = this.#rules.replayLines
    const read = (part: Page) => this.#store.inbox(reader.id, part)
    const { unreadFrom } = reader
    const goesOn = asked.before !== undefined || asked.after !== undefined
    const after = asked.after ?? (goesOn ? undefined : unreadFrom)
    if (after !== undefined) {
      // A long absence is read page by page, and nothing is skipped.
      const page = { limit, after, before: this.#below(), oldest: true }
      const found = await this.#portion(reader, read, page)
      const { more, next, records } = found
      const reads = isPerson && !goesOn
      if (reads) reader.unreadFrom = next
      if (goesOn || more || records.length > 0) {
        const on = more && !reads && next !== undefined ? { next: { after: next } } : {}
        const list = this.#list('inbox', reader, found, { page })
        return { ...list, ...sideOf(asked), after: undefined, next: undefined, ...on, unreadFrom }
      }
    }
    const page = this.#page(asked)
    const found = await this.#portion(reader, read, page)
    return { ...this.#list('inbox', reader, found, { page }), ...sideOf(asked) }
  }

  /** The operators' notices, the last ones; oldest first, as all lists are. */
  async notices(reader: Person, cursor: Cursor = {}): Promise<Messages> {
    const page = this.#page(cursor)
    const found = this.#portion(reader, (part) => this.#store.notices(part), page)
    return this.#list('notices', reader, await found, { page })
  }

  /** Messages that mention an account; the last ones, or those on one side of a number. */
  async mentions(reader: Account, cursor: Cursor = {}): Promise<Messages> {
    const page = this.#page(cursor)
    const found = this.#portion(reader, (part) => this.#store.mentions(reader.id, part), page)
    return { ...this.#list('mentions', reader, await found, { page }), ...sideOf(cursor) }
  }

  /** What came meanwhile besides channels and direct messages: notices, and how many mentions. */
  async newsFor(
    account: Account,
    seen: number,
    upTo: number,
  ): Promise<{ notices: Message[]; moreNotices: boolean; mentions: Count }> {
    if (upTo <= seen) return { notices: [], moreNotices: false, mentions: none }
    const page = { after: seen, before: upTo + 1 }
    const [notices, mentions] = await Promise.all([
      this.#portion(account, (part) => this.#store.notices(part), {
        ...page,
        limit: this.#rules.replayLines,
      }),
      this.#count(account, (...of) => this.#store.countMentions(account.id, ...of), page),
    ])
    return { notices: this.#shown(notices), moreNotices: notices.more, mentions }
  }

  /** A channel on entering it: its last lines. */
  async onEntering(reader: Person, { channel, upTo }: Entered, listener?: Listener): Promise<Room> {
    const spared = listener && channel.listeners.sparedOf(listener)
    const page = { limit: this.#rules.replayLines, before: upTo + 1 }
    return this.#room(channel, await this.#lines(reader, channel, page), { spared })
  }

  /**
   * A channel on coming back: the lines above `seen`, the last of them whole; where the connection is spared its talk, only
   * how many there are.
   */
  async onReturning(
    reader: Person,
    channel: Channel,
    { seen, upTo }: { readonly seen: number; readonly upTo: number },
    listener?: Listener,
  ): Promise<Room> {
    const spared = listener && channel.listeners.sparedOf(listener)
    // Nothing new, and no question to the store: the usual case for most of somebody's channels.
    if (channel.lastId <= seen) return this.#room(channel, [], { spared, unread: none })
    const page = { after: seen, before: upTo + 1 }
    const limit = spared === 'all' ? 0 : this.#rules.replayLines
    const [unread, messages] = await Promise.all([
      this.#count(reader, (...of) => this.#store.countChannel(channel.id, ...of), page),
      this.#lines(reader, channel, { ...page, limit }),
    ])
    return this.#room(channel, messages, { spared, unread })
  }

  /**
   * Direct messages that waited for this account. They are shown if they are few enough, and then wait
   * no longer; otherwise `/inbox` shows them. Of those above `seen` what does not wait (`waits`) was read elsewhere. A token has a `seen` of its own and leaves alone what waits for the person.
   */
  async waitingFor(
    account: Account,
    seen: number,
    upTo: number,
    isPerson = true,
    waits: (record: MessageRecord) => boolean = () => true,
  ): Promise<{ count: Count; messages: Message[] }> {
    const after = (isPerson ? account.unreadFrom : undefined) ?? seen
    const page = { after, before: upTo + 1 }
    const limit = this.#rules.replayLines
    const read = (part: Page) => this.#store.inbox(account.id, part)
    const found = await this.#portion(account, read, { ...page, limit, oldest: true }, waits)
    const { length } = found.records
    if (length > limit || found.more) {
      if (isPerson) account.unreadFrom = after
      const count = await this.#count(account, (...of) => this.#store.countInbox(account.id, ...of), page)
      return { count, messages: [] }
    }
    if (isPerson) account.unreadFrom = undefined
    return { count: { count: length, more: false }, messages: this.#shown(found) }
  }

  #room(
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

  /** The last lines that are for the reader: nobody asked for them, so a pasted text counts as many as it has. */
  async #lines(reader: Person, channel: Channel, page: Page): Promise<Message[]> {
    if (page.limit === 0) return []
    const shown = this.#shown(
      await this.#portion(reader, (part) => this.#store.channelHistory(channel.id, part), page),
    )
    let rows = 0
    const first = shown.findLastIndex(({ text }) => {
      rows += rowCount(text)
      return rows > page.limit
    })
    return shown.slice(Math.min(first + 1, shown.length - 1))
  }

  /** A page without what somebody said whom the reader has blocked, however much of that there is. */
  #portion(
    reader: Person,
    read: (page: Page) => Promise<MessageRecord[]>,
    page: Page,
    wanted: (record: MessageRecord) => boolean = () => true,
  ): Promise<Portion> {
    const { accounts, guests } = unwantedBy(reader) ?? { accounts: [], guests: [] }
    const keeps = (record: MessageRecord) =>
      !accounts.includes(record.from ?? 0) && !guests.includes(record.fromGuest ?? '') && wanted(record)
    return portionOf(read, { ...page, keeps })
  }

  /**
   * How many there are, as far as is counted, but for what somebody said whom the reader has blocked: who is blocked has
   * said nothing, as far as it can be told.
   */
  async #count(
    reader: Person,
    count: (page: Page, unwanted?: Unwanted) => Promise<number>,
    within: Omit<Page, 'limit'>,
  ): Promise<Count> {
    const page = { ...within, limit: countLimit }
    const unwanted = unwantedBy(reader)
    const [all, wanted] = await Promise.all([count(page), unwanted && count(page, unwanted)])
    return { count: wanted ?? all, more: all >= countLimit }
  }

  /** Only what was published: numbers below this. */
  #below(before = Number.MAX_SAFE_INTEGER): number {
    return Math.min(before, this.#timeline.lastId + 1)
  }

  /** What is after a number begins with the oldest, so that whoever goes on misses nothing. */
  #page({ before, after }: Cursor = {}, limit = this.#rules.replayLines): Page {
    return after === undefined
      ? { limit, before: this.#below(before) }
      : { limit, after, before: this.#below(), oldest: true }
  }

  #shown({ records }: Portion): Message[] {
    return records.map((record) => this.show(record))
  }

  /** `page` is what was asked for: behind the end of what is after a number, one can ask on as well. */
  #list(
    list: Messages['list'],
    reader: Person,
    found: Portion,
    { of, page }: { of?: string | undefined; page: Page },
  ): Messages {
    const { more, next } = found
    const { after = 0, before = 0, oldest } = page
    const last = oldest && more ? next : undefined
    return {
      code: 'messages',
      list,
      of,
      reader: reader.name,
      messages: this.#shown(found),
      more,
      span: oldest
        ? { after, upTo: last ?? before - 1 }
        : { after: more && next !== undefined ? next - 1 : 0, upTo: before - 1 },
      ...(oldest ? { after, next: { after: last ?? before - 1 } } : {}),
      ...(!oldest && more && next !== undefined ? { next: { before: next } } : {}),
    }
  }

  /** A message with names as people see them. */
  show(record: MessageRecord): Message {
    const { id, at, kind, text, bot, edited: when } = record
    const edited = { ...(when === undefined ? {} : { edited: when }), ...(bot ? { bot } : {}) }
    const from =
      record.from === undefined ? (record.fromGuest ?? deletedUser) : this.#directory.nameOf(record.from)
    if (record.channel !== undefined) {
      return {
        id,
        at,
        kind,
        text,
        ...edited,
        from,
        channel: this.#channels.byId(record.channel)?.name ?? '#',
      }
    }
    const to = record.to === undefined ? record.toGuest : this.#directory.nameOf(record.to)
    return { id, at, kind, text, ...edited, from, ...(to === undefined ? {} : { to }) }
  }
}

/** What stands between other characters is several words to the index, such as the parts of an address. */
function checkWords(words: readonly string[]): void {
  const count = words.reduce(
    (sum, word) => sum + Math.max(1, word.match(/[\p{L}\p{M}\p{N}\p{Co}]+/gu)?.length ?? 0),
    0,
  )
  if (count > mostWords)
    throw fail({
      code: 'bad-arguments',
      detail: `A search has at most ${mostWords} words, and this one has ${count}.`,
    })
  if (words.join(' ').length > mostCharacters)
    throw fail({
      code: 'bad-arguments',
      detail: `The words of a search have at most ${mostCharacters} characters.`,
    })
}

const none: Count = { count: 0, more: false }

/** Whom somebody has blocked; undefined for nobody. */
export function unwantedBy(reader: Person): Unwanted | undefined {
  if (reader.kind === 'guest' || reader.blocked.size === 0) return undefined
  const accounts: number[] = []
  const guests: string[] = []
  for (const person of reader.blocked)
    if (person.kind === 'account') accounts.push(person.id)
    else guests.push(person.name)
  return { accounts, guests }
}

function sideOf({ after, before }: Cursor): { asked?: string } {
  if (before !== undefined) return { asked: `before ${before}` }
  return after === undefined ? {} : { asked: `after ${after}` }
}
