import { Batch, isSpared, type Spared } from './batch.ts'
import type { ChatEvent } from './events.ts'
import type { Listener } from './people.ts'

/** Tells one listener. An error concerns that listener alone. */
export function tell(listener: Listener, event: ChatEvent): void {
  try {
    listener.hear(event)
  } catch (error) {
    listener.failed(error)
  }
}

/** Tells a listener that what it has done is told now. */
export function tellActed(listener: Listener): void {
  try {
    listener.acted()
  } catch (error) {
    listener.failed(error)
  }
}

/** Hands a part of a batch to one listener, as `tell` does. */
function hand(batch: Batch, from: number, end: number, listener: Listener): void {
  try {
    listener.hearBatch(batch, from, end)
  } catch (error) {
    listener.failed(error)
  }
}

/**
 * The listeners of a channel, and the batch of this turn's events. An event is added once, however many listen. At the end of
 * the turn each listener gets the batch. It gets the first part of it earlier if something else has to follow that part
 * (`settle`). A new listener hears later events only; one that goes has heard all earlier ones.
 */
export class Feed extends Set<Listener> {
  // Made on first use: there may be a hundred thousand channels with nobody there.
  #spared: Map<Listener, Spared> | undefined
  #batch: Batch | undefined
  /** How much of the batch a listener has already, if it got a part of it or came in meanwhile. */
  #positions: Map<Listener, number> | undefined

  constructor(listeners: Iterable<Listener> = []) {
    // Not by the constructor of Set: it would call `add` before there are fields.
    super()
    for (const listener of listeners) this.add(listener)
  }

  /** Spares a listener some of the events from now on, or none. */
  spare(listener: Listener, spared: Spared | undefined): void {
    this.settle(listener)
    if (spared === undefined) this.#spared?.delete(listener)
    else if (this.has(listener)) {
      this.#spared ??= new Map()
      this.#spared.set(listener, spared)
    }
  }

  sparedOf(listener: Listener): Spared | undefined {
    return this.#spared?.get(listener)
  }

  spares(listener: Listener, event: ChatEvent): boolean {
    return isSpared(event, this.#spared?.get(listener))
  }

  /** How many are told of an event. */
  countFor(event: ChatEvent, via: Listener | undefined): number {
    let count = this.size - (via !== undefined && this.has(via) ? 1 : 0)
    if (this.#spared?.size)
      for (const [listener, spared] of this.#spared) if (listener !== via && isSpared(event, spared)) count--
    return count
  }

  /** Returns how many events the batch has now. */
  tell(event: ChatEvent, via: Listener | undefined): number {
    if (!this.#batch) {
      this.#spared ??= new Map()
      this.#batch = new Batch(this.#spared)
    }
    this.#batch.add(event, via)
    return this.#batch.length
  }

  /** Hands over the part of the batch, up to before `end`, that this listener has not got yet. */
  settle(listener: Listener, end = this.#batch?.length): void {
    if (!this.#batch || !end || !this.has(listener)) return
    const from = this.#positions?.get(listener) ?? 0
    if (from >= end) return
    this.#place(listener, end)
    hand(this.#batch, from, end, listener)
  }

  #place(listener: Listener, end: number): void {
    this.#positions ??= new Map()
    this.#positions.set(listener, end)
  }

  /** Ends the batch: hands it over to everybody. */
  deliver(): void {
    const batch = this.#batch
    const positions = this.#positions
    if (!batch) return
    const { length } = batch
    this.#batch = undefined
    if (!positions?.size) {
      for (const listener of this) hand(batch, 0, length, listener)
      return
    }
    for (const listener of this) {
      const from = positions.get(listener) ?? 0
      if (from < length) hand(batch, from, length, listener)
    }
    positions.clear()
  }

  override add(listener: Listener): this {
    if (this.#batch && !this.has(listener)) this.#place(listener, this.#batch.length)
    return super.add(listener)
  }

  override delete(listener: Listener): boolean {
    this.settle(listener)
    this.#positions?.delete(listener)
    this.#spared?.delete(listener)
    return super.delete(listener)
  }
}
