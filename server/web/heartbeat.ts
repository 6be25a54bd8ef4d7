import type { Clock } from '../lib/clock.ts'

/** How often is asked, in ms: sooner than proxies give up a connection that is silent. */
const everyMs = 30_000

interface Living {
  /** Asks whether it is there. */
  beat(): void
}

/** Asks all WebSockets now and then whether their peers are there: one timer for all. */
export class Heartbeat {
  readonly #clock: Clock
  readonly #connections = new Set<Living>()
  #cancel: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(connection: Living): void {
    this.#connections.add(connection)
    this.#cancel ??= this.#clock.after(everyMs, () => this.#beat())
  }

  forget(connection: Living): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.stop()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #beat(): void {
    this.#cancel = this.#clock.after(everyMs, () => this.#beat())
    for (const connection of this.#connections) connection.beat()
  }
}
