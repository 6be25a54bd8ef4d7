/** Runs tasks one after another, in the order in which they came. */
export class Mutex {
  /** Of nothing so far: there are many of these, and most of them are never used. */
  #tail: Promise<unknown> | undefined

  /** Resolves or rejects as `task` does. A task that fails does not stop the next one. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const done = (this.#tail ?? Promise.resolve()).then(task)
    this.#tail = done.catch(() => undefined)
    return done
  }
}
