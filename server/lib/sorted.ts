/** A list that stays in order. What the order is by must not change while an item is in it. */
export class Sorted<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number
  readonly #items: T[]

  constructor(compare: (a: T, b: T) => number, items: Iterable<T> = []) {
    this.#compare = compare
    this.#items = [...items].sort(compare)
  }

  get size(): number {
    return this.#items.length
  }

  get items(): readonly T[] {
    return this.#items
  }

  add(item: T): void {
    this.#items.splice(this.#placeOf(item), 0, item)
  }

  /** False if it is not there. */
  delete(item: T): boolean {
    const place = this.#placeOf(item)
    if (this.#items[place] !== item) return false
    this.#items.splice(place, 1)
    return true
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]()
  }

  /** Of the first item that does not come before this one. */
  #placeOf(item: T): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#items[middle]
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
