import { foldName } from '../model/names.ts'
import type { Account, Channel } from '../model/people.ts'
import { mostGaps, readUpTo, type Span, type Unread } from '../model/unread.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace } from '../presence/read-markers.ts'
import { portionOf } from './reading.ts'
import {
  countLimit,
  type Found,
  limited,
  mostStretches,
  stretch,
  unwantedOf,
  wantedBy,
} from './unread-counting.ts'

/** The store looks at so many messages at most in one question. */
const mostAtOnce = 10_000

interface Amount {
  readonly count: number
  readonly more: boolean
}

/** A channel, and what may be unread in it. */
export interface InChannel {
  readonly channel: Channel
  readonly unread: Unread
}

/** Spans of numbers in a channel, in order. */
export interface InSpans {
  readonly channel: Channel
  readonly spans: readonly Span[]
}

/** How often messages name somebody, by channel, in each span; `from` is the number above which all of them are counted. */
export interface Mentions {
  readonly channels: ReadonlyMap<number, readonly number[]>
  readonly from: number
}

/** Finds and counts what is unread in channels. A message that was not looked at never counts as read. */
export class UnreadInChannels {
  readonly #store: Store

  constructor({ store }: { store: Store }) {
    this.#store = store
  }

  /** What is unread in one channel. */
  async of(account: Account, channel: Channel, unread: Unread, upTo: number): Promise<Found | undefined> {
    const [found] = await this.all(account, [{ channel, unread }], upTo)
    return found
  }

  /** What is unread in several channels, in their order, without those where nothing is. Asks the store a few times only. */
  async all(account: Account, channels: readonly InChannel[], upTo: number): Promise<Found[]> {
    const open = channels.flatMap(({ channel, unread }) => {
      const fresh = channel.lastId > unread.end ? [{ after: unread.end, upTo }] : []
      const spans = [...unread.gaps, ...fresh]
      return spans.length > 0 ? [{ channel, unread, spans }] : []
    })
    const { channels: named, from } = await this.mentions(account, open, upTo)
    const counts = await this.#count(
      account,
      open.flatMap(({ channel, spans }) =>
        isSpared(account, channel) ? [] : spans.map((span) => ({ channel, ...span })),
      ),
    )
    const found: Found[] = []
    for (const part of open) {
      const { channel, spans } = part
      const mentions = named.get(channel.id) ?? []
      // Somebody who is spared the talk still reads what names them.
      const amounts = isSpared(account, channel)
        ? spans.map(({ after }, at) => ({ count: mentions[at] ?? 0, more: after < from }))
        : counts.splice(0, spans.length)
      const one = foundIn(part, amounts, sum(mentions), upTo)
      if (one) found.push(one)
    }
    return found
  }

  /**
   * Counts what is unread in spans of numbers. Passes over messages that do not count, such as one's own, until `countLimit` is
   * exceeded or the walk is long enough.
   */
  async #count(account: Account, spans: readonly (Span & { channel: Channel })[]): Promise<Amount[]> {
    const but = unwantedOf(account)
    const walks = spans.map(({ after, channel, upTo }) => ({
      channel: channel.id,
      after,
      before: upTo + 1,
      since: joinedAt(account, channel),
      count: 0,
      more: after < upTo,
    }))
    for (let walked = 0; walked < mostStretches; walked++) {
      const open = walks.filter(({ count, more }) => more && count <= countLimit)
      const limit = walked === 0 ? countLimit + 1 : stretch
      const atOnce = Math.floor(mostAtOnce / limit)
      for (let start = 0; start < open.length; start += atOnce) {
        const some = open.slice(start, start + atOnce)
        const asked = some.map(({ after, before, channel, since }) => ({ channel, after, before, since }))
        const found = await this.#store.countUnread(asked, limit, but)
        for (const [index, walk] of some.entries()) {
          const { count = 0, next } = found[index] ?? {}
          walk.count += count
          walk.more = next !== undefined
          walk.before = next ?? walk.before
        }
      }
    }
    return walks
  }

  /** How often messages of these spans name somebody; none of them goes beyond `upTo`. */
  async mentions(account: Account, channels: readonly InSpans[], upTo: number): Promise<Mentions> {
    if (channels.length === 0) return { channels: new Map(), from: 0 }
    const after = Math.min(...channels.flatMap(({ spans }) => spans.map((span) => span.after)))
    const found = await this.#store.countMentioning(
      account.id,
      { limit: mostAtOnce, after, before: upTo + 1 },
      {
        ...unwantedOf(account),
        channels: new Map(channels.map(({ channel, spans }) => [channel.id, spans])),
      },
    )
    return { channels: found.channels, from: found.next === undefined ? after : found.next - 1 }
  }

  /**
   * What counts as read above `after` where somebody is spared the talk: all but the messages that name them, as spans in order,
   * of which the last one goes up to `upTo`. Of very many such messages the newest are looked at: what is below them is in no span.
   */
  async spared(account: Account, channel: Channel, after: number, upTo: number): Promise<Span[]> {
    const isWanted = wantedBy(account)
    const { next, records } = await portionOf((page) => this.#store.mentions(account.id, page), {
      limit: mostGaps,
      after,
      before: upTo + 1,
      keeps: (record) => record.channel === channel.id && isWanted(record),
    })
    const named = records.map(({ id }) => id)
    const from = next === undefined ? [after] : named.length > 0 ? [] : [next - 1]
    return [...from, ...named].map((above, at, all) => ({
      after: above,
      upTo: (all[at + 1] ?? upTo + 1) - 1,
    }))
  }

  /**
   * The number above which messages of a channel can be unread for somebody: `after`, or the last one that was said before
   * they joined. Halves the numbers between, a read of one message each: times never go back.
   */
  async sinceJoining(account: Account, channel: Channel, after: number): Promise<number> {
    const since = joinedAt(account, channel)
    const isOld = async (above: number) => {
      const [first] = await this.#store.channelHistory(channel.id, { limit: 1, after: above, oldest: true })
      return first && first.at < since ? first.id : undefined
    }
    let old = await isOld(after)
    if (old === undefined) return after
    let upTo = channel.lastId
    while (old < upTo) {
      const middle = Math.floor((old + upTo) / 2)
      const next: number | undefined = await isOld(middle)
      if (next === undefined) upTo = middle
      else old = next
    }
    return upTo
  }
}

/** Whether the account reads only what names it in this channel. */
export function isSpared(account: Account, channel: Channel): boolean {
  return account.settings.quiet?.[foldName(channel.name)] === 'all'
}

/** In ms since the epoch. */
function joinedAt(account: Account, channel: Channel): number {
  return channel.members.get(account)?.since ?? 0
}

const nothing: Amount = { count: 0, more: false }

/** What is found in a channel, by the amounts in its gaps, and above its end; undefined where nothing is unread. */
function foundIn(
  { channel, unread }: InChannel,
  amounts: readonly Amount[],
  mentions: number,
  upTo: number,
): Found | undefined {
  if (!amounts.some(isSome)) return undefined
  const gaps = unread.gaps.filter((_, at) => isSome(amounts[at]))
  const isFresh = isSome(amounts[unread.gaps.length])
  const { end } = unread
  return {
    places: [{ ...channelPlace(channel), unread: { gaps, end: isFresh ? end : Math.max(end, upTo) } }],
    row: {
      channel: channel.name,
      read: readUpTo({ gaps, end }),
      ...limited(
        sum(amounts.map(({ count }) => count)),
        amounts.some(({ more }) => more),
      ),
      mentions: Math.min(mentions, countLimit),
      last: isFresh ? channel.lastId : (gaps.at(-1)?.upTo ?? channel.lastId),
    },
  }
}

function isSome({ count, more }: Amount = nothing): boolean {
  return count > 0 || more
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0)
}
