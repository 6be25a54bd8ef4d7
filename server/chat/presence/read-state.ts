import { type Span, type Unread, whenRead } from '../model/unread.ts'
import type { AccountRead, PlaceId, PlaceRead, ReadChange } from '../ports/read-store.ts'

function keyOf({ id, kind }: PlaceId): string {
  return `${kind} ${id}`
}

function isSame(one: Unread, other: Unread): boolean {
  return one.end === other.end && one.gap?.after === other.gap?.after && one.gap?.upTo === other.gap?.upTo
}

/**
 * Up to where one account has read: a number for all places, and those that differ from it. What a terminal shows is read
 * everywhere at once, so mostly there are none.
 */
export class ReadState {
  #upTo: number
  readonly #places = new Map<string, PlaceRead>()
  /** What the store has: undefined where it takes what was shown for read. */
  #stored: number | undefined
  /** Places that the store has otherwise. */
  readonly #changed = new Map<string, PlaceId>()
  #version = 0

  /** `seen` is up to where the account was shown something. */
  constructor({ places, upTo }: AccountRead, seen: number) {
    this.#upTo = upTo ?? seen
    this.#stored = upTo
    for (const place of places) this.#places.set(keyOf(place), place)
  }

  /** Where no place says otherwise. */
  get upTo(): number {
    return this.#upTo
  }

  /** Those that differ. */
  get places(): Iterable<PlaceRead> {
    return this.#places.values()
  }

  /** Counts what has changed: what was read in between is not lost. */
  get version(): number {
    return this.#version
  }

  of(place: PlaceId): Unread {
    return this.#places.get(keyOf(place))?.unread ?? { end: this.#upTo }
  }

  set(place: PlaceId, unread: Unread): void {
    if (!isSame(unread, this.of(place))) this.#put(place, unread)
  }

  #put(place: PlaceId, unread: Unread): void {
    const key = keyOf(place)
    const { id, kind } = place
    if (unread.gap === undefined && unread.end === this.#upTo) {
      if (!this.#places.delete(key)) return
    } else this.#places.set(key, { kind, id, unread })
    this.#changed.set(key, { kind, id })
    this.#version++
  }

  /** A terminal has shown all that came, everywhere. Where nothing below `after` is read it all stays unread: rather twice than not at all. */
  shown({ after, upTo }: Span): void {
    this.#raise(after > this.#upTo ? this.#upTo : upTo, ({ unread }) => whenRead(unread, { after, upTo }))
  }

  /**
   * A terminal has shown, in every place, all that was unread, and what came since: but of some `partly`, by place, what is above
   * that number only. An older gap stays.
   */
  caughtUp(upTo: number, partly: ReadonlyMap<PlaceId, number>): void {
    const left = [...partly].map(
      ([place, after]) => [place, whenRead(this.of(place), { after, upTo })] as const,
    )
    this.#raise(upTo, ({ unread }) => whenRead(unread, { after: unread.end, upTo }))
    for (const [place, unread] of left) this.#put(place, unread)
  }

  /** What is below `upTo` is read but for these: the same is said in few places. */
  settle(upTo: number, left: readonly PlaceRead[]): void {
    const kept = new Set(left.map(keyOf))
    this.#upTo = Math.max(this.#upTo, upTo)
    for (const place of [...this.#places.values()])
      if (!kept.has(keyOf(place)) && place.unread.end <= this.#upTo) this.#put(place, { end: this.#upTo })
    for (const place of left) this.#put(place, place.unread)
    this.#version++
  }

  #raise(upTo: number, change: (place: PlaceRead) => Unread): void {
    const places = [...this.#places.values()]
    if (upTo > this.#upTo) {
      this.#upTo = upTo
      this.#version++
    }
    for (const place of places) {
      const unread = change(place)
      // One that is like all others by now is no exception any more.
      if (!isSame(unread, place.unread) || (!unread.gap && unread.end === this.#upTo))
        this.#put(place, unread)
    }
  }

  /** What is to be stored of it, if anything; `seen` is what is stored of what was shown. */
  change(account: number, seen: number): ReadChange | undefined {
    const upTo = this.#upTo === seen ? undefined : this.#upTo
    if (upTo === this.#stored && this.#changed.size === 0) return undefined
    const changed = [...this.#changed]
    return {
      account,
      upTo,
      places: changed.flatMap(([key]) => this.#places.get(key) ?? []),
      same: changed.flatMap(([key, place]) => (this.#places.has(key) ? [] : [place])),
    }
  }

  /** That has been stored. */
  stored({ places, same, upTo }: ReadChange): void {
    this.#stored = upTo
    for (const place of places) {
      const key = keyOf(place)
      if (this.#places.get(key) === place) this.#changed.delete(key)
    }
    for (const place of same) if (!this.#places.has(keyOf(place))) this.#changed.delete(keyOf(place))
  }
}
