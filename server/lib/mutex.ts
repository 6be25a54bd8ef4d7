/** Runs tasks one after another, in the order in which they came. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as `task` does; a task that fails does not stop the next one. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(task)
    this.#tail = done.catch(() => undefined)
    return done
  }
}
