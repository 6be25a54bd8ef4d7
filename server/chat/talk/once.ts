import type { Clock } from '../../lib/clock.ts'
import { fail } from '../model/failures.ts'
import type { Account } from '../model/people.ts'
import type { Reply } from '../model/replies.ts'
import type { Store } from '../ports/store.ts'

/** How long the same key means the same message (ms). */
export const onceMs = 3_600_000
/** How long a second line with the same key waits for the first one (ms). */
const longestWaitMs = 5_000
/** The longest key, in characters. */
export const longestKey = 64

/**
 * Says a message only once, though a client that lost the answer sends it again: by its key, for an hour, also over a
 * restart.
 */
export class Once {
  readonly #store: Store
  readonly #clock: Clock
  /** The messages that are being said, by account and key; a second one with the same key waits. */
  readonly #running = new Map<string, Promise<Reply>>()

  constructor(parts: { store: Store; clock: Clock }) {
    this.#store = parts.store
    this.#clock = parts.clock
  }

  /**
   * Returns the earlier answer, if there is one. Otherwise says the message by `say`, which stores the key with it. A
   * failure is not remembered.
   */
  async run(account: Account, key: string, say: () => Promise<Reply>): Promise<Reply> {
    const name = `${account.id} ${key}`
    for (let other = this.#running.get(name); other; other = this.#running.get(name))
      if (!(await this.#endsSoon(other))) throw fail({ code: 'try-later', what: 'once' })
    const running = this.#say(account, key, say)
    this.#running.set(name, running)
    try {
      return await running
    } finally {
      this.#running.delete(name)
    }
  }

  async #say(account: Account, key: string, say: () => Promise<Reply>): Promise<Reply> {
    const before = await this.#store.saidOnce(account.id, key)
    if (before && before.at > this.#clock.now() - onceMs)
      return { ...(JSON.parse(before.answer) as object), code: 'said', id: before.id, at: before.at }
    const reply = await say()
    if (reply.code !== 'said') return reply
    const { code: _, id, at: __, ...more } = reply
    // If this cannot be stored, the answer is shorter the second time.
    if (Object.keys(more).length > 0)
      await this.#store.setOnceAnswer(account.id, key, id, JSON.stringify(more)).catch(() => undefined)
    return reply
  }

  /** False if the first one does not end in time, for example because it waits for input from a dead connection. */
  #endsSoon(other: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(longestWaitMs, () => resolve(false))
      const ended = () => {
        cancel()
        resolve(true)
      }
      other.then(ended, ended)
    })
  }

  /** Forgets expired keys. */
  async tidy(): Promise<void> {
    await this.#store.forgetOnce(this.#clock.now() - onceMs)
  }
}
