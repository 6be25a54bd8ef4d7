import type { Channel } from './channel.ts'
import { sizeOf } from './channel.ts'
import type { Channels, Entered } from './channels.ts'
import type { Directory } from './directory.ts'
import type { Message } from './events.ts'
import { fail } from './failures.ts'
import { meansChannel } from './names.ts'
import { type Account, deletedUser, type Listener, type Person, type Spared } from './people.ts'
import type { MessageRecord, Page, Store } from './ports.ts'
import type { Count, Reply, Room } from './replies.ts'
import type { Timeline } from './timeline.ts'

/** Unread lines are not counted any further than this. */
const countLimit = 1000

/** More words make a search slow, and find nothing. */
const mostWords = 32
const mostCharacters = 1000

/** An answer ends behind so many characters of texts: who goes on has the rest in the next one. */
const mostText = 128 * 1024

/** As many of the first records as an answer holds, one at least. */
function fitting(records: readonly MessageRecord[]): MessageRecord[] {
  let size = 0
  const end = records.findIndex(({ text }, index) => {
    size += text.length
    return index > 0 && size > mostText
  })
  return end < 0 ? [...records] : records.slice(0, end)
}

/** The same of the last ones. */
function fittingLast(records: readonly MessageRecord[]): MessageRecord[] {
  return fitting(records.toReversed()).toReversed()
}

/** What a search asks for; names as they were typed. */
export interface SearchFilter {
  /** Those that end in `*` are beginnings. May be none if there is `from`. */
  readonly words: readonly string[]
  /** The words as they were typed, to ask on. */
  readonly asked?: string
  /** Only messages below that number. */
  readonly beforeId?: number | undefined
  readonly in?: string | undefined
  readonly from?: string | undefined
  /** ms since the epoch: `after` inclusive, `before` exclusive. */
  readonly before?: number | undefined
  readonly after?: number | undefined
}

type Messages = Reply & { code: 'messages' }

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

  /** The last lines of a channel one is in, or of the talk with a person. */
  async of(
    reader: Person,
    target: string,
    limit = this.#rules.replayLines,
    before?: number,
  ): Promise<Messages> {
    const page = {
      limit: limit + 1,
      before: Math.min(before ?? Number.MAX_SAFE_INTEGER, this.#timeline.lastId + 1),
    }
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, reader)
      return this.#list(
        'history',
        reader,
        await this.#store.channelHistory(channel.id, page),
        limit,
        channel.name,
      )
    }
    // What guests said to each other can be read by nobody later: a nick proves nothing.
    if (reader.kind === 'guest') throw fail({ code: 'not-allowed', why: 'guests-cannot' })
    const other = this.#directory.require(target)
    if (other.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    return this.#list(
      'history',
      reader,
      await this.#store.directHistory(reader.id, other.id, page),
      limit,
      other.name,
    )
  }

  /**
   * Searches what this account may read: its channels, and its own direct messages. Ends with `signal`. Rejects with
   * StoreTooSlow if it takes too long.
   */
  async search(reader: Account, filter: SearchFilter, signal?: AbortSignal): Promise<Messages> {
    checkWords(filter.words)
    const limit = Math.max(this.#rules.replayLines, 1)
    const channel = filter.in === undefined ? undefined : this.#channels.require(filter.in, reader)
    const from = filter.from === undefined ? undefined : this.#directory.findAccount(filter.from)
    if (filter.from !== undefined && !from) throw fail({ code: 'no-such-user', name: filter.from })
    const found = await this.#store.search({
      words: filter.words,
      reader: reader.id,
      channels: channel ? [channel.id] : [...reader.channels].map(({ id }) => id),
      direct: !channel,
      from: from?.id,
      since: filter.after,
      until: filter.before,
      limit: limit + 1,
      before: Math.min(filter.beforeId ?? Number.POSITIVE_INFINITY, this.#timeline.lastId + 1),
      signal,
    })
    return this.#list('search', reader, found, limit, filter.asked)
  }

  /**
   * Direct messages: all that wait, or the last ones if none do. What was shown to the person does not wait any more; what
   * was shown to a script goes on waiting.
   */
  async inbox(reader: Account, isPerson = true): Promise<Messages> {
    const limit = Math.max(this.#rules.replayLines, 1)
    const unreadFrom = reader.unreadFrom
    const before = this.#timeline.lastId + 1
    // Oldest unread first: a long absence is read page by page, and nothing is skipped.
    const waiting =
      unreadFrom === undefined
        ? 0
        : await this.#store.countInbox(reader.id, { limit: countLimit, after: unreadFrom, before })
    if (unreadFrom === undefined || waiting === 0) {
      if (isPerson) reader.unreadFrom = undefined
      return this.#list(
        'inbox',
        reader,
        await this.#store.inbox(reader.id, { limit: limit + 1, before }),
        limit,
      )
    }
    const all = await this.#store.inbox(reader.id, { limit: waiting, after: unreadFrom, before })
    const shown = fitting(all.slice(0, limit))
    const last = shown.at(-1)
    const more = all.length > shown.length
    if (isPerson) reader.unreadFrom = more ? last?.id : undefined
    return {
      code: 'messages',
      list: 'inbox',
      reader: reader.name,
      messages: shown.map((record) => this.show(record)),
      unreadFrom,
      more,
    }
  }

  /** The operators' notices; oldest first, as all lists are. */
  async notices(reader: Person): Promise<Messages> {
    const limit = Math.max(this.#rules.replayLines, 1)
    const page = { limit: limit + 1, before: this.#timeline.lastId + 1 }
    return this.#list('notices', reader, await this.#store.notices(page), limit)
  }

  /** Messages that mention an account; the last ones. */
  async mentions(reader: Account): Promise<Messages> {
    const limit = Math.max(this.#rules.replayLines, 1)
    const page = { limit: limit + 1, before: this.#timeline.lastId + 1 }
    return this.#list('mentions', reader, await this.#store.mentions(reader.id, page), limit)
  }

  /** What came meanwhile besides channels and direct messages: notices, and how many mentions. */
  async newsFor(
    account: Account,
    seen: number,
    upTo: number,
  ): Promise<{ notices: Message[]; mentions: Count }> {
    if (upTo <= seen) return { notices: [], mentions: counted(0) }
    const page = { after: seen, before: upTo + 1 }
    const [notices, mentions] = await Promise.all([
      this.#store.notices({ ...page, limit: Math.max(this.#rules.replayLines, 1) }),
      this.#store.countMentions(account.id, { ...page, limit: countLimit }),
    ])
    return { notices: notices.map((record) => this.show(record)), mentions: counted(mentions) }
  }

  /** A channel on entering it: its last lines. */
  async onEntering(reader: Person, { channel, upTo }: Entered, listener?: Listener): Promise<Room> {
    const spared = listener && channel.listeners.sparedOf(listener)
    const { messages } = await this.#lines(reader, channel, {
      limit: this.#rules.replayLines,
      before: upTo + 1,
    })
    return this.#room(channel, messages, { spared })
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
    if (channel.lastId <= seen) return this.#room(channel, [], { spared, unread: { count: 0, more: false } })
    const page = { after: seen, before: upTo + 1 }
    const limit = spared === 'all' ? 0 : this.#rules.replayLines
    const [count, { hidden, messages }] = await Promise.all([
      this.#store.countChannel(channel.id, { ...page, limit: countLimit }),
      this.#lines(reader, channel, { ...page, limit }),
    ])
    // Who is blocked has said nothing, as far as it can be told.
    return this.#room(channel, messages, { spared, unread: { ...counted(count), count: count - hidden } })
  }

  /**
   * Direct messages that waited for this account. They are shown if they are few enough, and then wait
   * no longer; otherwise `/inbox` shows them. A token has a `seen` of its own and leaves alone what waits for the person.
   */
  async waitingFor(
    account: Account,
    seen: number,
    upTo: number,
    isPerson = true,
  ): Promise<{ count: Count; messages: Message[] }> {
    const after = (isPerson ? account.unreadFrom : undefined) ?? seen
    const page = { after, before: upTo + 1 }
    const count = await this.#store.countInbox(account.id, { ...page, limit: countLimit })
    if (count === 0 || count > this.#rules.replayLines) {
      if (isPerson) account.unreadFrom = count === 0 ? undefined : after
      return { count: counted(count), messages: [] }
    }
    const records = await this.#store.inbox(account.id, { ...page, limit: count })
    if (fitting(records).length < count) {
      if (isPerson) account.unreadFrom = after
      return { count: counted(count), messages: [] }
    }
    if (isPerson) account.unreadFrom = undefined
    return { count: counted(count), messages: records.map((record) => this.show(record)) }
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

  /** The last lines that are for the reader, and how many are not. */
  async #lines(
    reader: Person,
    channel: Channel,
    page: Page,
  ): Promise<{ messages: Message[]; hidden: number }> {
    if (page.limit === 0) return { messages: [], hidden: 0 }
    const records = await this.#store.channelHistory(channel.id, page)
    const unblocked = this.#unblocked(reader, records)
    return {
      messages: fittingLast(unblocked).map((record) => this.show(record)),
      hidden: records.length - unblocked.length,
    }
  }

  /** Without what somebody said whom the reader has blocked. */
  #unblocked(reader: Person, records: MessageRecord[]): MessageRecord[] {
    if (reader.kind === 'guest' || reader.blocked.size === 0) return records
    const blocked = new Set(
      [...reader.blocked].map((person) => (person.kind === 'account' ? person.id : person.name)),
    )
    return records.filter(({ from, fromGuest }) => !blocked.has(from ?? fromGuest ?? ''))
  }

  /** Of one more than `limit` records, the newest `limit`, and whether there are more. */
  #list(
    list: Messages['list'],
    reader: Person,
    records: MessageRecord[],
    limit: number,
    of?: string,
  ): Messages {
    const page = fittingLast(records.slice(-limit))
    return {
      code: 'messages',
      list,
      of,
      reader: reader.name,
      messages: this.#unblocked(reader, page).map((record) => this.show(record)),
      more: records.length > page.length,
    }
  }

  /** A message with names as people see them. */
  show(record: MessageRecord): Message {
    const { id, at, kind, text, edited: when } = record
    const edited = when === undefined ? {} : { edited: when }
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

function counted(count: number): Count {
  return { count, more: count >= countLimit }
}
