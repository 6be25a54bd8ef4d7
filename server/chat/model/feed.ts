import { Batch, isSpared, type Spared } from './batch.ts'
import type { ChatEvent } from './events.ts'
import type { Audience, Listener } from './people.ts'

/** Everybody who hears an event that is for several audiences: whoever one of them does not spare it. */
export function hearersOf(audiences: readonly Audience[], event: ChatEvent): Set<Listener> {
  const hearers = new Set<Listener>()
  for (const { listeners, except } of audiences) {
    const feed = listeners instanceof Feed ? listeners : undefined
    for (const listener of listeners)
      if (!except?.has(listener) && !feed?.spares(listener, event)) hearers.add(listener)
  }
  return hearers
}

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
  readonly #spared = new Map<Listener, Spared>()
  #batch = new Batch(this.#spared)
  /** How much of the batch those have who got some of it already, or came in meanwhile. */
  readonly #positions = new Map<Listener, number>()

  constructor(listeners: Iterable<Listener> = []) {
    // Not by the constructor of Set: it would call `add` before there is a batch.
    super()
    for (const listener of listeners) this.add(listener)
  }

  /** Spares a listener some of what happens from now on, or nothing any more. */
  spare(listener: Listener, spared: Spared | undefined): void {
    this.settle(listener)
    if (spared === undefined) this.#spared.delete(listener)
    else if (this.has(listener)) this.#spared.set(listener, spared)
  }

  sparedOf(listener: Listener): Spared | undefined {
    return this.#spared.get(listener)
  }

  spares(listener: Listener, event: ChatEvent): boolean {
    return isSpared(event, this.#spared.get(listener))
  }

  /** How many are told of an event. */
  countFor(event: ChatEvent, except: Listener | undefined): number {
    let count = this.size - (except !== undefined && this.has(except) ? 1 : 0)
    for (const [listener, spared] of this.#spared) if (listener !== except && isSpared(event, spared)) count--
    return count
  }

  /** Answers how much there is in the batch now. */
  tell(event: ChatEvent, except: Listener | undefined): number {
    this.#batch.add(event, except)
    return this.#batch.length
  }

  /** Hands over what this listener has not yet of the batch, or of what is in it before `end`. */
  settle(listener: Listener, end = this.#batch.length): void {
    if (end === 0 || !this.has(listener)) return
    const from = this.#positions.get(listener) ?? 0
    if (from >= end) return
    this.#positions.set(listener, end)
    hand(this.#batch, from, end, listener)
  }

  /** Ends the batch: hands it over to everybody. */
  deliver(): void {
    const batch = this.#batch
    const positions = this.#positions
    const { length } = batch
    this.#batch = new Batch(this.#spared)
    if (positions.size === 0) {
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
    if (this.#batch.length > 0 && !this.has(listener)) this.#positions.set(listener, this.#batch.length)
    return super.add(listener)
  }

  override delete(listener: Listener): boolean {
    this.settle(listener)
    this.#positions.delete(listener)
    this.#spared.delete(listener)
    return super.delete(listener)
  }
}
