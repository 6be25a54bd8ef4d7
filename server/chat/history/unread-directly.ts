import { type Account, deletedUser } from '../model/people.ts'
import { isUnread, readUpTo, type Unread } from '../model/unread.ts'
import type { Directory } from '../people/directory.ts'
import type { Counted, PlaceId } from '../ports/read-store.ts'
import type { Store } from '../ports/store.ts'
import { personPlace } from '../presence/read-markers.ts'
import type { ReadState } from '../presence/read-state.ts'
import {
  countLimit,
  type Found,
  limited,
  lowestOf,
  mostStretches,
  stretch,
  wantedBy,
} from './unread-counting.ts'

/** Where more people than this wrote below what was looked at, the others are told without a count. */
const mostCounted = 100

/** Finds and counts unread direct messages. A message that was not looked at never counts as read. */
export class UnreadDirectly {
  readonly #store: Store
  readonly #directory: Directory

  constructor(parts: { store: Store; directory: Directory }) {
    this.#store = parts.store
    this.#directory = parts.directory
  }

  /** By who has said it; of guests, whose messages share one place, by their names. */
  async all(account: Account, state: ReadState, upTo: number): Promise<Found[]> {
    const page = { limit: stretch, after: lowestOf(state, 'person'), before: upTo + 1 }
    const received = await this.#store.received(account.id, page)
    const groups = new Groups(
      account,
      (place) => state.of(place),
      (from) => this.#directory.nameOf(from),
    )
    groups.add(received)
    if (received.length < stretch) return groups.found
    // Somebody who writes much must not hide others who wrote before.
    const from = (received.at(-1)?.id ?? 0) - 1
    await this.#guestsBelow(account, groups, { ...page, before: from + 1 })
    let counted = 0
    for (const { from: writer, last } of await this.#store.writersTo(account.id)) {
      const place = personPlace(writer)
      const after = readUpTo(state.of(place))
      // Where the writer's last message is above `from` it was looked at already, and may be read.
      if (after >= from || last <= after || groups.isFull(place)) continue
      const below = { limit: countLimit + 1, after, before: Math.min(from, upTo) + 1 }
      if (counted++ < mostCounted)
        groups.add(await this.#store.receivedFrom(account.id, writer, below), below.limit)
      else if (last <= from) groups.add([{ id: last, from: writer, fromGuest: undefined }], 1)
    }
    return groups.found
  }

  /** The places of deleted accounts that wrote to somebody after a number. */
  async deletedSince(account: Account, after: number): Promise<PlaceId[]> {
    const writers = await this.#store.writersTo(account.id)
    return writers
      .filter(({ from, last }) => last > after && from > 0 && !this.#directory.account(from))
      .map(({ from }) => personPlace(from))
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

  /** From one account, or from guests by one name. */
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

/** Unread direct messages, grouped by the name of the sender. */
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

  /** Adds messages, newest first. If there are as many as the `limit`, there may be more. */
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
