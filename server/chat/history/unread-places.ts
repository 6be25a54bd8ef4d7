import type { Channels } from '../channels/channels.ts'
import type { UnreadIn } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import { hears } from '../model/grants.ts'
import { foldName, meansChannel } from '../model/names.ts'
import { type Account, type Channel, deletedUser, type Listener, type Person } from '../model/people.ts'
import type { Count, Reply, UnreadRow } from '../model/replies.ts'
import { isUnread, readUpTo, type Unread, whenRead, whenUnread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { Counted, PlaceId } from '../ports/read-store.ts'
import type { Page, Unwanted } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace, named, personPlace, type ReadMarkers } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import type { Timeline } from '../presence/timeline.ts'
import { unwantedBy } from './history.ts'

type Messages = Reply & { code: 'messages' }

/** No place is counted any further. */
const countLimit = 99
/** Of what was said directly, and of what names somebody, so many are looked at, the newest. */
const mostLooked = 1_000

/** What of a place is unread, and where it is. */
interface Found {
  readonly place: PlaceId
  readonly unread: Unread
  readonly row: UnreadRow
}

/** Where something waits for somebody to be read, and how much; and what they say that they have read. */
export class UnreadPlaces {
  readonly #store: Store
  readonly #channels: Channels
  readonly #directory: Directory
  readonly #timeline: Timeline
  readonly #markers: ReadMarkers

  constructor(parts: {
    store: Store
    channels: Channels
    directory: Directory
    timeline: Timeline
    markers: ReadMarkers
  }) {
    this.#store = parts.store
    this.#channels = parts.channels
    this.#directory = parts.directory
    this.#timeline = parts.timeline
    this.#markers = parts.markers
  }

  /** All places in which something is unread, the newest first; of a token's, only those that it is for. */
  async of(account: Account, grant?: Grant): Promise<UnreadRow[]> {
    const state = await this.#markers.of(account)
    const { version } = state
    const upTo = this.#timeline.lastId
    const found = await this.#find(account, state, upTo, grant)
    // Said in few places from now on; unless something was read meanwhile, or not all was looked at.
    if (found.isWhole && state.version === version && !grant?.channels)
      state.settle(
        upTo,
        found.places.map(({ place, unread }) => ({ ...place, unread })),
      )
    return found.places.map(({ row }) => row)
  }

  /** What earlier logins have not shown of channels, and nobody has looked at since. */
  async skipped(account: Account): Promise<UnreadRow[]> {
    const state = await this.#markers.of(account)
    if (![...state.places].some(({ kind, unread }) => kind === 'channel' && unread.gap)) return []
    const { places } = await this.#find(account, state, this.#timeline.lastId, undefined)
    return places.flatMap(({ place, row, unread }) => (place.kind === 'channel' && unread.gap ? [row] : []))
  }

  /** Who has said something directly that is unread. */
  async writers(account: Account): Promise<{ place: PlaceId; name: string }[]> {
    const state = await this.#markers.of(account)
    const page = { limit: mostLooked, after: lowestOf(state, 'person'), before: this.#timeline.lastId + 1 }
    const found = this.#directly(account, state, await this.#store.received(account.id, page))
    return found.map(({ place, row }) => ({ place, name: row.with ?? '' }))
  }

  /** How many messages name somebody in channels, above where they have read all of it. */
  async mentions(account: Account): Promise<Count> {
    const state = await this.#markers.of(account)
    const ends = [...state.places].flatMap(({ kind, unread }) => (kind === 'channel' ? unread.end : []))
    const page = {
      limit: mostLooked,
      after: Math.min(state.upTo, ...ends),
      before: this.#timeline.lastId + 1,
    }
    const wanted = wantedBy(account)
    const rows = await this.#store.mentioning(account.id, page)
    const found = rows.filter(
      (one) => one.id > state.of({ kind: 'channel', id: one.channel }).end && wanted(one),
    )
    return { count: found.length, more: rows.length === mostLooked }
  }

  /** What is unread in one channel, or of what one person says directly. Throws as `/history` does. */
  async in(account: Account, target: string): Promise<UnreadRow> {
    const state = await this.#markers.of(account)
    return this.#rowOf(account, state, this.#place(account, target))
  }

  /** A place is read, up to a number or all of it: never less than before, so that a late one takes nothing back. */
  async read(account: Account, target: string, id: number | undefined, via: Listener): Promise<UnreadRow> {
    const upTo = Math.min(id ?? Number.MAX_SAFE_INTEGER, this.#timeline.lastId)
    return this.#change(account, target, via, (unread) => whenRead(unread, { after: 0, upTo }))
  }

  /** A place is unread again, from this message on. */
  async unread(account: Account, target: string, id: number, via: Listener): Promise<UnreadRow> {
    return this.#change(account, target, via, (unread) => whenUnread(unread, Math.max(0, id - 1)))
  }

  /** Part of a list was asked for, of what was said in one place or by all people directly: a terminal shows it. */
  looked(reader: Person, via: Listener, { span }: Messages, target?: string): void {
    if (reader.kind === 'account' && span)
      this.#markers.looked(via, target === undefined ? 'people' : this.#place(reader, target).place, span)
  }

  /** Tells programs of somebody what is left in a place that they have looked at elsewhere. */
  async tell(account: Account, via: Listener, place: PlaceId): Promise<void> {
    const channel = place.kind === 'channel' ? this.#channels.byId(place.id) : undefined
    const name = place.kind === 'channel' ? channel?.name : this.#directory.account(place.id)?.name
    if (name === undefined || (channel && !channel.members.has(account))) return
    const state = await this.#markers.of(account)
    const { last: _, ...told } = await this.#rowOf(account, state, {
      place,
      name,
      ...(channel ? { channel } : {}),
    })
    this.#markers.tellOthers(account, via, { type: 'read', ...told })
  }

  async #change(
    account: Account,
    target: string,
    via: Listener,
    change: (unread: Unread) => Unread,
  ): Promise<UnreadRow> {
    const state = await this.#markers.of(account)
    const found = this.#place(account, target)
    if (found.place.kind === 'person' && found.place.id === account.id)
      throw fail({ code: 'bad-arguments', detail: 'What you say yourself is read.' })
    const before = state.of(found.place)
    state.set(found.place, change(before))
    try {
      await this.#markers.save(account)
    } catch (error) {
      state.set(found.place, before)
      throw error
    }
    const row = await this.#rowOf(account, state, found)
    const { last: _, ...told } = row
    this.#markers.tellOthers(account, via, { type: 'read', ...told })
    return row
  }

  #place(account: Account, target: string): { place: PlaceId; name: string; channel?: Channel } {
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, account)
      return { place: channelPlace(channel), name: channel.name, channel }
    }
    // A guest may be gone; what they all said is read together.
    if (target.startsWith('~')) return { place: personPlace(0), name: target }
    const person = this.#directory.require(target)
    return { place: personPlace(person.kind === 'account' ? person.id : 0), name: person.name }
  }

  async #rowOf(
    account: Account,
    state: ReadState,
    { channel, name, place }: { place: PlaceId; name: string; channel?: Channel },
  ): Promise<UnreadRow> {
    const unread = state.of(place)
    const upTo = this.#timeline.lastId
    const after = readUpTo(unread)
    const page = { limit: mostLooked, after, before: upTo + 1 }
    const found = channel
      ? await this.#inChannel(account, channel, unread, {
          upTo,
          mentioning: await this.#store.mentioning(account.id, page),
        })
      : this.#directly(account, state, await this.#store.received(account.id, page)).find(
          (one) => one.place.id === place.id && (place.id > 0 || one.row.with === name),
        )
    return (
      found?.row ?? { ...named(place, name), read: after, count: 0, more: false, mentions: 0, last: after }
    )
  }

  async #find(
    account: Account,
    state: ReadState,
    upTo: number,
    grant: Grant | undefined,
  ): Promise<{ places: Found[]; isWhole: boolean }> {
    const page = (kind: PlaceId['kind']): Page => ({
      limit: mostLooked,
      after: lowestOf(state, kind),
      before: upTo + 1,
    })
    const [received, mentioning] = await Promise.all([
      grant?.channels ? [] : this.#store.received(account.id, page('person')),
      this.#store.mentioning(account.id, page('channel')),
    ])
    const channels = [...account.channels].filter(({ name }) => hears(grant, name))
    const inChannels = await Promise.all(
      channels.map((channel) =>
        this.#inChannel(account, channel, state.of(channelPlace(channel)), { upTo, mentioning }),
      ),
    )
    const places = [...inChannels.flatMap((one) => one ?? []), ...this.#directly(account, state, received)]
    places.sort((one, other) => other.row.last - one.row.last)
    return { places, isWhole: received.length < mostLooked }
  }

  async #inChannel(
    account: Account,
    channel: Channel,
    unread: Unread,
    { mentioning, upTo }: { mentioning: readonly (Counted & { channel: number })[]; upTo: number },
  ): Promise<Found | undefined> {
    const { gap, end } = unread
    const isNew = channel.lastId > end
    if (!isNew && !gap) return undefined
    const wanted = wantedBy(account)
    const mentions = mentioning.filter(
      (one) => one.channel === channel.id && isUnread(unread, one.id) && wanted(one),
    )
    // Who is spared the rest reads what names them.
    const spared = account.settings.quiet?.[foldName(channel.name)] === 'all'
    const { since = 0 } = channel.members.get(account) ?? {}
    const but = { ...unwantedOf(account), since }
    const count = async (after: number, to: number) => {
      if (spared) return { count: mentions.filter(({ id }) => id > after && id <= to).length, looked: 0 }
      return this.#store.countUnread(channel.id, { limit: countLimit + 1, after, before: to + 1 }, but)
    }
    const [old, fresh] = await Promise.all([
      gap && count(gap.after, gap.upTo),
      isNew ? count(end, upTo) : undefined,
    ])
    const total = (old?.count ?? 0) + (fresh?.count ?? 0)
    if (total === 0) return undefined
    const left = old && old.count > 0 ? unread : { end }
    return {
      place: channelPlace(channel),
      unread: fresh && fresh.count > 0 ? left : { ...left, end: Math.max(end, upTo) },
      row: {
        channel: channel.name,
        read: readUpTo(left),
        ...limited(
          total,
          [old, fresh].some((one) => (one?.looked ?? 0) > countLimit),
        ),
        mentions: Math.min(mentions.length, countLimit),
        last: fresh && fresh.count > 0 ? channel.lastId : (gap?.upTo ?? channel.lastId),
      },
    }
  }

  /** By who has said it; of guests, whose messages are read together, by their names. */
  #directly(account: Account, state: ReadState, received: readonly Counted[]): Found[] {
    const wanted = wantedBy(account)
    const byName = new Map<string, { place: PlaceId; last: number; count: number }>()
    for (const one of received) {
      const place = personPlace(one.from ?? 0)
      if (one.from === account.id || !wanted(one) || !isUnread(state.of(place), one.id)) continue
      const name = one.from === undefined ? (one.fromGuest ?? deletedUser) : this.#directory.nameOf(one.from)
      const known = byName.get(name)
      if (known) known.count++
      else byName.set(name, { place, last: one.id, count: 1 })
    }
    return [...byName].map(([name, { count, last, place }]) => {
      const unread = state.of(place)
      const row = { with: name, read: readUpTo(unread), ...limited(count), mentions: 0, last }
      return { place, unread, row }
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

function wantedBy(account: Account): (one: Counted) => boolean {
  const { accounts, guests } = unwantedOf(account)
  return ({ from, fromGuest }) => !accounts.includes(from ?? 0) && !guests.includes(fromGuest ?? '')
}
