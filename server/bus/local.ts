import { Counts } from '../chat/machine/counts.ts'
import { type Audience, hearersOf, type Present } from '../chat/model/audience.ts'
import type { ChatEvent } from '../chat/model/events.ts'
import { Feed, tell, tellActed } from '../chat/model/feed.ts'
import type { Listener } from '../chat/model/people.ts'
import type { Bus } from '../chat/ports/bus.ts'

/** Runs a task at the end of this turn of the event loop. */
export type AtEndOfTurn = (task: () => void) => void

/** The Bus of a server that is one process: all listeners are here. */
export class LocalBus implements Bus {
  readonly #counts: Counts
  readonly #atEndOfTurn: AtEndOfTurn
  readonly #present: Present | undefined
  /** The channels that have events in this turn. */
  #feeds: Feed[] = []
  /** The order of the events: each time a channel, and the length of its batch then. */
  #order: { readonly feed: Feed; end: number }[] = []

  /** Without `atEndOfTurn`, events are heard at once. `present` knows who is online. */
  constructor(counts = new Counts(), atEndOfTurn: AtEndOfTurn = (task) => task(), present?: Present) {
    this.#counts = counts
    this.#present = present
    this.#atEndOfTurn = atEndOfTurn
  }

  publish(event: ChatEvent, audiences: readonly Audience[], via?: Listener): void {
    if (via) tellActed(via)
    const [first] = audiences
    if (first === undefined) return
    const feed = 'channel' in first && first.without === undefined ? first.channel.listeners : undefined
    if (audiences.length === 1 && feed instanceof Feed) {
      this.#count(event, feed.countFor(event, via))
      this.#tell(feed, event, via)
      return
    }
    if (audiences.length > 1) this.#deliver()
    this.#tellEach(hearersOf(audiences, event, this.#present), event, via)
  }

  settle(listener: Listener): void {
    const feeds = this.#feeds.filter((feed) => feed.has(listener))
    if (feeds.length === 1) feeds[0]?.settle(listener)
    else if (feeds.length > 1) for (const { feed, end } of this.#order) feed.settle(listener, end)
  }

  #tellEach(listeners: ReadonlySet<Listener>, event: ChatEvent, via: Listener | undefined): void {
    this.#count(event, listeners.size - (via !== undefined && listeners.has(via) ? 1 : 0))
    for (const listener of listeners) if (listener !== via) tell(listener, event)
  }

  #tell(feed: Feed, event: ChatEvent, via: Listener | undefined): void {
    const isFirst = this.#feeds.length === 0
    const end = feed.tell(event, via)
    if (end === 1) this.#feeds.push(feed)
    const last = this.#order.at(-1)
    if (last?.feed === feed) last.end = end
    else this.#order.push({ feed, end })
    if (isFirst) this.#atEndOfTurn(() => this.#deliver())
  }

  #count(event: ChatEvent, heard: number): void {
    if (heard > 0) this.#counts.deliveries.add(event.type, heard)
  }

  #deliver(): void {
    const feeds = this.#feeds
    const order = this.#order
    this.#feeds = []
    this.#order = []
    for (const listener of inSeveral(feeds)) for (const { feed, end } of order) feed.settle(listener, end)
    for (const feed of feeds) feed.deliver()
  }
}

/** The listeners of more than one of these channels, for whom the order between channels matters. */
function inSeveral(feeds: readonly Feed[]): ReadonlySet<Listener> {
  const several = new Set<Listener>()
  if (feeds.length < 2) return several
  const met = new Set<Listener>()
  for (const feed of feeds) {
    for (const listener of feed) {
      if (met.has(listener)) several.add(listener)
      else met.add(listener)
    }
  }
  return several
}
