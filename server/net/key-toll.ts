import type { Clock } from '../lib/clock.ts'
import { costs } from '../session/costs.ts'

/** So many keys a second cost nothing: a person who types, or holds a key down. */
const freeKeys = 200
/** So many characters in a row that came together cost as much as one key: they were pasted. */
const run = 32

/** What keys cost. Those of a person are free; whoever sends them faster is read more slowly, so that others do not notice. */
export class KeyToll {
  readonly #clock: Pick<Clock, 'ticks'>
  /** How many keys are free now, at the time `#at` (in ticks). */
  #free = freeKeys
  #at: number
  #cost = 0

  constructor(clock: Pick<Clock, 'ticks'>) {
    this.#clock = clock
    this.#at = clock.ticks()
  }

  /** Counts the keys in these bytes. */
  count(bytes: Buffer): void {
    const now = this.#clock.ticks()
    this.#free = Math.min(freeKeys, this.#free + ((now - this.#at) * freeKeys) / 1000) - keysIn(bytes)
    this.#at = now
    if (this.#free >= 0) return
    this.#cost -= this.#free * costs.trifle
    this.#free = 0
  }

  /** The cost since the last call. */
  take(): number {
    const cost = this.#cost
    this.#cost = 0
    return cost
  }
}

function keysIn(bytes: Buffer): number {
  let controls = 0
  for (const byte of bytes) if (byte < 0x20 || byte === 0x7f) controls++
  return Math.max(1, controls + (bytes.length - controls) / run)
}
