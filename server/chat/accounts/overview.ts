import type { Clock } from '../../lib/clock.ts'
import type { Invitations } from '../channels/invitations.ts'
import type { UnreadPlaces } from '../history/unread-places.ts'
import { defaultsFirst, sizeOf } from '../model/channel.ts'
import { hears } from '../model/grants.ts'
import { foldName } from '../model/names.ts'
import {
  type Account,
  type Channel,
  type Listener,
  numberInDeletedName,
  type Person,
  statusOf,
} from '../model/people.ts'
import type { OverviewPerson, OverviewReply, OverviewRoom } from '../model/replies/overview.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import { readUpTo } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import { isMuted, noteFor } from '../people/muting.ts'
import type { Store } from '../ports/store.ts'
import type { Contacts } from '../presence/contacts.ts'
import { channelPlace, personPlace, type ReadMarkers } from '../presence/read-markers.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { Pairs } from '../talk/pairs.ts'

/** With so many people the talks of late are told. */
const mostPeople = 50

type Answer = Omit<OverviewReply, 'code' | 'target'>

/** What somebody has here, in one answer: where they are and what waits there, whom they talk with, what they were asked. */
export class Overview {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #timeline: Timeline
  readonly #markers: ReadMarkers
  readonly #unread: UnreadPlaces
  readonly #contacts: Contacts
  readonly #invitations: Invitations
  readonly #pairs: Pairs

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    timeline: Timeline
    markers: ReadMarkers
    unread: UnreadPlaces
    contacts: Contacts
    invitations: Invitations
    pairs: Pairs
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#timeline = parts.timeline
    this.#markers = parts.markers
    this.#unread = parts.unread
    this.#contacts = parts.contacts
    this.#invitations = parts.invitations
    this.#pairs = parts.pairs
  }

  /** Of the person of this connection. Rejects with StoreUnavailable. */
  async of(person: Person, listener: Listener): Promise<Answer> {
    const lastId = this.#timeline.lastId
    const common = {
      name: person.name,
      status: statusOf(person),
      note: person.away || undefined,
      lastId,
      talk: this.#pairs.partnerOf(listener)?.name,
      chosen: listener.grant ? [] : this.#pairs.wishesFor(person),
    }
    if (person.kind === 'guest')
      return {
        ...common,
        rooms: defaultsFirst(person.channels).map((channel) =>
          this.#room(person, channel, undefined, lastId),
        ),
        people: [],
        contacts: [],
        blocks: [],
        requests: [],
      }
    return { ...common, ...(await this.#ofAccount(person, listener)), name: person.name }
  }

  async #ofAccount(
    account: Account,
    { grant }: Listener,
  ): Promise<Omit<Answer, 'name' | 'status' | 'lastId' | 'chosen'>> {
    const state = await this.#markers.of(account)
    const found = await this.#unread.of(account, grant)
    const inChannels = new Map(
      found.flatMap((row) => (row.channel === undefined ? [] : [[row.channel, row]])),
    )
    const rooms = defaultsFirst(account.channels)
      .filter(({ name }) => hears(grant, name))
      .map((channel) =>
        this.#room(account, channel, inChannels.get(channel.name), readUpTo(state.of(channelPlace(channel)))),
      )
    if (grant?.channels || grant?.scope === 'write')
      return { id: account.id, rooms, people: [], contacts: [], blocks: [], requests: [] }
    const { email, id, operator, since, watch } = account
    return {
      ...{ id, since, watch, rooms },
      ...(operator ? { operator } : {}),
      email: grant ? undefined : email,
      people: await this.#people(account, found, (other) => readUpTo(state.of(personPlace(other)))),
      contacts: this.#contacts.list(account),
      blocks: this.#contacts.blocked(account),
      requests: this.#invitations.list(account),
    }
  }

  #room(person: Person, channel: Channel, unread: UnreadRow | undefined, read: number): OverviewRoom {
    const { isDefault, lastId, name, topic } = channel
    const role = person.kind === 'account' ? channel.members.get(person)?.role : undefined
    const quiet = person.settings.quiet?.[foldName(name)]
    const now = this.#clock.steady()
    return {
      ...{ channel: name, private: channel.private, topic, members: sizeOf(channel), role, quiet },
      ...(isDefault ? { default: true } : {}),
      ...(isMuted(channel, person, now) ? { muted: true } : {}),
      ...countsIn(unread ?? { ...nothing, read, last: lastId }),
    }
  }

  /** Those who wrote what is unread, and with whom there was a talk of late; the newest first. */
  async #people(
    account: Account,
    found: readonly UnreadRow[],
    readOf: (account: number) => number,
  ): Promise<OverviewPerson[]> {
    const people = new Map<string, OverviewPerson>()
    for (const row of found)
      if (row.with !== undefined)
        people.set(row.with, { ...this.#person(account, row.with), ...countsIn(row) })
    for (const { last, other } of await this.#store.partnersOf(account.id, mostPeople)) {
      const partner = this.#directory.account(other)
      if (partner && (partner.deleted || partner === account || account.blocked.has(partner))) continue
      const name = this.#directory.nameOf(other)
      const counts = people.get(name) ?? { ...nothing, read: readOf(other) }
      people.set(name, { ...this.#person(account, name), ...countsIn({ ...counts, last }) })
    }
    return [...people.values()].sort((one, other) => other.last - one.last)
  }

  #person(reader: Account, name: string): Pick<OverviewPerson, 'with' | 'id' | 'status' | 'note' | 'gone'> {
    const person = this.#directory.find(name)
    if (!person) {
      const id = numberInDeletedName(name)
      return { with: name, status: 'offline', ...(id === undefined ? {} : { id, gone: true }) }
    }
    return {
      with: person.name,
      ...(person.kind === 'account' ? { id: person.id } : {}),
      status: statusOf(person),
      note: noteFor(reader, person, this.#clock.steady()) || undefined,
    }
  }
}

const nothing = { count: 0, more: false, mentions: 0 } as const

type Counts = Pick<UnreadRow, 'read' | 'count' | 'more' | 'mentions' | 'last'>

function countsIn({ count, last, mentions, more, read }: Counts): Counts {
  return { read, count, more, mentions, last }
}
