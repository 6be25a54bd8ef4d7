/*
 * A million objects have a few sets each, and nearly all of these sets are empty or have the same single item. Such
 * sets are one object for all. The caller stores the returned set: `account.contacts = including(account.contacts,
 * other)`.
 */

/** A set that many objects share; it is never changed. */
class SharedSet<T> extends Set<T> {}

/** A set of one item, which is never changed: a Set takes five times the memory. */
class One<T> implements ReadonlySet<T> {
  readonly #item: T

  constructor(item: T) {
    this.#item = item
  }

  get size(): number {
    return 1
  }

  has(item: T): boolean {
    return item === this.#item
  }

  forEach(call: (value: T, key: T, set: ReadonlySet<T>) => void): void {
    call(this.#item, this.#item, this)
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.values()
  }

  keys(): SetIterator<T> {
    return this.values()
  }

  values(): SetIterator<T> {
    return [this.#item].values()
  }

  entries(): SetIterator<[T, T]> {
    const both: [T, T] = [this.#item, this.#item]
    return [both].values()
  }
}

const empty: ReadonlySet<never> = new SharedSet<never>()

/** The empty set. */
export function none<T>(): ReadonlySet<T> {
  return empty
}

/** Returns the shared set with these items. */
export function sharedSet<T>(items: Iterable<T>): ReadonlySet<T> {
  return new SharedSet(items)
}

/** Returns the set with one more item. */
export function including<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  if (set.has(item)) return set
  if (set.size === 0) return new One(item)
  return isOwn(set) ? set.add(item) : new Set(set).add(item)
}

/** Returns the set without an item. */
export function excluding<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  if (!set.has(item)) return set
  if (set.size === 1) return none()
  const own = isOwn(set) ? set : new Set(set)
  own.delete(item)
  return own
}

function isOwn<T>(set: ReadonlySet<T>): set is Set<T> {
  return set instanceof Set && !(set instanceof SharedSet)
}
