/**
 * Knows whether anything goes on in a server that runs in this process. So a test can wait until something has happened, or
 * until nothing happens any more, and depends on no time.
 */
export class Activity {
  #count = 0
  #pending = 0
  /** Those who wait until something happens. */
  readonly #waiting = new Set<() => void>()

  /** Something happened: bytes came, a line was logged. */
  note(): void {
    this.#count++
    for (const wake of this.#waiting) wake()
  }

  /** A thread or the disk works until the promise settles. Answers the same promise. */
  during<T>(promise: Promise<T>): Promise<T> {
    this.#pending++
    const done = () => {
      this.#pending--
      this.note()
    }
    promise.then(done, done)
    return promise
  }

  /**
   * Lets the event loop turn until `done` answers true. Answers false if nothing has happened for `turns` turns: then
   * nothing will.
   */
  async until(done: () => boolean, turns = patient): Promise<boolean> {
    let quiet = 0
    let count = this.#count
    while (!done()) {
      if (quiet > turns) return false
      if (this.#pending > 0) await this.#happening()
      else await turn()
      quiet = this.#pending > 0 || count !== this.#count ? 0 : quiet + 1
      count = this.#count
    }
    return true
  }

  /**
   * Waits until something happens, while a thread or the disk works: an event loop that turns meanwhile would take a processor
   * from them. `done` may depend on something that nobody notes, so it is asked every few milliseconds as well.
   */
  #happening(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, unnotedMs)
      this.#waiting.add(wake)
    })
  }

  /** Lets the event loop turn until nothing goes on any more. */
  async quiet(): Promise<void> {
    await this.until(() => false, short)
  }
}

/** Turns to wait for something that must happen: only a test that fails waits so long (about half a second). */
const patient = 100_000
/** Turns after which nothing is on its way any more: bytes on the loopback interface arrive within one. */
const short = 50

/** How long something may go unnoticed that nobody notes. */
const unnotedMs = 5

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
