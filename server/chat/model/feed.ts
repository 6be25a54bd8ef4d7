import { Batch, isSpared, type Spared } from './batch.ts'
import type { ChatEvent } from './events.ts'
import type { Listener } from './people.ts'

/** Tells one listener. What is thrown then concerns that listener alone. */
export function tell(listener: Listener, event: ChatEvent): void {
  try {
    listener.hear(event)
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
 * The listeners of a channel, and what they are told in this turn. An event is put here once, however many
 * listen, and a listener gets the whole batch at the end of the turn; or earlier what there is of it, where something
 * else is to come behind it (`settle`). Who comes in hears what comes later, who goes has heard all until then.
 */
export class Feed extends Set<Listener> {
  // What most channels do without is made when it is wanted first: there may be a hundred thousand, with nobody there.
  #spared: Map<Listener, Spared> | undefined
  #batch: Batch | undefined
  /** How much of the batch those have who got some of it already, or came in meanwhile. */
  #positions: Map<Listener, number> | undefined

  constructor(listeners: Iterable<Listener> = []) {
    // Not by the constructor of Set: it would call `add` before there are fields.
    super()
    for (const listener of listeners) this.add(listener)
  }

  /** Spares a listener some of what happens from now on, or nothing any more. */
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

  /** Answers how much there is in the batch now. */
  tell(event: ChatEvent, via: Listener | undefined): number {
    if (!this.#batch) {
      this.#spared ??= new Map()
      this.#batch = new Batch(this.#spared)
    }
    this.#batch.add(event, via)
    return this.#batch.length
  }

  /** Hands over what this listener has not yet of the batch, or of what is in it before `end`. */
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
