import type { ChatEvent } from './events.ts'

/** The events of a quiet channel that a person is not shown: `joins`: who comes and goes; `all`: everything that does not name the person. */
export type Spared = 'joins' | 'all'

/** The types of events that `joins` leaves out. */
const comingsAndGoings: ReadonlySet<ChatEvent['type']> = new Set(['joined', 'left', 'presence', 'renamed'])

/** The events for one channel in one turn of the event loop, in order. It only grows. */
export class Batch {
  readonly events: ChatEvent[] = []
  /** For each event the connection that caused it, which does not hear it. */
  readonly #via: (object | undefined)[] = []
  readonly #vias = new Set<object>()
  readonly #notes = new Map<object, object>()
  readonly #spared: ReadonlyMap<object, Spared>
  /** Whether one of the events is that somebody comes or goes. */
  #comesOrGoes = false

  /** `spared`: the listeners that are not told some of the events. */
  constructor(spared: ReadonlyMap<object, Spared> = new Map()) {
    this.#spared = spared
  }

  get length(): number {
    return this.events.length
  }

  add(event: ChatEvent, via: object | undefined): void {
    this.events.push(event)
    this.#via.push(via)
    this.#comesOrGoes ||= comingsAndGoings.has(event.type)
    if (via) this.#vias.add(via)
  }

  /** Whether this listener may not hear some of the events, because it caused them or is spared them. */
  mayOmit(listener: object): boolean {
    if (this.#vias.has(listener)) return true
    if (this.#spared.size === 0) return false
    const spared = this.#spared.get(listener)
    return spared === 'all' || (spared === 'joins' && this.#comesOrGoes)
  }

  /** Whether this listener does not hear the event at `index`. */
  omits(listener: object, index: number): boolean {
    const event = this.events[index]
    if (this.#via[index] === listener || event === undefined) return true
    return isSpared(event, this.#spared.get(listener))
  }

  /** The first event from `from` to before `end` that this listener does not hear; `end` if it hears them all. */
  nextOmitted(listener: object, from: number, end: number): number {
    if (this.#spared.get(listener) === undefined) {
      const own = this.#via.indexOf(listener, from)
      return own < 0 || own > end ? end : own
    }
    let at = from
    while (at < end && !this.omits(listener, at)) at++
    return at
  }

  /** Something made from the batch, such as its bytes: made once for each `by`, and kept as long as the batch. */
  kept<T extends object>(by: object, make: () => T): T {
    const found = this.#notes.get(by)
    // Nobody else keeps anything under this key.
    if (found) return found as T
    const made = make()
    this.#notes.set(by, made)
    return made
  }
}

export function isSpared({ type }: ChatEvent, spared: Spared | undefined): boolean {
  return spared === 'all' || (spared === 'joins' && comingsAndGoings.has(type))
}
