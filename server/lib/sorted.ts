/** The most items in a piece: adding an item moves no more than these. */
const mostInPiece = 512

/** A list that stays sorted. The sort key of an item must not change while the item is in the list. */
export class Sorted<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number
  /** One behind the other; none is empty. */
  readonly #pieces: T[][] = []
  #size: number

  constructor(compare: (a: T, b: T) => number, items: Iterable<T> = []) {
    this.#compare = compare
    const all = [...items].sort(compare)
    this.#size = all.length
    for (let start = 0; start < all.length; start += mostInPiece / 2)
      this.#pieces.push(all.slice(start, start + mostInPiece / 2))
  }

  get size(): number {
    return this.#size
  }

  /** A copy. */
  get items(): T[] {
    // `flat` takes several times as long.
    return ([] as T[]).concat(...this.#pieces)
  }

  get first(): T | undefined {
    return this.#pieces[0]?.[0]
  }

  has(item: T): boolean {
    const piece = this.#pieces[this.#pieceOf(item)]
    return piece !== undefined && piece[this.#placeIn(piece, item)] === item
  }

  add(item: T): void {
    this.#size++
    const place = Math.min(this.#pieceOf(item), this.#pieces.length - 1)
    const piece = this.#pieces[place]
    if (!piece) {
      this.#pieces.push([item])
      return
    }
    piece.splice(this.#placeIn(piece, item), 0, item)
    if (piece.length > mostInPiece) this.#pieces.splice(place + 1, 0, piece.splice(mostInPiece / 2))
  }

  /** Removes an item; false if it is not there. */
  delete(item: T): boolean {
    const place = this.#pieceOf(item)
    const piece = this.#pieces[place]
    const index = piece ? this.#placeIn(piece, item) : 0
    if (!piece || piece[index] !== item) return false
    this.#size--
    piece.splice(index, 1)
    if (piece.length === 0) this.#pieces.splice(place, 1)
    return true
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const piece of this.#pieces) for (const item of piece) yield item
  }

  /** The items from the first on that does not come before this one, which need not be in the list. */
  *from(item: T): Iterable<T> {
    const first = this.#pieceOf(item)
    for (let place = first; place < this.#pieces.length; place++) {
      const piece = this.#pieces[place] ?? []
      for (let at = place === first ? this.#placeIn(piece, item) : 0; at < piece.length; at++)
        yield piece[at] as T
    }
  }

  /** The first piece that does not end before this item. */
  #pieceOf(item: T): number {
    return firstNot(this.#pieces, (piece) => this.#isBefore(piece.at(-1), item))
  }

  /** The index of the first item in a piece that does not come before this one. */
  #placeIn(piece: readonly T[], item: T): number {
    return firstNot(piece, (other) => this.#isBefore(other, item))
  }

  #isBefore(other: T | undefined, item: T): boolean {
    return other !== undefined && this.#compare(other, item) < 0
  }
}

/** The index of the first one of which something is not true, where it is true of all before. */
function firstNot<T>(list: readonly T[], is: (one: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    const one = list[middle]
    if (one !== undefined && is(one)) low = middle + 1
    else high = middle
  }
  return low
}
