import { Counts } from '../chat/counts.ts'
import type { ChatEvent } from '../chat/events.ts'
import { Feed } from '../chat/feed.ts'
import type { Audience, Listener } from '../chat/people.ts'
import type { Bus } from '../chat/ports.ts'

/** Does something when this turn of the event loop ends. */
export type AtEndOfTurn = (task: () => void) => void

/** The Bus of a server that is one process: whoever listens is here. */
export class LocalBus implements Bus {
  readonly #counts: Counts
  readonly #atEndOfTurn: AtEndOfTurn
  /** The channels in which this turn brought something. */
  #feeds: Feed[] = []

  /** Without `atEndOfTurn`, everything is heard at once. */
  constructor(counts = new Counts(), atEndOfTurn: AtEndOfTurn = (task) => task()) {
    this.#counts = counts
    this.#atEndOfTurn = atEndOfTurn
  }

  publish(event: ChatEvent, audiences: Iterable<Audience>, except?: Listener): void {
    const all = [...audiences]
    const [first] = all
    if (first === undefined) return
    const { listeners } = first
    if (all.length > 1) {
      this.#deliver()
      this.#tellEach(new Set(all.flatMap((one) => [...one.listeners])), event, except)
    } else if (listeners instanceof Feed) {
      this.#count(listeners, event, except)
      this.#tell(listeners, event, except)
    } else this.#tellEach(listeners, event, except)
  }

  settle(listener: Listener): void {
    for (const feed of this.#feeds) feed.settle(listener)
  }

  #tellEach(listeners: ReadonlySet<Listener>, event: ChatEvent, except: Listener | undefined): void {
    this.#count(listeners, event, except)
    for (const listener of listeners) if (listener !== except) listener.hear(event)
  }

  #tell(feed: Feed, event: ChatEvent, except: Listener | undefined): void {
    const isNew = feed.tell(event, except)
    if (isNew) this.#feeds.push(feed)
    if (isNew && this.#feeds.length === 1) this.#atEndOfTurn(() => this.#deliver())
  }

  #count(listeners: ReadonlySet<Listener>, event: ChatEvent, except: Listener | undefined): void {
    const heard = listeners.size - (except !== undefined && listeners.has(except) ? 1 : 0)
    if (heard > 0) this.#counts.deliveries.add(event.type, heard)
  }

  #deliver(): void {
    const feeds = this.#feeds
    this.#feeds = []
    for (const feed of feeds) feed.deliver()
  }
}
