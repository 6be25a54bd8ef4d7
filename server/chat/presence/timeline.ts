/**
 * The newest message that was shown to anybody: its number, and its time. Messages are published in the order of
 * their numbers, so whoever is connected has been shown everything up to here that was meant for them. Numbers order
 * messages, and times only describe them: that no time is before the one of an earlier number is made sure here, because
 * nobody can rely on a machine's clock for it.
 */
export class Timeline {
  #lastId: number
  #lastAt: number
  #outId: number
  readonly #atEndOfTurn: (task: () => void) => void

  /**
   * `lastAt`: the time of the newest message, in ms since the epoch; 0 if there is none. `atEndOfTurn` does something
   * when what this turn brought is handed to the connections; at once if missing.
   */
  constructor(lastId: number, lastAt = 0, atEndOfTurn: (task: () => void) => void = (task) => task()) {
    this.#lastId = lastId
    this.#lastAt = lastAt
    this.#outId = lastId
    this.#atEndOfTurn = atEndOfTurn
  }

  /** The newest message that was handed to all connections: those of this turn are still to be written. */
  get outId(): number {
    return this.#outId
  }

  get lastId(): number {
    return this.#lastId
  }

  /** How far the newest message is ahead of this time, in ms: so long messages to come get its time. */
  aheadOf(now: number): number {
    return Math.max(0, this.#lastAt - now)
  }

  /** The time that a message gets which is stored next. To be asked in the order in which messages get numbers. */
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
