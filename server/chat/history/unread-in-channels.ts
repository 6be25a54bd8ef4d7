import { foldName } from '../model/names.ts'
import type { Account, Channel } from '../model/people.ts'
import { readUpTo, type Span, type Unread } from '../model/unread.ts'
import type { MentionCount } from '../ports/read-store.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace } from '../presence/read-markers.ts'
import { countLimit, type Found, limited, mostStretches, stretch, unwantedOf } from './unread-counting.ts'

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

/** How often unread messages name somebody, by channel; `from` is the number above which all of them are counted. */
export interface Mentions {
  readonly channels: ReadonlyMap<number, MentionCount>
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
    const open = channels.filter(({ channel, unread }) => unread.gap || channel.lastId > unread.end)
    const { channels: named, from } = await this.mentions(account, open, upTo)
    const parts = open.map(({ channel, unread }) => ({
      channel,
      unread,
      old: unread.gap ?? nowhere,
      fresh: channel.lastId > unread.end ? { after: unread.end, upTo } : nowhere,
      mentions: named.get(channel.id) ?? noMentions,
    }))
    const counts = await this.#count(
      account,
      parts.flatMap(({ channel, fresh, old }) =>
        isSpared(account, channel)
          ? []
          : [
              { channel, ...old },
              { channel, ...fresh },
            ],
      ),
    )
    const found: Found[] = []
    for (const part of parts) {
      const { channel, mentions } = part
      // Somebody who is spared the talk still reads what names them.
      const count = (span: Span, named: number): Amount =>
        isSpared(account, channel)
          ? { count: named, more: span !== nowhere && span.after < from }
          : (counts.shift() ?? nothing)
      const [old, fresh] = [count(part.old, mentions.inGap), count(part.fresh, mentions.aboveEnd)]
      const one = foundIn(part, old, fresh, upTo)
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

  /** How often unread messages name somebody in these channels, up to a number. */
  async mentions(account: Account, channels: readonly InChannel[], upTo: number): Promise<Mentions> {
    if (channels.length === 0) return { channels: new Map(), from: 0 }
    const after = Math.min(...channels.map(({ unread }) => readUpTo(unread)))
    const found = await this.#store.countMentioning(
      account.id,
      { limit: mostAtOnce, after, before: upTo + 1 },
      {
        ...unwantedOf(account),
        channels: new Map(channels.map(({ channel, unread }) => [channel.id, unread])),
      },
    )
    return { channels: found.channels, from: found.next === undefined ? after : found.next - 1 }
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

const nothing = { count: 0, more: false } as const
const noMentions: MentionCount = { inGap: 0, aboveEnd: 0 }
const nowhere: Span = { after: 0, upTo: 0 }

/** What is found in a channel; undefined where nothing is unread. */
function foundIn(
  { channel, mentions, unread }: InChannel & { readonly mentions: MentionCount },
  old: Amount,
  fresh: Amount,
  upTo: number,
): Found | undefined {
  const { end, gap } = unread
  if (!isSome(old) && !isSome(fresh)) return undefined
  const left = isSome(old) ? unread : { end }
  return {
    places: [
      { ...channelPlace(channel), unread: isSome(fresh) ? left : { ...left, end: Math.max(end, upTo) } },
    ],
    row: {
      channel: channel.name,
      read: readUpTo(left),
      ...limited(old.count + fresh.count, old.more || fresh.more),
      mentions: Math.min(mentions.inGap + mentions.aboveEnd, countLimit),
      last: isSome(fresh) ? channel.lastId : (gap?.upTo ?? channel.lastId),
    },
  }
}

function isSome({ count, more }: Amount): boolean {
  return count > 0 || more
}
