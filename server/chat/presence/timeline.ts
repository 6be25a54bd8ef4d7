/**
 * The number and the time of the newest published message. Messages are published in the order of their numbers, so everybody
 * who is connected was shown everything up to this number that was meant for them. Numbers order messages, and times only
 * describe them. This class makes sure that no message has an earlier time than one before it: a machine's clock does not.
 */
export class Timeline {
  #lastId: number
  #lastAt: number
  #outId: number
  readonly #atEndOfTurn: (task: () => void) => void

  /**
   * `lastAt`: the time of the newest message, in ms since the epoch; 0 if there is none. `atEndOfTurn` runs a task when the
   * events of this turn are handed to the connections; at once if missing.
   */
  constructor(lastId: number, lastAt = 0, atEndOfTurn: (task: () => void) => void = (task) => task()) {
    this.#lastId = lastId
    this.#lastAt = lastAt
    this.#outId = lastId
    this.#atEndOfTurn = atEndOfTurn
  }

  /** The newest message that was handed to all connections; messages of this turn are still to be written. */
  get outId(): number {
    return this.#outId
  }

  get lastId(): number {
    return this.#lastId
  }

  /** How far the newest message is ahead of this time, in ms. For so long new messages get its time. */
  aheadOf(now: number): number {
    return Math.max(0, this.#lastAt - now)
  }

  /** The time for the message that is stored next. Call it in the order in which messages get numbers. */
  stamp(now: number): number {
    if (now > this.#lastAt) this.#lastAt = now
    return this.#lastAt
  }

  published(id: number): void {
    if (id <= this.#lastId) return
    const isFirst = this.#outId === this.#lastId
    this.#lastId = id
    if (isFirst)
      this.#atEndOfTurn(() => {
        this.#outId = this.#lastId
      })
  }
}
