import { Mutex } from './mutex.ts'

/** Runs tasks with the same key one after another, and tasks with other keys at the same time. */
export class KeyedMutex<K> {
  /** The mutexes that have tasks. */
  readonly #turns = new Map<K, { readonly mutex: Mutex; count: number }>()

  /** Resolves or rejects as `task` does. */
  async run<T>(key: K, task: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(key) ?? { mutex: new Mutex(), count: 0 }
    this.#turns.set(key, turn)
    turn.count++
    try {
      return await turn.mutex.run(task)
    } finally {
      if (--turn.count === 0) this.#turns.delete(key)
    }
  }
}
