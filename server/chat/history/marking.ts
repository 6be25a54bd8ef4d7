import type { Channels } from '../channels/channels.ts'
import { type Failure, fail } from '../model/failures.ts'
import { foldName } from '../model/names.ts'
import {
  type Account,
  type Channel,
  type Listener,
  numberInDeletedName,
  type Person,
} from '../model/people.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import { type Span, type Unread, whenRead, whenUnread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { PlaceId } from '../ports/read-store.ts'
import type { MessageRecord, Page } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace, type ReadMarkers } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { Messages } from './listing.ts'
import { portionOf } from './reading.ts'
import { wantedBy } from './unread-counting.ts'
import { isSpared } from './unread-in-channels.ts'
import type { Target, UnreadPlaces } from './unread-places.ts'

/** What people say that they have read or want to read again, and what they read by looking at lists. */
export class Marking {
  readonly #store: Store
  readonly #channels: Channels
  readonly #directory: Directory
  readonly #timeline: Timeline
  readonly #markers: ReadMarkers
  readonly #places: UnreadPlaces

  constructor(parts: {
    store: Store
    channels: Channels
    directory: Directory
    timeline: Timeline
    markers: ReadMarkers
    places: UnreadPlaces
  }) {
    this.#store = parts.store
    this.#channels = parts.channels
    this.#directory = parts.directory
    this.#timeline = parts.timeline
    this.#markers = parts.markers
    this.#places = parts.places
  }

  /** From now on a person reads what this connection shows. */
  async readsAlong(account: Account, listener: Listener): Promise<void> {
    const { lastId } = this.#timeline
    // The overview settles what of the earlier messages is unread.
    await this.#places.of(account)
    if (account.listeners.has(listener)) this.#markers.entered(account, listener, lastId)
  }

  /** Marks a place as read, up to a number or all of it. Never less than before, so that a late program takes nothing back. */
  async read(account: Account, target: string, id: number | undefined, via: Listener): Promise<UnreadRow> {
    const upTo = Math.min(id ?? Number.MAX_SAFE_INTEGER, this.#timeline.lastId)
    const found = await this.#targetOfOthers(account, target)
    const state = await this.#markers.of(account)
    const places = found.place ? [found.place] : await this.#placesOfDeleted(account, state)
    const change = (unread: Unread) => whenRead(unread, { after: 0, upTo })
    const hasChanged = await this.#change(account, state, places, change)
    const row = await this.#places.rowOf(account, state, found)
    if (hasChanged) await this.#tellChanged(account, via, row, found.place ? undefined : places)
    return row
  }

  /** Whether a name means every place: `all`, unless somebody is called so. */
  meansAll(name: string | undefined): boolean {
    return name !== undefined && foldName(name) === 'all' && !this.#directory.find(name)
  }

  /** Marks every place as read. */
  async readAll(account: Account, via: Listener): Promise<void> {
    const state = await this.#markers.of(account)
    const upTo = this.#timeline.lastId
    const found = await this.#places.everywhere(account, state, upTo)
    // In a quiet channel what is unread may not count now.
    const places = [...found.flatMap((one) => one.places), ...state.places]
    await this.#change(account, state, places, (unread) => whenRead(unread, { after: 0, upTo }))
    for (const { row } of found)
      this.#tellRow(account, via, { ...row, read: upTo, count: 0, more: false, mentions: 0 })
  }

  /**
   * Changes by `set` whether a channel is quiet (all). What somebody was spared until now counts as read, but for what names
   * them; what was unread before that counts again.
   */
  async changingQuiet(
    account: Account,
    channel: Channel,
    via: Listener,
    set: () => Promise<void>,
  ): Promise<void> {
    const state = await this.#markers.of(account)
    const place = channelPlace(channel)
    const { lastId } = this.#timeline
    const { end } = state.of(place)
    if (channel.lastId > end) {
      const read = isSpared(account, channel)
        ? await this.#places.inChannels.spared(account, channel, end, lastId)
        : [{ after: lastId, upTo: lastId }]
      await this.#change(account, state, [place], (unread) => read.reduce(whenRead, unread))
    }
    const before = await this.#places.in(account, channel.name)
    await set()
    const row = await this.#places.in(account, channel.name)
    if (row.count !== before.count || row.more !== before.more) this.#tellRow(account, via, row)
  }

  /**
   * Marks a place as unread again from this message on; in a channel from where the person joined, at the earliest. Throws
   * `bad-arguments` where no message from there on can be unread.
   */
  async unread(account: Account, target: string, id: number, via: Listener): Promise<UnreadRow> {
    const found = await this.#targetOfOthers(account, target)
    const state = await this.#markers.of(account)
    const { channel, place } = found
    const asked = Math.max(0, id - 1)
    const after = channel ? await this.#places.inChannels.sinceJoining(account, channel, asked) : asked
    const places = place ? [place] : await this.#places.directly.deletedSince(account, after)
    const there = place && (await this.#places.rowOf(account, state, found, { gaps: [], end: after }))
    if (places.length === 0 || (there?.count === 0 && !there.more)) throw nothingThere(account, found, id)
    for (const one of places) this.#markers.markedUnread(account, one, this.#timeline.lastId)
    const hasChanged = await this.#change(account, state, places, (unread) => whenUnread(unread, after))
    const row = await this.#places.rowOf(account, state, found)
    if (hasChanged) await this.#tellChanged(account, via, row, found.place ? undefined : places)
    return row
  }

  /**
   * A terminal shows part of a list that was asked for: of one place, or of direct messages where there is no `target`. Its
   * person reads it at the next sign of life.
   */
  async looked(reader: Person, via: Listener, { span }: Messages, target?: string): Promise<void> {
    if (reader.kind !== 'account' || !span || !this.#markers.isRead(via)) return
    const found = target === undefined ? undefined : await this.#places.target(reader, target)
    const place = found ? found.place : 'people'
    if (place === undefined) return
    const state = await this.#markers.of(reader)
    const gaps =
      place === 'people'
        ? [...state.places].flatMap(({ kind, unread }) => (kind === 'person' ? unread.gaps : []))
        : state.of(place).gaps
    const read = (page: Page) => {
      if (found?.channel) return this.#store.channelHistory(found.channel.id, page)
      return place === 'people' || place.id === 0
        ? this.#store.inbox(reader.id, page)
        : this.#store.directHistory(reader.id, place.id, page)
    }
    this.#markers.looked(via, place, await widened(span, gaps, read, wantedBy(reader)))
  }

  /** Tells the programs of a person what is left in places that the person looked at elsewhere. */
  async tell(account: Account, via: Listener, places: readonly PlaceId[]): Promise<void> {
    const state = await this.#markers.of(account)
    const names = new Map<string, Target>()
    for (const place of places) for (const one of await this.#named(account, place)) names.set(one.name, one)
    const [only] = names.values()
    if (names.size === 1 && only) {
      this.#tellRow(account, via, await this.#places.rowOf(account, state, only))
      return
    }
    const found = await this.#places.everywhere(account, state, this.#timeline.lastId)
    const left = new Map(found.map(({ row }) => [row.channel ?? row.with ?? '', row]))
    for (const one of names.values())
      this.#tellRow(account, via, left.get(one.name) ?? this.#places.nothingIn(state, one))
  }

  /** A place by the names that programs know it by: the place of guests has the name of each recent one. */
  async #named(account: Account, place: PlaceId): Promise<Target[]> {
    if (place.kind === 'channel') {
      const channel = this.#channels.byId(place.id)
      return channel?.members.has(account) ? [{ place, name: channel.name, channel }] : []
    }
    if (place.id > 0) return [{ place, name: this.#directory.nameOf(place.id) }]
    const latest = await this.#store.receivedFrom(account.id, 0, { limit: 100 })
    return latest.flatMap(({ fromGuest: name }) => (name === undefined ? [] : [{ place, name }]))
  }

  /** Changes places and stores that. Answers whether anything has changed. */
  async #change(
    account: Account,
    state: ReadState,
    places: readonly PlaceId[],
    change: (unread: Unread) => Unread,
  ): Promise<boolean> {
    const before = places.map((place) => [place, state.of(place)] as const)
    const { version } = state
    for (const [place, unread] of before) state.set(place, change(unread))
    const hasChanged = state.version !== version
    try {
      await this.#markers.save(account)
    } catch (error) {
      for (const [place, unread] of before) state.set(place, unread)
      throw error
    }
    return hasChanged
  }

  /** Of all deleted accounts together programs are told one by one, as lists have them. */
  async #tellChanged(
    account: Account,
    via: Listener,
    row: UnreadRow,
    places: readonly PlaceId[] | undefined,
  ): Promise<void> {
    if (places) await this.tell(account, via, places)
    else this.#tellRow(account, via, row)
  }

  #tellRow(account: Account, via: Listener, { last: _, ...told }: UnreadRow): void {
    this.#markers.tellOthers(account, via, { type: 'read', ...told })
  }

  /** The place that a name means. Throws `bad-arguments` for the account itself: its own words are always read. */
  async #targetOfOthers(account: Account, name: string): Promise<Target> {
    const target = await this.#places.target(account, name)
    if (target.place?.kind === 'person' && target.place.id === account.id)
      throw fail({ code: 'bad-arguments', detail: 'That is you: your own messages never count as unread.' })
    return target
  }

  async #placesOfDeleted(account: Account, state: ReadState): Promise<readonly PlaceId[]> {
    const found = await this.#places.ofDeleted(account, state)
    return found.flatMap(({ places }) => places)
  }
}

function nothingThere(account: Account, { channel, name, place }: Target, id: number): Failure {
  const isDeleted = place === undefined
  const what = channel ? `in ${name}` : `that ${isDeleted ? 'deleted accounts' : name} said to you`
  const why = !channel
    ? ''
    : isSpared(account, channel)
      ? ' While it is quiet (all), only messages that name you count.'
      : ' Only messages of others since you joined count.'
  const gone = numberInDeletedName(name)
  const list = isDeleted || place.id === 0 ? '/inbox' : `/history ${gone === undefined ? name : `#${gone}`}`
  return fail({
    code: 'bad-arguments',
    detail: `Nothing ${what} from message ${id} on can be unread.${why} ${list} numbers shows the numbers.`,
  })
}

/**
 * Widens a part of a list that ends inside a gap by the numbers beside it that have no message for the reader. So somebody who
 * reads along a gap makes it smaller, also where a message was deleted or came from a blocked person.
 */
async function widened(
  { after, upTo }: Span,
  gaps: readonly Span[],
  read: (page: Page) => Promise<readonly MessageRecord[]>,
  keeps: (record: MessageRecord) => boolean,
): Promise<Span> {
  const isInside = (number: number) => gaps.some((gap) => number > gap.after && number < gap.upTo)
  const wide = { after, upTo }
  if (isInside(after)) {
    const { next, records } = await portionOf(read, { limit: 1, before: after + 1, keeps })
    wide.after = records[0]?.id ?? (next === undefined ? 0 : next - 1)
  }
  if (isInside(upTo)) {
    const { next, records } = await portionOf(read, { limit: 1, after: upTo, oldest: true, keeps })
    const [first] = records
    wide.upTo = first ? first.id - 1 : (next ?? Math.max(...gaps.map((gap) => gap.upTo)))
  }
  return wide
}
