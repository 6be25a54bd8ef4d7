/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, but without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of them. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)]
    if (item === undefined) throw new Error('There is nothing to pick from')
    return item
  }

  /** A generator of its own: however often somebody asks one, the others answer the same. */
  fork(): Random {
    return new Random(this.integer(0, 2 ** 32 - 1))
  }
}

/** The seed that a run was asked for, or a new one. */
export function seedFrom(text: string | undefined): number {
  if (text === undefined || text === '') return Date.now() >>> 0
  const seed = Number(text)
  if (!Number.isSafeInteger(seed)) throw new Error(`${text} is no seed: a whole number is`)
  return seed
}
