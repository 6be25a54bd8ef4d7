import type { Channels } from '../channels/channels.ts'
import type { Count } from '../model/count.ts'
import type { Grant } from '../model/grant.ts'
import { hears } from '../model/grants.ts'
import { meansChannel } from '../model/names.ts'
import { type Account, type Channel, deletedUser } from '../model/people.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import { isUnread, readUpTo, type Unread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { PlaceId, PlaceRead } from '../ports/read-store.ts'
import type { MessageRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { channelPlace, named, personPlace, type ReadMarkers } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { Partners } from './partners.ts'
import { type Found, limited } from './unread-counting.ts'
import { UnreadDirectly } from './unread-directly.ts'
import { isSpared, UnreadInChannels } from './unread-in-channels.ts'

/** What somebody means by a name. All deleted accounts together have one, and their places must be found. */
export interface Target {
  readonly place: PlaceId | undefined
  readonly name: string
  readonly channel?: Channel | undefined
}

/** Unread direct messages of an account. */
export interface UnreadMessages {
  /** All of them are above this number. */
  readonly after: number
  readonly count: Count
  readonly is: (record: MessageRecord) => boolean
}

/** Where something is unread for somebody, and how much. */
export class UnreadPlaces {
  readonly inChannels: UnreadInChannels
  readonly directly: UnreadDirectly
  readonly #channels: Channels
  readonly #directory: Directory
  readonly #partners: Partners
  readonly #timeline: Timeline
  readonly #markers: ReadMarkers

  constructor(parts: {
    store: Store
    channels: Channels
    directory: Directory
    partners: Partners
    timeline: Timeline
    markers: ReadMarkers
  }) {
    this.inChannels = new UnreadInChannels(parts)
    this.directly = new UnreadDirectly(parts)
    this.#channels = parts.channels
    this.#directory = parts.directory
    this.#partners = parts.partners
    this.#timeline = parts.timeline
    this.#markers = parts.markers
  }

  /** All places where something is unread, the newest first; for a token, only the places that it reads. */
  async of(account: Account, grant?: Grant): Promise<UnreadRow[]> {
    const state = await this.#markers.of(account)
    const { version } = state
    const upTo = this.#timeline.lastId
    const found = await this.everywhere(account, state, upTo, grant)
    // From now on the state needs few places, unless something was read meanwhile.
    if (state.version === version && !grant?.channels)
      state.settle(upTo, [
        ...found.flatMap(({ places }) => places),
        ...this.#gapsOfQuiet(account, state, found, upTo),
      ])
    return found.map(({ row }) => row)
  }

  /** The gaps of quiet channels stay, whatever counts in them now: they were unread before, and count again when quiet ends. */
  #gapsOfQuiet(account: Account, state: ReadState, found: readonly Found[], upTo: number): PlaceRead[] {
    return [...account.channels].flatMap((channel) => {
      const place = channelPlace(channel)
      const { end, gaps } = state.of(place)
      if (gaps.length === 0 || !isSpared(account, channel)) return []
      const [counted] = found.find(({ row }) => row.channel === channel.name)?.places ?? []
      return [{ ...place, unread: { gaps, end: counted?.unread.end ?? Math.max(end, upTo) } }]
    })
  }

  /** All places where something is unread, up to a number. */
  async everywhere(account: Account, state: ReadState, upTo: number, grant?: Grant): Promise<Found[]> {
    const channels = [...account.channels].filter(({ name }) => hears(grant, name))
    const unread = channels.map((channel) => ({ channel, unread: state.of(channelPlace(channel)) }))
    const found = await Promise.all([
      grant?.channels ? [] : this.directly.all(account, state, upTo),
      this.inChannels.all(account, unread, upTo),
    ])
    return found.flat().sort((one, other) => other.row.last - one.row.last)
  }

  /** Channels with messages that earlier logins did not show, and that nobody has looked at since. */
  async skipped(account: Account): Promise<UnreadRow[]> {
    const state = await this.#markers.of(account)
    const channels = [...state.places].flatMap(({ id, kind, unread }) => {
      const channel = kind === 'channel' && unread.gaps.length > 0 ? this.#channels.byId(id) : undefined
      return channel?.members.has(account) ? [{ channel, unread }] : []
    })
    const found = await this.inChannels.all(account, channels, this.#timeline.lastId)
    return found
      .filter(({ places }) => places.some(({ unread }) => unread.gaps.length > 0))
      .map(({ row }) => row)
      .sort((one, other) => other.last - one.last)
  }

  /** The people from whom direct messages are unread. */
  async writers(account: Account): Promise<{ place: PlaceId; name: string }[]> {
    const state = await this.#markers.of(account)
    const found = await this.directly.all(account, state, this.#timeline.lastId)
    return found.flatMap(({ places, row }) => places.map((place) => ({ place, name: row.with ?? '' })))
  }

  /** How many messages name the account in its channels, above where it has read everything. */
  async mentions(account: Account): Promise<Count> {
    const state = await this.#markers.of(account)
    const upTo = this.#timeline.lastId
    const open = [...account.channels].flatMap((channel) => {
      const { end } = state.of(channelPlace(channel))
      return channel.lastId > end ? [{ channel, spans: [{ after: end, upTo }] }] : []
    })
    const { channels, from } = await this.inChannels.mentions(account, open, upTo)
    const count = [...channels.values()].flat().reduce((sum, one) => sum + one, 0)
    return { count, more: open.some(({ spans }) => spans.some(({ after }) => after < from)) }
  }

  /** What is unread in one channel, or from one person. Throws as `/history` does. */
  async in(account: Account, target: string): Promise<UnreadRow> {
    const state = await this.#markers.of(account)
    return this.rowOf(account, state, await this.target(account, target))
  }

  /** Unread direct messages: the number behind which they begin, how many, and which of the messages behind it. */
  async direct(account: Account, upTo = this.#timeline.lastId): Promise<UnreadMessages | undefined> {
    const state = await this.#markers.of(account)
    const found = await this.directly.all(account, state, upTo)
    if (found.length === 0) return undefined
    return {
      after: Math.min(...found.map(({ row }) => row.read)),
      count: {
        count: found.reduce((sum, { row }) => sum + row.count, 0),
        more: found.some(({ row }) => row.more),
      },
      is: ({ from = 0, id }) => from !== account.id && isUnread(state.of(personPlace(from)), id),
    }
  }

  /** What somebody means by a name. Throws as `/history` does. */
  async target(account: Account, target: string): Promise<Target> {
    if (meansChannel(target)) {
      const channel = this.#channels.require(target, account)
      return { place: channelPlace(channel), name: channel.name, channel }
    }
    // The guest may be gone. All guests share one place.
    if (target.startsWith('~')) return { place: personPlace(0), name: target }
    if (target === deletedUser) return { place: undefined, name: deletedUser }
    const person = await this.#partners.require(account, target)
    return { place: personPlace(person.kind === 'guest' ? 0 : person.id), name: person.name }
  }

  /** What is unread in a place; nothing where it is all read. */
  async rowOf(
    account: Account,
    state: ReadState,
    target: Target,
    /** To ask about another state than the one that holds. */
    unread?: Unread,
  ): Promise<UnreadRow> {
    const { channel, name, place } = target
    const upTo = this.#timeline.lastId
    if (place === undefined) {
      const found = await this.ofDeleted(account, state)
      return found.length === 0 ? this.nothingIn(state, target) : together(name, found)
    }
    const of = unread ?? state.of(place)
    const found = channel
      ? await this.inChannels.of(account, channel, of, upTo)
      : await this.directly.from(account, of, { id: place.id, name }, upTo)
    return found?.row ?? this.nothingIn(state, target, of)
  }

  /** Where something of deleted accounts is unread. */
  async ofDeleted(account: Account, state: ReadState): Promise<Found[]> {
    const found = await this.directly.all(account, state, this.#timeline.lastId)
    return found.filter(({ places: [place] }) => place && this.#isDeleted(place))
  }

  #isDeleted({ id }: PlaceId): boolean {
    return id > 0 && !this.#directory.account(id)
  }

  /** A row of a place that is read. */
  nothingIn(state: ReadState, { name, place }: Target, unread?: Unread): UnreadRow {
    const of = unread ?? (place ? state.of(place) : { gaps: [], end: state.upTo })
    const read = readUpTo(of)
    const kind = place?.kind ?? 'person'
    return { ...named({ kind }, name), read, count: 0, more: false, mentions: 0, last: read }
  }
}

/** What is unread in several places, as one row. */
function together(name: string, found: readonly Found[]): UnreadRow {
  const rows = found.map(({ row }) => row)
  return {
    with: name,
    read: Math.min(...rows.map(({ read }) => read)),
    ...limited(
      rows.reduce((sum, { count }) => sum + count, 0),
      rows.some(({ more }) => more),
    ),
    mentions: 0,
    last: Math.max(...rows.map(({ last }) => last)),
  }
}
