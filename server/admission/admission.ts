import type { Counts } from '../chat/machine/counts.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import { type AddressLimits, AddressPlaces, type Present } from './address-places.ts'
import type { Refusal } from './refusal.ts'

export interface AdmissionParts {
  readonly clock: Clock
  readonly counts: Counts
  readonly log: Log
  /** The limits, which may change; `connections` is the limit of all together. */
  readonly limits: { readonly connections: number } & AddressLimits
  /** Whether somebody from this address has to stay out. */
  readonly isBanned: (address: string) => boolean
}

/** A connection that asks to come in, of whatever kind. Admission only needs to be able to send it away. */
export interface Arrival {
  /** Tells the peer in its own protocol why it may not come in, and ends the connection. */
  refuse(refusal: Refusal): void
  /** Ends the connection at once, without a message. */
  cut(): void
}

/** A connection that is served, as the parts see it that count, list or end connections. */
export interface Served {
  /** Whether it speaks for somebody who has logged in. */
  readonly isMember: boolean
  /** The dialect, or another protocol. */
  readonly dialect: string
  readonly encrypted: boolean
  readonly queuedBytes: number
  /** Who has gone, and why, for the log. */
  readonly farewell: { readonly user: string | undefined; readonly why: string } | undefined
  /** Takes over a changed configuration. */
  reconfigured(): void
  /** Tells the peer why, and ends the connection; a file transfer may go on to its end. */
  close(reason: string): void
  /** Ends the connection, a file transfer too, and tells the peer why if it chats. */
  drop(reason: string): void
}

/**
 * Decides which connections may come in, counts them, lists them and ends them. It knows nothing of sockets: every part that
 * accepts connections, of any kind, asks it.
 */
export class Admission {
  readonly #parts: AdmissionParts
  readonly #inside = new Set<Admitted>()
  readonly #addresses: AddressPlaces
  /** The number of connections that were let in; the last one has this number. */
  #taken = 0
  #draining = false
  #onEmpty: () => void = () => undefined

  constructor(parts: AdmissionParts) {
    this.#parts = parts
    this.#addresses = new AddressPlaces(parts.limits)
  }

  /** The number of connections, including those that are not served yet. */
  get size(): number {
    return this.#inside.size
  }

  /** The connections that are served. */
  get connections(): Served[] {
    return [...this.#inside].flatMap(({ served }) => served ?? [])
  }

  /**
   * Keeps a place for a connection whose address a proxy still has to tell. The place counts. When the caller knows the address,
   * it leaves the place and calls `admit`. Returns undefined if the connection was sent away.
   */
  expect(arrival: Arrival, proxy: string): Admitted | undefined {
    if (this.#draining) {
      arrival.cut()
      return undefined
    }
    if (!this.#isFull) return this.#take(arrival, undefined, 0)
    this.#parts.log.warn({ address: proxy }, 'server full')
    this.refuse(arrival, { why: 'full' })
    return undefined
  }

  /** Lets a connection in, and counts it from now on. Returns undefined if it was sent away. */
  admit(arrival: Arrival, address: string): Admitted | undefined {
    const { counts, isBanned, limits, log } = this.#parts
    if (this.#draining) {
      arrival.cut()
      return undefined
    }
    if (isBanned(address)) {
      log.warn({ address }, 'banned address')
      this.refuse(arrival, { why: 'banned' })
      return undefined
    }
    const full = this.#isFull
    if (full || !this.#addresses.hasRoom(address)) {
      log.warn({ address }, full ? 'server full' : 'too many connections from address')
      this.refuse(arrival, full ? { why: 'full' } : { why: 'address', limit: limits.connectionsPerAddress })
      return undefined
    }
    const admitted = this.#take(arrival, address, ++this.#taken)
    log.info({ address, connection: admitted.number }, 'connected')
    counts.accepted++
    counts.mostConnections = Math.max(counts.mostConnections, this.#inside.size)
    return admitted
  }

  /** Sends a connection away, and counts the refusal. */
  refuse(arrival: Arrival, refusal: Refusal): void {
    this.#parts.counts.refused.add(refusal.why)
    arrival.refuse(refusal)
  }

  /** Ends every connection from a banned address, including those that are not served yet. */
  dropBanned(): void {
    for (const { address, arrival, served } of this.#inside) {
      if (address === undefined || !this.#parts.isBanned(address)) continue
      if (served) served.drop('this address is banned')
      else arrival.cut()
    }
  }

  /**
   * Lets no connection in any more, and ends all connections. Cuts those that are left after `ms` milliseconds. Resolves when all
   * have left, because their sessions store something at their end; but no later than half that time after the cut.
   */
  async drain(reason: string, ms: number): Promise<void> {
    this.#draining = true
    for (const { arrival, served } of this.#inside) {
      if (served) served.close(reason)
      // Their protocol is not known yet, so they get no message.
      else arrival.cut()
    }
    if (this.#inside.size === 0) return
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
    let cancelOver = () => {}
    const cancel = this.#parts.clock.after(ms, () => {
      for (const { arrival } of this.#inside) arrival.cut()
    })
    const over = new Promise<void>((resolve) => {
      cancelOver = this.#parts.clock.after(1.5 * ms, resolve)
    })
    await Promise.race([empty, over])
    cancel()
    cancelOver()
  }

  get #isFull(): boolean {
    return this.#inside.size >= this.#parts.limits.connections
  }

  #take(arrival: Arrival, address: string | undefined, number: number): Admitted {
    const admitted = new Admitted(arrival, address, number, this.#leave)
    this.#inside.add(admitted)
    if (address !== undefined) this.#addresses.add(address, admitted)
    return admitted
  }

  readonly #leave = (admitted: Admitted): void => {
    if (!this.#inside.delete(admitted)) return
    if (admitted.address !== undefined) this.#noteGone(admitted, admitted.address)
    if (this.#inside.size === 0) this.#onEmpty()
  }

  #noteGone(admitted: Admitted, address: string): void {
    const { number, served } = admitted
    this.#addresses.delete(address, admitted)
    // In a microtask, after the other listeners of the end: they find out why.
    queueMicrotask(() => {
      const { user, why = 'it spoke no chat' } = served?.farewell ?? {}
      this.#parts.log.info({ address, connection: number, user, why }, 'disconnected')
    })
  }
}

/** The place of a connection that was let in. While `served` is undefined, its protocol is not known yet. */
export class Admitted implements Present {
  readonly arrival: Arrival
  /** Undefined until a proxy has told the address. */
  readonly address: string | undefined
  /** The number of the connection since the start, for the log; 0 while it is not let in. */
  readonly number: number
  readonly #leave: (admitted: Admitted) => void
  #served: Served | undefined

  constructor(
    arrival: Arrival,
    address: string | undefined,
    number: number,
    leave: (admitted: Admitted) => void,
  ) {
    this.arrival = arrival
    this.address = address
    this.number = number
    this.#leave = leave
  }

  get served(): Served | undefined {
    return this.#served
  }

  /** Whether it speaks for somebody who has logged in. */
  get isMember(): boolean {
    return this.#served?.isMember ?? false
  }

  /** Notes that the connection is served from now on. */
  serve(connection: Served): void {
    this.#served = connection
  }

  /** Frees the place, when the connection is gone and everything that it had sent is done. A second call does nothing. */
  leave(): void {
    this.#leave(this)
  }
}
