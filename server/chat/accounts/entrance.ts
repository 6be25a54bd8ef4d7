import type { Channels } from '../channels/channels.ts'
import type { Invitations } from '../channels/invitations.ts'
import type { Joining } from '../channels/joining.ts'
import type { Missed } from '../history/missed.ts'
import type { UnreadPlaces } from '../history/unread-places.ts'
import { defaultsFirst } from '../model/channel.ts'
import type { Count } from '../model/count.ts'
import type { Grant } from '../model/grant.ts'
import { hears, isFor } from '../model/grants.ts'
import type { Account, Guest, Listener } from '../model/people.ts'
import type { Room } from '../model/replies/channels.ts'
import type { Reply } from '../model/replies.ts'
import type { Span } from '../model/unread.ts'
import type { PlaceId } from '../ports/read-store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'
import { channelPlace, type ReadMarkers, type Replayed } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import type { Incidents } from '../safety/incidents.ts'
import type { LoginAddresses } from './login-addresses.ts'

/** The most invitations told at a login; one more line says how many others there are. */
const mostRequests = 5

type Inside = Pick<
  Reply & { code: 'welcome' },
  'rooms' | 'waiting' | 'unread' | 'news' | 'incidents' | 'target'
>

/** What people get when they come in: their channels, and the messages that they missed. */
export class Entrance {
  readonly #channels: Channels
  readonly #joining: Joining
  readonly #missed: Missed
  readonly #invitations: Invitations
  readonly #addresses: LoginAddresses
  readonly #markers: ReadMarkers
  readonly #unread: UnreadPlaces
  readonly #incidents: Incidents

  constructor(parts: {
    channels: Channels
    joining: Joining
    missed: Missed
    invitations: Invitations
    addresses: LoginAddresses
    markers: ReadMarkers
    unread: UnreadPlaces
    incidents: Incidents
  }) {
    this.#channels = parts.channels
    this.#joining = parts.joining
    this.#missed = parts.missed
    this.#invitations = parts.invitations
    this.#addresses = parts.addresses
    this.#markers = parts.markers
    this.#unread = parts.unread
    this.#incidents = parts.incidents
  }

  /** A guest enters the default channels. */
  async welcomeGuest(guest: Guest, listener: Listener): Promise<Reply & { code: 'welcome-guest' }> {
    const rooms: Room[] = []
    for (const entered of await this.#joining.joinDefaults(guest, listener)) {
      rooms.push(await this.#missed.onEntering(guest, entered, listener))
    }
    return { code: 'welcome-guest', name: guest.name, rooms, ...firstOf(rooms) }
  }

  /**
   * An account is back in its channels. It was shown everything up to `seen`, and hears by itself what
   * comes after `upTo`; who has just made the account, direct messages `since` then. Whoever comes for the `first` time, and was put into a channel by an operator, talks there.
   * `shows`: at a terminal, which a person reads. Everybody else learns what of all is unread.
   */
  async welcome(
    account: Account,
    listener: Listener,
    span: { seen: number; upTo: number; since?: number; first?: boolean },
    shows = false,
  ): Promise<Inside> {
    const state = listener.grant ? undefined : await this.#markers.of(account)
    // A program is told what it was not told before, whatever of that was read.
    const read = shows ? state : undefined
    const back = defaultsFirst(account.channels)
    const entered = await this.#joining.joinDefaults(account, listener).catch(unlessStored)
    const rooms = await Promise.all([
      ...entered.map((arrival) => this.#missed.onEntering(account, arrival, listener)),
      ...back.map((channel) => {
        const seen = read?.of(channelPlace(channel)).end ?? span.seen
        return this.#missed.onReturning(account, channel, { seen, upTo: span.upTo }, listener)
      }),
    ])
    const waiting = await (read && span.since === undefined
      ? this.#unreadDirectly(account, span.upTo)
      : this.#missed.directly(account, { seen: span.since ?? span.seen, upTo: span.upTo }))
    const missed = await this.#missed.news(account, span, listener)
    const mentions = read ? await this.#unread.mentions(account) : missed.mentions
    const replayed = read && (await this.#replayed(account, read, rooms, waiting, span.upTo))
    const unread = await (read ? this.#unread.skipped(account) : state && this.#unread.of(account))
    // The addresses of scripts are stored with their tokens.
    const logins = listener.grant ? [] : await this.#addresses.arrived(account, listener).catch(unlessStored)
    const incidents =
      account.operator && !listener.grant ? await this.#incidents.reportFor(account) : undefined
    // This comes last: news that is told only once must not be lost when a login fails.
    const waitingRequests = this.#invitations.waitingFor(account)
    const news = {
      ...missed,
      mentions,
      logins,
      requests: waitingRequests.slice(0, mostRequests),
      moreRequests: Math.max(0, waitingRequests.length - mostRequests),
      // What a script reads does not count as read by the person.
      answers: listener.grant ? [] : this.#invitations.takeAnswers(account),
    }
    const own = span.first ? back.find(({ isDefault }) => !isDefault) : undefined
    if (read && replayed) {
      // From here on it shows what it hears, and its next sign of life says that all of this is read.
      this.#markers.entered(account, listener, span.upTo, replayed)
      if (waiting.messages.length > 0) this.#markers.looked(listener, 'people', { after: 0, upTo: span.upTo })
    }
    return { rooms, waiting, unread, news, incidents, ...(own ? { target: own.name } : firstOf(rooms)) }
  }

  /** Direct messages for a terminal. */
  async #unreadDirectly(account: Account, upTo: number): Promise<Inside['waiting']> {
    const unread = await this.#unread.direct(account, upTo)
    if (!unread) return nothing.waiting
    const found = await this.#missed.directly(account, { seen: unread.after, upTo }, unread.is)
    return found.messages.length > 0 ? found : { ...found, count: unread.count }
  }

  /** What of what somebody missed a terminal shows, by place. */
  async #replayed(
    account: Account,
    state: ReadState,
    rooms: readonly Room[],
    { count, messages }: Inside['waiting'],
    upTo: number,
  ): Promise<Replayed> {
    const partly = new Map<PlaceId, readonly Span[]>()
    const wholly: Replayed['wholly'][number][] = []
    for (const { channel: name, messages, quiet, unread } of rooms) {
      const channel = unread && mayBeAny(unread) ? this.#channels.find(name, account) : undefined
      if (!channel || !unread) continue
      const place = channelPlace(channel)
      const [first] = messages
      if (quiet === 'all')
        partly.set(place, await this.#unread.inChannels.spared(account, channel, state.of(place).end, upTo))
      else if (unread.more || unread.count > messages.length)
        partly.set(place, [{ after: first ? first.id - 1 : upTo, upTo }])
      else wholly.push({ place, name })
    }
    const writers = mayBeAny(count) ? await this.#unread.writers(account) : []
    if (messages.length > 0) wholly.push(...writers)
    else for (const { place } of writers) partly.set(place, [{ after: upTo, upTo }])
    return partly.size > 0 || wholly.length > 0 ? { partly, wholly } : nothingReplayed
  }

  /**
   * A script comes in that hears less than its account: where it may read, it goes on from where it stopped. What the
   * account has been shown stays as it is.
   */
  async welcomeQuietly(
    account: Account,
    grant: Grant | undefined,
    span: { seen: number; upTo: number },
  ): Promise<Inside> {
    const mine = defaultsFirst(account.channels).filter(({ name }) => isFor(grant, name))
    const heard = mine.filter(({ name }) => hears(grant, name))
    const rooms = heard.map((channel) =>
      grant?.seen === undefined
        ? this.#missed.onEntering(account, { channel, upTo: span.upTo, made: false })
        : this.#missed.onReturning(account, channel, span),
    )
    const [first] = mine
    return { ...nothing, rooms: await Promise.all(rooms), ...(first ? { target: first.name } : {}) }
  }
}

/** Where not all was looked at, there may be some behind what does not count. */
function mayBeAny({ count, more }: Count): boolean {
  return count > 0 || more
}

/** Shared by all who have missed nothing. */
const nothingReplayed: Replayed = { partly: new Map(), wholly: [] }

/** What a script gets whose token does not show the messages that wait for the person. */
const nothing = {
  waiting: { count: { count: 0, more: false }, messages: [] },
  news: {
    mentions: { count: 0, more: false },
    notices: [],
    moreNotices: false,
    requests: [],
    moreRequests: 0,
    answers: [],
    logins: [],
  },
} as const

/** Lets people in also while nothing can be stored. */
function unlessStored(error: unknown): never[] {
  if (error instanceof StoreUnavailable) return []
  throw error
}

function firstOf(rooms: readonly Room[]): { target?: string } {
  const [room] = rooms
  return room ? { target: room.channel } : {}
}
