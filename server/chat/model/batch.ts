import type { ChatEvent } from './events.ts'

/** What somebody is spared of a channel: that people come and go, or everything but what names them. */
export type Spared = 'joins' | 'all'

/** What is spared who does not want to read that people come and go. */
const comingsAndGoings: ReadonlySet<ChatEvent['type']> = new Set(['joined', 'left', 'presence', 'renamed'])

/** What an audience was told in one turn of the event loop, in order. It only grows. */
export class Batch {
  readonly events: ChatEvent[] = []
  /** For each event the connection that it came from, which is not told. */
  readonly #via: (object | undefined)[] = []
  readonly #vias = new Set<object>()
  readonly #notes = new Map<object, object>()
  readonly #spared: ReadonlyMap<object, Spared>
  /** Somebody comes or goes in it. */
  #comesOrGoes = false

  /** `spared`: who is not told some of what happens in the channel. */
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

  /** Whether some of it may be nothing for this listener: it came from there, or is spared. */
  mayOmit(listener: object): boolean {
    if (this.#vias.has(listener)) return true
    if (this.#spared.size === 0) return false
    const spared = this.#spared.get(listener)
    return spared === 'all' || (spared === 'joins' && this.#comesOrGoes)
  }

  /** Whether the event at `index` is nothing for this listener. */
  omits(listener: object, index: number): boolean {
    const event = this.events[index]
    if (this.#via[index] === listener || event === undefined) return true
    return isSpared(event, this.#spared.get(listener))
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

export function isSpared({ type }: ChatEvent, spared: Spared | undefined): boolean {
  return spared === 'all' || (spared === 'joins' && comingsAndGoings.has(type))
}
