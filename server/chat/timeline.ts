/**
 * The number of the newest message that was shown to anybody. Messages are published in the order of
 * their numbers, so whoever is connected has been shown everything up to here that was meant for them.
 */
export class Timeline {
  #lastId: number

  constructor(lastId: number) {
    this.#lastId = lastId
  }

  get lastId(): number {
    return this.#lastId
  }

  published(id: number): void {
    if (id > this.#lastId) this.#lastId = id
  }
}
