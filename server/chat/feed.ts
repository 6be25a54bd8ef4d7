import type { ChatEvent } from './events.ts'
import type { Audience, Listener } from './people.ts'

/** What an audience was told in one turn of the event loop, in order. It only grows. */
export class Batch {
  readonly events: ChatEvent[] = []
  /** For each event the connection that it came from, which is not told. */
  readonly #except: (Listener | undefined)[] = []
  readonly #excepted = new Set<Listener>()
  readonly #notes = new Map<object, object>()

  get length(): number {
    return this.events.length
  }

  add(event: ChatEvent, except: Listener | undefined): void {
    this.events.push(event)
    this.#except.push(except)
    if (except) this.#excepted.add(except)
  }

  /** Whether some of it came from this listener, which is not told that. */
  hasSome(listener: Listener): boolean {
    return this.#excepted.has(listener)
  }

  /** Whether the event at `index` came from this listener. */
  isFrom(listener: Listener, index: number): boolean {
    return this.#except[index] === listener
  }

  /** What somebody made of the batch, made once and gone with it. `by` is who keeps it. */
  kept<T extends object>(by: object, make: () => T): T {
    const found = this.#notes.get(by)
    // Nobody else keeps anything under this key.
    if (found) return found as T
    const made = make()
    this.#notes.set(by, made)
    return made
  }
}

/** Everybody who hears an event that is for several audiences. */
export function hearersOf(audiences: readonly Audience[]): Set<Listener> {
  const hearers = new Set<Listener>()
  for (const { listeners, except } of audiences)
    for (const listener of listeners) if (!except?.has(listener)) hearers.add(listener)
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
  #batch = new Batch()
  /** How much of the batch those have who got some of it already, or came in meanwhile. */
  readonly #positions = new Map<Listener, number>()

  constructor(listeners: Iterable<Listener> = []) {
    // Not by the constructor of Set: it would call `add` before there is a batch.
    super()
    for (const listener of listeners) this.add(listener)
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
    this.#batch = new Batch()
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
    return super.delete(listener)
  }
}
