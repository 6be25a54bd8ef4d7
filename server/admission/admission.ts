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
  /** They may change; `connections` is of all together. */
  readonly limits: { readonly connections: number } & AddressLimits
  /** Whether somebody from this address has to stay out. */
  readonly isBanned: (address: string) => boolean
}

/** Who asks to come in, in whatever way: all that is known of them is how to send them away. */
export interface Arrival {
  /** Tells why they may not come in, in the words of whatever they speak, and ends. */
  refuse(refusal: Refusal): void
  /** Ends at once, and says nothing. */
  cut(): void
}

/** A connection that is served, as far as everybody's connections are counted, listed and ended. */
export interface Served {
  /** It speaks for somebody who has logged in. */
  readonly isMember: boolean
  /** What is spoken there. */
  readonly dialect: string
  readonly encrypted: boolean
  readonly queuedBytes: number
  /** Who has gone, and why, for the log. */
  readonly farewell: { readonly user: string | undefined; readonly why: string } | undefined
  /** The configuration is another one. */
  reconfigured(): void
  /** Tells why and ends; what goes on by itself, such as a file, may come to its end. */
  close(reason: string): void
  /** Ends, whatever it is, and tells why where there is somebody to read it. */
  drop(reason: string): void
}

/**
 * Decides who may come in, and knows who is in: connections of all kinds, by address and all together. It knows nothing of
 * sockets; whoever accepts connections asks it, and does what it says.
 */
export class Admission {
  readonly #parts: AdmissionParts
  readonly #inside = new Set<Admitted>()
  readonly #addresses: AddressCount
  /** How many were let in: the last one's number. */
  #taken = 0
  #draining = false
  #onEmpty: () => void = () => undefined

  constructor(parts: AdmissionParts) {
    this.#parts = parts
    this.#addresses = new AddressCount(parts.limits, (key) => this.#membersAt(key))
  }

  /** How many there are, also those of which it is not known yet what they speak. */
  get size(): number {
    return this.#inside.size
  }

  /** What is served. */
  get connections(): Served[] {
    return [...this.#inside].flatMap(({ served }) => served ?? [])
  }

  /**
   * Keeps a place for somebody whose address is not known yet, because a proxy is between that has not told it. They count;
   * whoever has learned the address leaves the place and asks for one by `admit`. Undefined if they were sent away.
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

  /** Lets somebody in from an address; they count from here on. Undefined if they were sent away. */
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

  /** Sends somebody away, and counts that. */
  refuse(arrival: Arrival, refusal: Refusal): void {
    this.#parts.counts.refused.add(refusal.why)
    arrival.refuse(refusal)
  }

  /** Ends every connection from a banned address, also one that has not shown yet what it speaks. */
  dropBanned(): void {
    for (const { address, arrival, served } of this.#inside) {
      if (address === undefined || !this.#parts.isBanned(address)) continue
      if (served) served.drop('this address is banned')
      else arrival.cut()
    }
  }

  /**
   * Lets nobody in any more, and ends all there are. Resolves once every one of them is gone; after `ms` milliseconds those
   * that are left are cut.
   */
  async drain(reason: string, ms: number): Promise<void> {
    this.#draining = true
    for (const { arrival, served } of this.#inside) {
      if (served) served.close(reason)
      // Nothing has been said yet to those of whom it is not known what they speak.
      else arrival.cut()
    }
    if (this.#inside.size === 0) return
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve
    })
    const cancel = this.#parts.clock.after(ms, () => {
      for (const { arrival } of this.#inside) arrival.cut()
    })
    await empty
    cancel()
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

/** The place of one who was let in. It is not known yet what one without `served` speaks. */
export class Admitted {
  readonly arrival: Arrival
  /** Missing until a proxy has told it. */
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

  /** It is known what they speak. */
  serve(connection: Served): void {
    this.#served = connection
  }

  /** They are gone, and what had come by them is done: the place is free. Once more is nothing. */
  leave(): void {
    this.#leave(this)
  }
}
