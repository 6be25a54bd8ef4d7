import type { Clock } from '../lib/clock.ts'
import { costs } from '../session/costs.ts'

/** So many keys a second cost nothing: a person who types, or holds a key down. */
const freeKeys = 200
/** So many characters in a row that came together cost as much as one key: they were pasted. */
const run = 32
/** In a line that is longer by so many UTF-16 units, a key costs once more: a word or a character may be as long as the line. */
const ordinary = 256

/** As many keys more counts a Tab that looks for something: it looks through all names, or files. Who holds Tab down pays nothing. */
const keysOfSearch = 5

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

  /** Counts the keys in these bytes, for a line of this length in UTF-16 units. */
  count(bytes: Buffer, length: number): void {
    const now = this.#clock.ticks()
    this.#free = Math.min(freeKeys, this.#free + ((now - this.#at) * freeKeys) / 1000)
    this.#at = now
    this.#spend(keysIn(bytes) * weightOf(length))
  }

  /** A key, counted already, looks for what may be completed. */
  countSearch(): void {
    this.#spend(keysOfSearch)
  }

  #spend(keys: number): void {
    this.#free -= keys
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

/** Behind which byte the first `most` keys are that are no text; the length of the bytes if there are no more of them. */
export function endOfControls(bytes: Buffer, most: number): number {
  let controls = 0
  const last = bytes.findIndex((byte) => isControl(byte) && ++controls >= most)
  return last < 0 ? bytes.length : last + 1
}

/** As how many keys a key counts in a line of this length. */
export function weightOf(length: number): number {
  return Math.max(1, length / ordinary)
}

function keysIn(bytes: Buffer): number {
  let controls = 0
  for (const byte of bytes) if (isControl(byte)) controls++
  return Math.max(1, controls + (bytes.length - controls) / run)
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f
}
