import { type Span, type Unread, whenRead } from '../model/unread.ts'
import type { AccountRead, PlaceId, PlaceRead, ReadChange } from '../ports/read-store.ts'

function keyOf({ id, kind }: PlaceId): string {
  return `${kind} ${id}`
}

function isSame(one: Unread, other: Unread): boolean {
  return (
    one.end === other.end &&
    one.gaps.length === other.gaps.length &&
    one.gaps.every(({ after, upTo }, at) => other.gaps[at]?.after === after && other.gaps[at]?.upTo === upTo)
  )
}

/** What a terminal has shown of some places: spans, in order. */
export type Partly = ReadonlyMap<PlaceId, readonly Span[]>

const nowhere: Partly = new Map()

/** Of an account with no such place: most have none, and an own map takes 200 bytes. Nothing is put into these. */
const noPlaces = new Map<string, PlaceRead>()
const noChanges = new Map<string, PlaceId>()

/**
 * Up to where one account has read: a number for all places, and the places that differ from it. A terminal reads everywhere at
 * once, so mostly no place differs.
 */
export class ReadState {
  #upTo: number
  #places = noPlaces
  /** The number in the store; undefined where the store says `seen`. */
  #stored: number | undefined
  /** Places that differ from the store. */
  #changed = noChanges
  #version = 0

  /** `seen` is the newest message that the account was shown. */
  constructor({ places, upTo }: AccountRead, seen: number) {
    this.#upTo = upTo ?? seen
    this.#stored = upTo
    if (places.length > 0) this.#places = new Map(places.map((place) => [keyOf(place), place]))
  }

  /** Up to where the account has read in every place that does not differ. */
  get upTo(): number {
    return this.#upTo
  }

  /** The places that differ. */
  get places(): Iterable<PlaceRead> {
    return this.#places.values()
  }

  /** Grows with each change, so that a slow calculation notices what was read in between. */
  get version(): number {
    return this.#version
  }

  of(place: PlaceId): Unread {
    return this.#places.get(keyOf(place))?.unread ?? { gaps: [], end: this.#upTo }
  }

  set(place: PlaceId, unread: Unread): void {
    if (!isSame(unread, this.of(place))) this.#put(place, unread)
  }

  #put(place: PlaceId, unread: Unread): void {
    if (this.#places === noPlaces) this.#places = new Map()
    if (this.#changed === noChanges) this.#changed = new Map()
    const key = keyOf(place)
    const { id, kind } = place
    if (unread.gaps.length === 0 && unread.end === this.#upTo) {
      if (!this.#places.delete(key)) return
    } else this.#places.set(key, { kind, id, unread })
    this.#changed.set(key, { kind, id })
    this.#version++
  }

  /**
   * A terminal has shown everything that came, in all places; in those of `partly` only these spans. If there is unread text
   * below `after`, all of it stays unread: better twice than never.
   */
  shown({ after, upTo }: Span, partly = nowhere): void {
    // Each line that somebody says comes here, and mostly no place differs.
    if (this.#places.size === 0 && partly === nowhere) {
      if (after <= this.#upTo) this.#rise(upTo)
      return
    }
    const left = this.#whenRead(partly)
    this.#raise(after > this.#upTo ? this.#upTo : upTo, ({ unread }) => whenRead(unread, { after, upTo }))
    for (const [place, unread] of left) this.#put(place, unread)
  }

  /**
   * A terminal has shown everything that was unread, in every place, and what came since. In the places of `partly` it has
   * shown only these spans, and what came above the last of them. Older gaps stay.
   */
  caughtUp(upTo: number, partly: Partly): void {
    const left = this.#whenRead(
      new Map(
        [...partly].map(([place, spans]) => [
          place,
          [...spans.slice(0, -1), { after: spans.at(-1)?.after ?? upTo, upTo }],
        ]),
      ),
    )
    this.#raise(upTo, ({ unread }) => whenRead(unread, { after: unread.end, upTo }))
    for (const [place, unread] of left) this.#put(place, unread)
  }

  /** Everything up to `upTo` is read except in the places of `left`: says the same state with as few places as possible. */
  settle(upTo: number, left: readonly PlaceRead[]): void {
    const kept = new Set(left.map(keyOf))
    this.#upTo = Math.max(this.#upTo, upTo)
    for (const place of [...this.#places.values()])
      if (!kept.has(keyOf(place)) && place.unread.end <= this.#upTo)
        this.#put(place, { gaps: [], end: this.#upTo })
    for (const place of left) this.#put(place, place.unread)
    this.#version++
  }

  /** The places of `partly` as they are when only these spans are read. */
  #whenRead(partly: Partly): (readonly [PlaceId, Unread])[] {
    return [...partly].map(([place, spans]) => [place, spans.reduce(whenRead, this.of(place))])
  }

  #raise(upTo: number, change: (place: PlaceRead) => Unread): void {
    const places = [...this.#places.values()]
    this.#rise(upTo)
    for (const place of places) {
      const unread = change(place)
      // A place that is like all others by now no longer differs.
      if (!isSame(unread, place.unread) || (unread.gaps.length === 0 && unread.end === this.#upTo))
        this.#put(place, unread)
    }
  }

  #rise(upTo: number): void {
    if (upTo <= this.#upTo) return
    this.#upTo = upTo
    this.#version++
  }

  /** The change to store, if there is one; `seen` is the number that is stored beside it. */
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

  /** The store has this change now. */
  stored({ places, same, upTo }: ReadChange): void {
    this.#stored = upTo
    for (const place of places) {
      const key = keyOf(place)
      if (this.#places.get(key) === place) this.#changed.delete(key)
    }
    for (const place of same) if (!this.#places.has(keyOf(place))) this.#changed.delete(keyOf(place))
  }
}
