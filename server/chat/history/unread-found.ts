import type { UnreadIn } from '../model/events.ts'
import type { Grant } from '../model/grant.ts'
import { hears } from '../model/grants.ts'
import { foldName } from '../model/names.ts'
import { type Account, type Channel, deletedUser } from '../model/people.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import { isUnread, readUpTo, type Unread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { Counted, PlaceId, PlaceRead } from '../ports/read-store.ts'
import type { Unwanted } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace, personPlace } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import { unwantedBy } from './history.ts'

/** No place is counted any further. */
const countLimit = 99
/** So many messages are looked at in one stretch, and so many stretches: behind them there may be more. */
const stretch = 1_000
const mostStretches = 10
/** Of so many people at most who wrote below what was looked at is counted how much. */
const mostCounted = 100

/** What of a place is unread, and where it is: of guests, and of those who are deleted, by their name. */
export interface Found {
  readonly places: readonly PlaceRead[]
  readonly row: UnreadRow
}

type Mention = Counted & { readonly channel: number }

/** What names somebody, newest first; `from` is the number above which all of it is there. */
interface Mentions {
  readonly rows: readonly Mention[]
  readonly from: number
}

/** Finds and counts what is unread. What was not looked at is never left out as read. */
export class UnreadFinder {
  readonly #store: Store
  readonly #directory: Directory

  constructor(parts: { store: Store; directory: Directory }) {
    this.#store = parts.store
    this.#directory = parts.directory
  }

  /** Everywhere, up to a number; the newest first. For a token: where it reads. */
  async everywhere(account: Account, state: ReadState, upTo: number, grant?: Grant): Promise<Found[]> {
    const channels = [...account.channels].filter(({ name }) => hears(grant, name))
    const [direct, mentions] = await Promise.all([
      grant?.channels ? [] : this.directly(account, state, upTo),
      this.mentions(account, lowestOf(state, 'channel'), upTo),
    ])
    const found: (Found | undefined)[] = [...direct]
    // One after the other: others ask the store meanwhile.
    for (const channel of channels) {
      const unread = state.of(channelPlace(channel))
      found.push(await this.inChannel(account, channel, unread, upTo, mentions))
    }
    return found.flatMap((one) => one ?? []).sort((one, other) => other.row.last - one.row.last)
  }

  /** In one channel. */
  async inChannel(
    account: Account,
    channel: Channel,
    unread: Unread,
    upTo: number,
    known?: Mentions,
  ): Promise<Found | undefined> {
    const { gap, end } = unread
    const isNew = channel.lastId > end
    if (!isNew && !gap) return undefined
    const { from, rows } = known ?? (await this.mentions(account, readUpTo(unread), upTo))
    const wanted = wantedBy(account)
    const mentions = rows.filter(
      (one) => one.channel === channel.id && isUnread(unread, one.id) && wanted(one),
    )
    // Who is spared the rest reads what names them.
    const spared = account.settings.quiet?.[foldName(channel.name)] === 'all'
    const count = async (after: number, to: number): Promise<{ count: number; more: boolean }> =>
      spared
        ? { count: mentions.filter(({ id }) => id > after && id <= to).length, more: after < from }
        : this.#countIn(account, channel, after, to)
    const old = gap ? await count(gap.after, gap.upTo) : nothing
    const fresh = isNew ? await count(end, upTo) : nothing
    const isOld = gap && isSome(old)
    if (!isOld && !isSome(fresh)) return undefined
    const left = isOld ? unread : { end }
    return {
      places: [
        {
          ...channelPlace(channel),
          unread: isSome(fresh) ? left : { ...left, end: Math.max(end, upTo) },
        },
      ],
      row: {
        channel: channel.name,
        read: readUpTo(left),
        ...limited(old.count + fresh.count, old.more || fresh.more),
        mentions: Math.min(mentions.length, countLimit),
        last: isSome(fresh) ? channel.lastId : (gap?.upTo ?? channel.lastId),
      },
    }
  }

  /** Passes by what does not count, as one's own words, until so much is found that more is not told. */
  async #countIn(
    account: Account,
    channel: Channel,
    after: number,
    upTo: number,
  ): Promise<{ count: number; more: boolean }> {
    const { since = 0 } = channel.members.get(account) ?? {}
    const but = { ...unwantedOf(account), since }
    let count = 0
    let before: number | undefined = upTo + 1
    for (let walked = 0; walked < mostStretches && before !== undefined && count <= countLimit; walked++) {
      const page = { limit: walked === 0 ? countLimit + 1 : stretch, after, before }
      const found = await this.#store.countUnread(channel.id, page, but)
      count += found.count
      before = found.next
    }
    return { count, more: before !== undefined }
  }

  /** What names somebody in channels, above a number. */
  async mentions(account: Account, after: number, upTo: number): Promise<Mentions> {
    const rows: Mention[] = []
    let before = upTo + 1
    for (let walked = 0; walked < mostStretches; walked++) {
      const found = await this.#store.mentioning(account.id, { limit: stretch, after, before })
      rows.push(...found)
      if (found.length < stretch) return { rows, from: after }
      before = found.at(-1)?.id ?? before
    }
    return { rows, from: before - 1 }
  }

  /** What was said directly, by who has said it: of guests, whose messages are read together, by their names. */
  async directly(account: Account, state: ReadState, upTo: number): Promise<Found[]> {
    const page = { limit: stretch, after: lowestOf(state, 'person'), before: upTo + 1 }
    const received = await this.#store.received(account.id, page)
    const groups = new Groups(
      account,
      (place) => state.of(place),
      (from) => this.#directory.nameOf(from),
    )
    groups.add(received)
    if (received.length < stretch) return groups.found
    // Who writes much must not hide who has written before.
    const from = (received.at(-1)?.id ?? 0) - 1
    await this.#guestsBelow(account, groups, { ...page, before: from + 1 })
    let counted = 0
    for (const { from: writer, last } of await this.#store.writersTo(account.id)) {
      const place = personPlace(writer)
      const after = readUpTo(state.of(place))
      // A last one above is among those that were looked at, and may be read.
      if (after >= from || last <= after || groups.isFull(place)) continue
      const below = { limit: countLimit + 1, after, before: Math.min(from, upTo) + 1 }
      if (counted++ < mostCounted)
        groups.add(await this.#store.receivedFrom(account.id, writer, below), below.limit)
      else if (last <= from) groups.add([{ id: last, from: writer, fromGuest: undefined }], 1)
    }
    return groups.found
  }

  async #guestsBelow(
    account: Account,
    groups: Groups,
    page: { after: number; before: number },
  ): Promise<void> {
    let { before } = page
    for (let walked = 0; walked < mostStretches; walked++) {
      const found = await this.#store.receivedFrom(account.id, 0, {
        limit: stretch,
        after: page.after,
        before,
      })
      groups.add(found)
      if (found.length < stretch) return
      before = found.at(-1)?.id ?? before
    }
  }

  /** What one account, or guests by one name, have said directly. */
  async from(
    account: Account,
    unread: Unread,
    { id, name }: { id: number; name: string },
    upTo: number,
  ): Promise<Found | undefined> {
    const place = personPlace(id)
    const groups = new Groups(
      account,
      () => unread,
      () => name,
    )
    const after = readUpTo(unread)
    let before = upTo + 1
    for (let walked = 0; walked < mostStretches && !groups.isFull(place); walked++) {
      const found = await this.#store.receivedFrom(account.id, id, { limit: stretch, after, before })
      groups.add(found)
      if (found.length < stretch) break
      before = found.at(-1)?.id ?? before
    }
    return groups.found.find(({ row }) => row.with === name)
  }
}

const nothing = { count: 0, more: false } as const

function isSome({ count, more }: { count: number; more: boolean }): boolean {
  return count > 0 || more
}

/** Direct messages that are unread, by the name of who has said them. */
class Groups {
  readonly #wanted: (one: Counted) => boolean
  readonly #account: Account
  readonly #unreadOf: (place: PlaceId) => Unread
  readonly #nameOf: (from: number) => string
  readonly #byName = new Map<string, { places: Set<number>; last: number; count: number; more: boolean }>()
  readonly #counts = new Map<number, number>()

  constructor(account: Account, unreadOf: (place: PlaceId) => Unread, nameOf: (from: number) => string) {
    this.#account = account
    this.#unreadOf = unreadOf
    this.#nameOf = nameOf
    this.#wanted = wantedBy(account)
  }

  /** Newest first; where there are as many as the `limit`, there may be more. */
  add(received: readonly Counted[], limit?: number): void {
    for (const one of received) {
      const from = one.from ?? 0
      if (from === this.#account.id || !this.#wanted(one)) continue
      if (!isUnread(this.#unreadOf(personPlace(from)), one.id)) continue
      const name = from === 0 ? (one.fromGuest ?? deletedUser) : this.#nameOf(from)
      const group = this.#byName.get(name) ?? { places: new Set(), last: 0, count: 0, more: false }
      this.#byName.set(name, group)
      group.places.add(from)
      group.last = Math.max(group.last, one.id)
      group.count++
      if (received.length === limit) group.more = true
      this.#counts.set(from, (this.#counts.get(from) ?? 0) + 1)
    }
  }

  isFull({ id }: PlaceId): boolean {
    return (this.#counts.get(id) ?? 0) > countLimit
  }

  get found(): Found[] {
    return [...this.#byName].map(([name, { count, last, more, places }]) => {
      const read = [...places].map((id) => ({
        ...personPlace(id),
        unread: this.#unreadOf(personPlace(id)),
      }))
      return {
        places: read,
        row: {
          with: name,
          read: Math.min(...read.map(({ unread }) => readUpTo(unread))),
          ...limited(count, more),
          mentions: 0,
          last,
        },
      }
    })
  }
}

function limited(count: number, more = false): Pick<UnreadIn, 'count' | 'more'> {
  return { count: Math.min(count, countLimit), more: more || count > countLimit }
}

/** The number below which nothing of one kind of place is unread. */
export function lowestOf(state: ReadState, kind: PlaceId['kind']): number {
  const ends = [...state.places].flatMap((place) => (place.kind === kind ? readUpTo(place.unread) : []))
  return Math.min(state.upTo, ...ends)
}

/** Whose words do not wait for somebody: their own, and of those whom they have blocked. */
function unwantedOf(account: Account): Unwanted {
  const { accounts = [], guests = [] } = unwantedBy(account) ?? {}
  return { accounts: [account.id, ...accounts], guests }
}

export function wantedBy(account: Account): (one: Counted) => boolean {
  const { accounts, guests } = unwantedOf(account)
  return ({ from, fromGuest }) => !accounts.includes(from ?? 0) && !guests.includes(fromGuest ?? '')
}
