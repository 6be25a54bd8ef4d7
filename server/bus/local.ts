import { Counts } from '../chat/counts.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { Audience, Listener } from '../chat/people.ts'
import type { Bus } from '../chat/ports.ts'

/** The Bus of a server that is one process: whoever listens is here. */
export class LocalBus implements Bus {
  readonly #counts: Counts

  constructor(counts = new Counts()) {
    this.#counts = counts
  }

  publish(event: ChatEvent, audiences: Iterable<Audience>, except?: Listener): void {
    const all = [...audiences]
    const [first] = all
    if (first === undefined) return
    // One audience is the usual case and needs no look at who has heard it already.
    const listeners = all.length === 1 ? first.listeners : new Set(all.flatMap((one) => [...one.listeners]))
    const heard = listeners.size - (except !== undefined && listeners.has(except) ? 1 : 0)
    if (heard > 0) this.#counts.deliveries.add(event.type, heard)
    for (const listener of listeners) if (listener !== except) listener.hear(event)
  }
}
