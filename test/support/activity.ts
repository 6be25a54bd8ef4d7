/**
 * Knows whether anything is going on in a server that runs in this process, so that a test can wait for
 * what has to happen, or for the moment from which nothing will, without a timer.
 */
export class Activity {
  #count = 0
  #pending = 0

  /** Something happened: bytes came, a line was logged. */
  note(): void {
    this.#count++
  }

  /** Something happens outside the event loop until the promise settles. Answers the same promise. */
  during<T>(promise: Promise<T>): Promise<T> {
    this.#pending++
    const done = () => {
      this.#pending--
      this.#count++
    }
    promise.then(done, done)
    return promise
  }

  /**
   * Lets the event loop turn until `done` answers true. Answers false if nothing has happened for `turns`
   * turns: then it will not come any more.
   */
  async until(done: () => boolean, turns = patient): Promise<boolean> {
    let quiet = 0
    let count = this.#count
    while (!done()) {
      if (quiet > turns) return false
      await turn()
      quiet = this.#pending > 0 || count !== this.#count ? 0 : quiet + 1
      count = this.#count
    }
    return true
  }

  /** Lets the event loop turn until nothing goes on any more. */
  async quiet(): Promise<void> {
    await this.until(() => false, short)
  }
}

/** For what is sure to come: only a test that fails waits so long (about half a second). */
const patient = 100_000
/** For what must not come. Bytes on the loopback interface arrive within a turn. */
const short = 50

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
