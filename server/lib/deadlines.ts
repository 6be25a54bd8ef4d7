import { Sorted } from './sorted.ts'

interface Deadline<K, V> {
  readonly key: K
  readonly value: V
  readonly at: number
  /** Tells those of the same time apart. */
  readonly number: number
}

/** What is to happen at some time, by a key, so that nothing goes through what is not due. */
export class Deadlines<K, V> {
  readonly #byKey = new Map<K, Deadline<K, V>>()
  readonly #order = new Sorted<Deadline<K, V>>((a, b) => a.at - b.at || a.number - b.number)
  #count = 0

  /** In place of what was set for the key before. */
  set(key: K, at: number, value: V): void {
    this.delete(key)
    const deadline = { key, value, at, number: this.#count++ }
    this.#byKey.set(key, deadline)
    this.#order.add(deadline)
  }

  delete(key: K): void {
    const deadline = this.#byKey.get(key)
    if (!deadline) return
    this.#byKey.delete(key)
    this.#order.delete(deadline)
  }

  /** When something is due next. */
  get next(): number | undefined {
    return this.#order.first?.at
  }

  /** What is due by a time, the first first. It stays until it is deleted. */
  due(now: number): V[] {
    return this.#dueBy(now).map(({ value }) => value)
  }

  /** The same, and takes it out. */
  take(now: number): V[] {
    const due = this.#dueBy(now)
    for (const { key } of due) this.delete(key)
    return due.map(({ value }) => value)
  }

  #dueBy(now: number): Deadline<K, V>[] {
    const due: Deadline<K, V>[] = []
    for (const deadline of this.#order) {
      if (deadline.at > now) break
      due.push(deadline)
    }
    return due
  }

  /** All that is to come, the first first. */
  *[Symbol.iterator](): Iterator<V> {
    for (const { value } of this.#order) yield value
  }
}
