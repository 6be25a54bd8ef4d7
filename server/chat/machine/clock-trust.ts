import type { Clock } from '../../lib/clock.ts'
import type { ClockSeen } from '../ports/keep-store.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
/** If a server was off for longer than this (ms), it keeps expired data for a day. */
const aheadAtStartMs = dayMs
/** Nothing is removed in this time after a start (ms, over several starts), because the clock may still be set. */
const settleMs = 5 * minuteMs
/** How far the clock may be set ahead while the server runs (ms). */
const aheadMs = 10 * minuteMs

/**
 * Whether the clock can be trusted for things that cannot be undone: a machine that wakes up in next year would
 * remove all files and messages. A clock that has jumped ahead is trusted when the server has run with it for a whole
 * day, over as many starts as that takes.
 */
export class ClockTrust {
  readonly #store: Store
  readonly #clock: Clock
  #at: number
  #ticksAt: number
  #lookedAt: number
  #heldMs: number | undefined
  #waitedMs = 0
  #tolerated = aheadAtStartMs

  constructor(parts: { store: Store; clock: Clock }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#at = this.#clock.now()
    this.#ticksAt = this.#lookedAt = this.#clock.ticks()
  }

  /** To be called before it is asked anything. `newest`: the newest time in the store, where none was remembered yet. */
  async load(newest: number): Promise<void> {
    const seen = await this.#store.clockSeen()
    this.#at = seen?.at ?? (newest > 0 ? Math.min(newest, this.#clock.now()) : this.#clock.now())
    this.#ticksAt = this.#lookedAt = this.#clock.ticks()
    // A number even where it is 0 would say that it is held.
    this.#heldMs = seen && seen.heldMs > 0 ? seen.heldMs : undefined
    this.#waitedMs = seen?.waitedMs ?? 0
    this.#look()
  }

  /** Whether removals have to wait, because the clock has jumped or the server has just started. */
  get holds(): boolean {
    return this.jumped || this.#waitedMs < settleMs
  }

  /** Whether the clock is ahead of the expected time. */
  get jumped(): boolean {
    this.#look()
    return this.#heldMs !== undefined
  }

  /** How far the clock is ahead of the expected time, in ms; 0 if it is trusted. */
  get aheadMs(): number {
    return this.jumped ? this.#ahead() : 0
  }

  /** Trusts the clock, because an operator has confirmed it. */
  async accept(): Promise<void> {
    this.#believe()
    this.#waitedMs = settleMs
    await this.#store.setClockSeen(this.#seen)
  }

  /** Stores what was seen; to be done about once a minute. What cannot be stored is the next time. */
  async remember(): Promise<void> {
    this.#look()
    await this.#store.setClockSeen(this.#seen).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
    })
  }

  get #seen(): ClockSeen {
    // After a complete wait, the next start waits again.
    const waitedMs = this.#waitedMs < settleMs ? this.#waitedMs : 0
    return { at: this.#at, heldMs: this.#heldMs ?? 0, waitedMs }
  }

  #look(): void {
    const ticks = this.#clock.ticks()
    const passed = ticks - this.#lookedAt
    this.#lookedAt = ticks
    this.#waitedMs += passed
    if (this.#ahead() > this.#tolerated) {
      this.#heldMs = (this.#heldMs ?? 0) + passed
      if (this.#heldMs >= dayMs) this.#believe()
    } else if (this.#clock.now() >= this.#at || ticks - this.#ticksAt >= dayMs) this.#believe()
    // Set back: what it said before may have been right, and is what the next jump is measured by.
    else this.#heldMs = undefined
  }

  #ahead(): number {
    return this.#clock.now() - this.#at - (this.#clock.ticks() - this.#ticksAt)
  }

  #believe(): void {
    this.#at = this.#clock.now()
    this.#ticksAt = this.#lookedAt = this.#clock.ticks()
    this.#heldMs = undefined
    this.#tolerated = aheadMs
  }
}
