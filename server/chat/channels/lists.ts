import type { Clock } from '../../lib/clock.ts'
import { isIn, sizeOf } from '../model/channel.ts'
import type { Paged } from '../model/paging.ts'
import { pageOf } from '../model/paging.ts'
import type { Account, Channel, Person } from '../model/people.ts'
import type { ChannelRow } from '../model/replies/channels.ts'
import type { PersonRow } from '../model/replies/people.ts'
import type { Directory } from '../people/directory.ts'
import { noteFor } from '../people/muting.ts'
import { byName, personRow } from '../people/rows.ts'
import type { Channels } from './channels.ts'

/** Pages of channels up to this one are read one channel at a time. For later pages it is quicker to copy the list. */
const firstPages = 20
/** The most names to sort: sorting more takes longer than anybody should wait. */
const mostSorted = 1000

/** Lists of channels, and of those who are in one, as a reader may see them. */
export class ChannelLists {
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels

  constructor(parts: { clock: Clock; directory: Directory; channels: Channels }) {
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
  }

  /** A page of the public channels and the person's own, the largest first. */
  list(person: Person, page = 1): { channels: ChannelRow[]; paged: Paged } {
    const own = privatesOf(person)
    const order = this.#channels.inOrder()
    const { rows, paged } = pageOf(page <= firstPages ? order : order.items, page, '/channels', {
      keeps: (channel) => isVisible(channel, person),
      all: this.#channels.counted().public + own,
    })
    const channels = rows.map((channel) => ({
      name: channel.name,
      private: channel.private,
      members: sizeOf(channel),
      topic: channel.topic,
      joined: isIn(channel, person),
    }))
    return { channels, paged }
  }

  /** A page of the channels of a person that `reader` may know of, by name. */
  namesOf(person: Person, reader: Person, page: number): { channels: string[]; paged: Paged } {
    const all =
      person.channels.size <= mostSorted ? [...person.channels].sort(byChannelName) : person.channels
    const command = `/whois ${person.name}`
    const { rows, paged } = pageOf(all, page, command, { keeps: (channel) => isVisible(channel, reader) })
    return { channels: rows.map(({ name }) => name), paged }
  }

  /**
   * A page of the members, or of the connected members without the reader, as `reader` may see them: connected
   * members first, by name; in a large channel the others in the order of joining. `there` is the number of connected
   * members.
   */
  members(
    channel: Channel,
    reader?: Person,
    { page = 1, others = false }: { page?: number | undefined; others?: boolean } = {},
  ): { members: PersonRow[]; paged: Paged; there: number } {
    const online = this.#onlineIn(channel)
    const there: Person[] = [...online, ...channel.guests].sort(byName)
    const wanted = others
      ? there.filter((one) => one !== reader)
      : chained(there, offlineIn(channel, online.length))
    const { rows, paged } = pageOf(wanted, page, `/members ${channel.name}${others ? ' online' : ''}`, {
      all: others ? there.length - Number(reader !== undefined && there.includes(reader)) : sizeOf(channel),
    })
    const now = this.#clock.steady()
    const members = rows.map((one) =>
      personRow(
        one,
        noteFor(reader, one, now),
        one.kind === 'account' ? channel.members.get(one)?.role : undefined,
      ),
    )
    return { members, paged, there: there.length }
  }

  /** The connected members; for a default channel, chosen from all connected people. */
  #onlineIn({ members }: Channel): Account[] {
    const { connected } = this.#directory
    if (connected.size < members.size) return [...connected].filter((account) => members.has(account))
    return [...members.keys()].filter(({ listeners }) => listeners.size > 0)
  }
}

/** The members who are not connected, by name, or in the order of joining if they are too many to sort. */
function offlineIn({ members }: Channel, online: number): Iterable<Account> {
  const offline = filtered(members.keys(), ({ listeners }) => listeners.size === 0)
  return members.size - online > mostSorted ? offline : [...offline].sort(byName)
}

function* filtered<T>(items: Iterable<T>, keeps: (item: T) => boolean): Iterable<T> {
  for (const item of items) if (keeps(item)) yield item
}

function* chained<T>(first: Iterable<T>, second: Iterable<T>): Iterable<T> {
  for (const one of first) yield one
  for (const one of second) yield one
}

function privatesOf({ channels }: Person): number {
  let count = 0
  for (const channel of channels) if (channel.private) count++
  return count
}

function byChannelName(a: Channel, b: Channel): number {
  return a.name < b.name ? -1 : 1
}

/** Whether somebody may know of a channel. */
function isVisible(channel: Channel, reader: Person): boolean {
  return !channel.private || isIn(channel, reader)
}
