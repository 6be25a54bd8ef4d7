import type { Counts } from '../chat/machine/counts.ts'
import { addressKey } from '../lib/addresses.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log/log.ts'
import { AddressCount, type AddressLimits } from './address-count.ts'
import type { Refusal } from './refusal.ts'

export interface AdmissionParts {
  readonly clock: Clock
  readonly counts: Counts
  readonly log: Log
  /** They may change; `connections` is the limit of all together. */
  readonly limits: { readonly connections: number } & AddressLimits
  /** Whether somebody from this address has to stay out. */
  readonly isBanned: (address: string) => boolean
}

/** A connection that asks to come in, of whatever kind. Admission only needs to be able to send it away. */
export interface Arrival {
  /** Tells the peer why it may not come in, in what it speaks, and ends the connection. */
  refuse(refusal: Refusal): void
  /** Ends the connection at once, without a word. */
  cut(): void
}

/** A connection that is served. Whatever counts, lists or ends connections knows it by this. */
export interface Served {
  /** Whether it speaks for somebody who has logged in. */
  readonly isMember: boolean
  /** What is spoken there. */
  readonly dialect: string
  readonly encrypted: boolean
  readonly queuedBytes: number
  /** Who has gone, and why, for the log. */
  readonly farewell: { readonly user: string | undefined; readonly why: string } | undefined
  /** The configuration is another one. */
  reconfigured(): void
  /** Tells the peer why, and ends the connection; a file transfer may go on to its end. */
  close(reason: string): void
  /** Ends the connection, a file transfer too, and tells the peer why if it chats. */
  drop(reason: string): void
}

/**
 * Decides which connections may come in, counts them, lists them and ends them. It knows nothing of sockets: whoever accepts
 * connections, of whatever kind, asks it.
 */
export class Admission {
  readonly #parts: AdmissionParts
  readonly #inside = new Set<Admitted>()
  readonly #addresses: AddressCount
  /** How many were let in, which is the number of the last one. */
  #taken = 0
  #draining = false
  #onEmpty: () => void = () => undefined

  constructor(parts: AdmissionParts) {
    this.#parts = parts
    this.#addresses = new AddressCount(parts.limits, (key) => this.#membersAt(key))
  }

  /** How many there are, with those that are not served yet. */
  get size(): number {
    return this.#inside.size
  }

  /** Those that are served. */
  get connections(): Served[] {
    return [...this.#inside].flatMap(({ served }) => served ?? [])
  }

  /**
   * Keeps a place for a connection whose address a proxy still has to tell. It counts. The caller leaves the place once it
   * knows the address, and asks `admit`. Answers undefined if the connection was sent away.
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

  /** Lets a connection in, which counts from here on. Answers undefined if it was sent away. */
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
    if (full || !this.#addresses.enter(address)) {
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

  /** Sends a connection away, and counts that. */
  refuse(arrival: Arrival, refusal: Refusal): void {
    this.#parts.counts.refused.add(refusal.why)
    arrival.refuse(refusal)
  }

  /** Ends every connection from a banned address, with those that are not served yet. */
  dropBanned(): void {
    for (const { address, arrival, served } of this.#inside) {
      if (address === undefined || !this.#parts.isBanned(address)) continue
      if (served) served.drop('this address is banned')
      else arrival.cut()
    }
  }

  /**
   * Lets nothing in any more, and ends all connections. Cuts those that are left after `ms` milliseconds. Resolves once all of
   * them have left, so that what their sessions store at the end can be stored; whoever has not left half that time after
   * the cut is not waited for.
   */
  async drain(reason: string, ms: number): Promise<void> {
    this.#draining = true
    for (const { arrival, served } of this.#inside) {
      if (served) served.close(reason)
      // It is not known yet what these speak, and nothing has been said to them.
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
    return admitted
  }

  readonly #leave = (admitted: Admitted): void => {
    if (!this.#inside.delete(admitted)) return
    if (admitted.address !== undefined) this.#noteGone(admitted, admitted.address)
    if (this.#inside.size === 0) this.#onEmpty()
  }

  #noteGone({ number, served }: Admitted, address: string): void {
    this.#addresses.leave(address)
    // Behind the others who hear of the end: they know why.
    queueMicrotask(() => {
      const { user, why = 'it spoke no chat' } = served?.farewell ?? {}
      this.#parts.log.info({ address, connection: number, user, why }, 'disconnected')
    })
  }

  /** How many connections from there speak for somebody who has logged in. */
  #membersAt(key: string): number {
    let count = 0
    for (const { address, served } of this.#inside)
      if (served?.isMember && addressKey(address) === key) count++
    return count
  }
}

/** The place of a connection that was let in. It is not known yet what one without `served` speaks. */
export class Admitted {
  readonly arrival: Arrival
  /** Undefined until a proxy has told it. */
  readonly address: string | undefined
  /** Which connection since the start it is, for the log; 0 as long as it is not let in. */
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

  /** The connection is served from now on. */
  serve(connection: Served): void {
    this.#served = connection
  }

  /** Frees the place: the connection is gone, and what it had sent is done. A second call does nothing. */
  leave(): void {
    this.#leave(this)
  }
}
