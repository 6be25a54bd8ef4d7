/*
 * Of a million objects with a few sets each nearly all sets are empty, or have the same one thing in them. Those are one
 * object for all. Who changes a set keeps the one that is answered: `account.contacts = including(account.contacts, other)`.
 */

/** A set that many objects have; it is never changed. */
class SharedSet<T> extends Set<T> {}

const empty: ReadonlySet<never> = new SharedSet<never>()

/** The set with nothing in it. */
export function none<T>(): ReadonlySet<T> {
  return empty
}

/** A set for many objects. */
export function sharedSet<T>(items: Iterable<T>): ReadonlySet<T> {
  return new SharedSet(items)
}

/** The set with one thing more. */
export function including<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  if (set.has(item)) return set
  return isOwn(set) ? set.add(item) : new Set(set).add(item)
}

/** The set with one thing less. */
export function excluding<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  if (!set.has(item)) return set
  if (set.size === 1) return none()
  const own = isOwn(set) ? set : new Set(set)
  own.delete(item)
  return own
}

function isOwn<T>(set: ReadonlySet<T>): set is Set<T> {
  return !(set instanceof SharedSet)
}
