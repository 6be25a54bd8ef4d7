import type { Channels } from '../channels/channels.ts'
import type { Count } from '../model/count.ts'
import type { Cursor } from '../model/cursor.ts'
import type { Message, MessageFile } from '../model/events.ts'
import { deletedUser, type Person } from '../model/people.ts'
import type { Reply } from '../model/replies.ts'
import type { Directory } from '../people/directory.ts'
import type { MessageRecord, NoNews, Page, Unwanted } from '../ports/records.ts'
import type { Timeline } from '../presence/timeline.ts'
import { type Portion, portionOf } from './reading.ts'

/** Messages are not counted any further than this. */
const countLimit = 1000

/** How many messages a list has where the setting gives no number: as many as by default. */
const usualLines = 20

export type Messages = Reply & { code: 'messages' }

/** What a list is of. */
export interface Listed {
  /** The channel, the person or the words. */
  readonly of?: string | undefined
  /** What was read of it. */
  readonly page: Page
  /** What was asked for. */
  readonly asked?: Cursor | undefined
}

/** Makes lists of stored messages: a page of them, as one reader may see them. */
export class Listing {
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #rules: { readonly replayLines: number }
  #fileOf: (record: MessageRecord) => MessageFile | undefined = () => undefined

  constructor(parts: {
    directory: Directory
    channels: Channels
    timeline: Timeline
    /** Looked at each time: it may change. */
    rules: { readonly replayLines: number }
  }) {
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#rules = parts.rules
  }

  /** How many messages are shown on coming in, which nobody asked for; may be 0. */
  get replayed(): number {
    return this.#rules.replayLines
  }

  /** How many messages a list has where nobody said how many: a server that replays none still answers who asks. */
  get usual(): number {
    return this.#rules.replayLines || usualLines
  }

  /**
   * The page to read for a cursor, of published messages only. What is after a number begins with the oldest, so that whoever
   * goes on misses nothing.
   */
  page({ before = Number.MAX_SAFE_INTEGER, after }: Cursor = {}, limit = this.usual): Page {
    const below = Math.min(before, this.#timeline.lastId + 1)
    return after === undefined ? { limit, before: below } : { limit, after, before: below, oldest: true }
  }

  /** A page without what the reader has blocked and what is not `wanted`, however much of that there is. */
  portion(
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
   * Counts messages, as far as is counted, without those of people whom the reader has blocked, and without the reader's `own`.
   * Whether there are `more` is told from all of them.
   */
  async count(
    reader: Person,
    count: (page: Page, unwanted?: NoNews) => Promise<number>,
    within: Omit<Page, 'limit'>,
    own?: number,
  ): Promise<Count> {
    const page = { ...within, limit: countLimit }
    const blocked = unwantedBy(reader)
    const unwanted = own === undefined ? blocked : { accounts: [], guests: [], ...blocked, own }
    const [all, wanted] = await Promise.all([count(page), unwanted && count(page, unwanted)])
    return { count: wanted ?? all, more: all >= countLimit }
  }

  /** The answer to who asked for a list: with the numbers that it covers, and how to ask for the next part. */
  list(list: Messages['list'], reader: Person, found: Portion, { of, page, asked }: Listed): Messages {
    const { more, next } = found
    const { after = 0, before = 0, oldest } = page
    const last = oldest && more ? next : undefined
    return {
      code: 'messages',
      list,
      of,
      reader: reader.name,
      messages: this.shown(found),
      more,
      span: oldest
        ? { after, upTo: last ?? before - 1 }
        : { after: more && next !== undefined ? next - 1 : 0, upTo: before - 1 },
      ...(asked?.after === undefined && asked?.before === undefined ? {} : { asked }),
      // Behind the end of what is after a number one can ask on as well: later there may be more.
      ...(oldest ? { next: { after: last ?? before - 1 } } : {}),
      ...(!oldest && more && next !== undefined ? { next: { before: next } } : {}),
    }
  }

  /** Messages with names as people see them. */
  shown({ records }: Pick<Portion, 'records'>): Message[] {
    return records.map((record) => this.show(record))
  }

  /** Who knows which file a message announces. */
  showsFiles(fileOf: (record: MessageRecord) => MessageFile | undefined): void {
    this.#fileOf = fileOf
  }

  /** A message with names as people see them. */
  show(record: MessageRecord): Message {
    const { id, at, kind, text, bot, edited: when } = record
    const from =
      record.from === undefined ? (record.fromGuest ?? deletedUser) : this.#directory.nameOf(record.from)
    const file = kind === 'action' ? this.#fileOf(record) : undefined
    const message = {
      id,
      at,
      kind,
      text,
      ...(when === undefined ? {} : { edited: when }),
      ...(bot ? { bot } : {}),
      ...(file ? { file } : {}),
      from,
    }
    if (record.channel !== undefined)
      return { ...message, channel: this.#channels.byId(record.channel)?.name ?? '#' }
    const to = record.to === undefined ? record.toGuest : this.#directory.nameOf(record.to)
    return { ...message, ...(to === undefined ? {} : { to }) }
  }
}

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
