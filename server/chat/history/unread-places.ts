import type { Channels } from '../channels/channels.ts'
import type { Count } from '../model/count.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import { foldName, meansChannel } from '../model/names.ts'
import { type Account, type Channel, deletedUser, type Listener, type Person } from '../model/people.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import type { Reply } from '../model/replies.ts'
import { readUpTo, type Unread, whenRead, whenUnread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { PlaceId } from '../ports/read-store.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace, named, personPlace, type ReadMarkers } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import type { Timeline } from '../presence/timeline.ts'
import { UnreadFinder, wantedBy } from './unread-found.ts'

type Messages = Reply & { code: 'messages' }

/** What somebody calls by a name; those who are deleted have one name, and places that must be found. */
interface Target {
  readonly place: PlaceId | undefined
  readonly name: string
  readonly channel?: Channel | undefined
}

/** Where something waits for somebody to be read, and how much; and what they say that they have read. */
export class UnreadPlaces {
  readonly #store: Store
  readonly #finder: UnreadFinder
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
    this.#finder = new UnreadFinder(parts)
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
    const found = await this.#finder.everywhere(account, state, upTo, grant)
    // Said in few places from now on, unless something was read meanwhile.
    if (state.version === version && !grant?.channels)
      state.settle(
        upTo,
        found.flatMap(({ places }) => places),
      )
    return found.map(({ row }) => row)
  }

  /** A person reads at this connection what comes from now on. */
  async readsAlong(account: Account, listener: Listener): Promise<void> {
    const { lastId } = this.#timeline
    // Then it is known what of what came before is unread.
    await this.of(account)
    if (account.listeners.has(listener)) this.#markers.entered(account, listener, lastId)
  }

  /** What earlier logins have not shown of channels, and nobody has looked at since. */
  async skipped(account: Account): Promise<UnreadRow[]> {
    const state = await this.#markers.of(account)
    const rows: UnreadRow[] = []
    for (const { id, kind, unread } of [...state.places]) {
      const channel = kind === 'channel' && unread.gap ? this.#channels.byId(id) : undefined
      if (!channel?.members.has(account)) continue
      const found = await this.#finder.inChannel(account, channel, unread, this.#timeline.lastId)
      if (found?.places.some((one) => one.unread.gap)) rows.push(found.row)
    }
    return rows.sort((one, other) => other.last - one.last)
  }

  /** Who has said something directly that is unread. */
  async writers(account: Account): Promise<{ place: PlaceId; name: string }[]> {
    const state = await this.#markers.of(account)
    const found = await this.#finder.directly(account, state, this.#timeline.lastId)
    return found.flatMap(({ places, row }) => places.map((place) => ({ place, name: row.with ?? '' })))
  }

  /** How many messages name somebody in channels, above where they have read all of it. */
  async mentions(account: Account): Promise<Count> {
    const state = await this.#markers.of(account)
    const ends = [...state.places].flatMap(({ kind, unread }) => (kind === 'channel' ? unread.end : []))
    const after = Math.min(state.upTo, ...ends)
    const { from, rows } = await this.#finder.mentions(account, after, this.#timeline.lastId)
    const wanted = wantedBy(account)
    const found = rows.filter(
      (one) => one.id > state.of({ kind: 'channel', id: one.channel }).end && wanted(one),
    )
    return { count: found.length, more: from > after }
  }

  /** What is unread in one channel, or of what one person says directly. Throws as `/history` does. */
  async in(account: Account, target: string): Promise<UnreadRow> {
    const state = await this.#markers.of(account)
    return this.#rowOf(account, state, this.#target(account, target))
  }

  /** A place is read, up to a number or all of it: never less than before, so that a late one takes nothing back. */
  async read(account: Account, target: string, id: number | undefined, via: Listener): Promise<UnreadRow> {
    const upTo = Math.min(id ?? Number.MAX_SAFE_INTEGER, this.#timeline.lastId)
    const found = this.#targetOfOthers(account, target)
    const state = await this.#markers.of(account)
    const places = found.place ? [found.place] : await this.#placesOfDeleted(account, state)
    const change = (unread: Unread) => whenRead(unread, { after: 0, upTo })
    const hasChanged = await this.#change(account, state, places, change)
    const row = await this.#rowOf(account, state, found)
    if (hasChanged) this.#tellRow(account, via, row)
    return row
  }

  /** Whether a name means every place: unless somebody is called so. */
  meansAll(name: string | undefined): boolean {
    return name !== undefined && foldName(name) === 'all' && !this.#directory.find(name)
  }

  /** Everything is read, up to now. */
  async readAll(account: Account, via: Listener): Promise<void> {
    const state = await this.#markers.of(account)
    const upTo = this.#timeline.lastId
    const found = await this.#finder.everywhere(account, state, upTo)
    const places = found.flatMap((one) => one.places)
    await this.#change(account, state, places, (unread) => whenRead(unread, { after: 0, upTo }))
    for (const { row } of found)
      this.#tellRow(account, via, { ...row, read: upTo, count: 0, more: false, mentions: 0 })
  }

  /** A place is unread again, from this message on, if there is anything from there on. */
  async unread(account: Account, target: string, id: number, via: Listener): Promise<UnreadRow> {
    const found = this.#targetOfOthers(account, target)
    const state = await this.#markers.of(account)
    const { place } = found
    if (place === undefined) return this.#rowOf(account, state, found)
    const before = state.of(place)
    const after = whenUnread(before, Math.max(0, id - 1))
    const row = await this.#rowOf(account, state, found, after)
    // Nobody keeps a place in mind of which nothing is there.
    if (row.count === 0 && !row.more) return this.#rowOf(account, state, found)
    const change = (unread: Unread) => whenUnread(unread, Math.max(0, id - 1))
    if (await this.#change(account, state, [place], change)) this.#tellRow(account, via, row)
    return row
  }

  /** Part of a list was asked for, of what was said in one place or by all people directly: a terminal shows it. */
  looked(reader: Person, via: Listener, { span }: Messages, target?: string): void {
    if (reader.kind !== 'account' || !span) return
    const place = target === undefined ? 'people' : this.#target(reader, target).place
    if (place) this.#markers.looked(via, place, span)
  }

  /** Tells programs of somebody what is left in places that they have looked at elsewhere. */
  async tell(account: Account, via: Listener, places: readonly PlaceId[]): Promise<void> {
    const state = await this.#markers.of(account)
    const names = new Map<string, Target>()
    for (const place of places) for (const one of await this.#named(account, place)) names.set(one.name, one)
    const [only] = names.values()
    if (names.size === 1 && only) {
      this.#tellRow(account, via, await this.#rowOf(account, state, only))
      return
    }
    const found = await this.#finder.everywhere(account, state, this.#timeline.lastId)
    const left = new Map(found.map(({ row }) => [row.channel ?? row.with ?? '', row]))
    for (const one of names.values())
      this.#tellRow(account, via, left.get(one.name) ?? this.#nothingIn(state, one))
  }

  /** A place as its programs know it: what guests said, by each name of late. */
  async #named(account: Account, place: PlaceId): Promise<Target[]> {
    if (place.kind === 'channel') {
      const channel = this.#channels.byId(place.id)
      return channel?.members.has(account) ? [{ place, name: channel.name, channel }] : []
    }
    if (place.id > 0) {
      const name = this.#directory.nameOf(place.id)
      return [{ place: name === deletedUser ? undefined : place, name }]
    }
    const latest = await this.#store.receivedFrom(account.id, 0, { limit: 100 })
    return latest.flatMap(({ fromGuest: name }) => (name === undefined ? [] : [{ place, name }]))
  }

  /** Stores it. Answers whether anything is otherwise now. */
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

  #tellRow(account: Account, via: Listener, { last: _, ...told }: UnreadRow): void {
    this.#markers.tellOthers(account, via, { type: 'read', ...told })
  }

  /** What somebody may change. */
  #targetOfOthers(account: Account, name: string): Target {
    const target = this.#target(account, name)
    if (target.place?.kind === 'person' && target.place.id === account.id)
      throw fail({ code: 'bad-arguments', detail: 'What you say yourself is read.' })
    return target
  }

  #target(account: Account, target: string): Target {
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, account)
      return { place: channelPlace(channel), name: channel.name, channel }
    }
    // A guest may be gone; what they all said is read together.
    if (target.startsWith('~')) return { place: personPlace(0), name: target }
    if (target === deletedUser) return { place: undefined, name: deletedUser }
    const person = this.#directory.require(target)
    return { place: personPlace(person.kind === 'account' ? person.id : 0), name: person.name }
  }

  async #placesOfDeleted(account: Account, state: ReadState): Promise<readonly PlaceId[]> {
    const found = await this.#finder.directly(account, state, this.#timeline.lastId)
    return found.find(({ row }) => row.with === deletedUser)?.places ?? []
  }

  async #rowOf(
    account: Account,
    state: ReadState,
    target: Target,
    /** As it would be. */
    unread?: Unread,
  ): Promise<UnreadRow> {
    const { channel, name, place } = target
    const upTo = this.#timeline.lastId
    if (place === undefined) {
      const found = await this.#finder.directly(account, state, upTo)
      return found.find(({ row }) => row.with === name)?.row ?? this.#nothingIn(state, target)
    }
    const of = unread ?? state.of(place)
    const found = channel
      ? await this.#finder.inChannel(account, channel, of, upTo)
      : await this.#finder.from(account, of, { id: place.id, name }, upTo)
    return found?.row ?? this.#nothingIn(state, target, of)
  }

  #nothingIn(state: ReadState, { name, place }: Target, unread?: Unread): UnreadRow {
    const of = unread ?? (place ? state.of(place) : { end: state.upTo })
    const read = readUpTo(of)
    const kind = place?.kind ?? 'person'
    return { ...named({ kind }, name), read, count: 0, more: false, mentions: 0, last: read }
  }
}
