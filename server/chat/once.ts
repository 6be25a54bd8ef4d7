import type { Clock } from '../lib/clock.ts'
import { KeyedMutex } from '../lib/keyed-mutex.ts'
import type { Account } from './people.ts'
import type { Store } from './ports.ts'
import type { Reply } from './replies.ts'

/** So long the same key means the same message. */
export const onceMs = 3_600_000
/** In characters. */
export const longestKey = 64

/** What somebody says again, because the answer was lost, is said once: by a key, for an hour, also over a restart. */
export class Once {
  readonly #store: Store
  readonly #clock: Clock
  /** The same key of an account, one after the other. */
  readonly #turns = new KeyedMutex<string>()

  constructor(parts: { store: Store; clock: Clock }) {
    this.#store = parts.store
    this.#clock = parts.clock
  }

  /**
   * Answers what was answered before; otherwise says it by `say`, which stores the key with the message. What fails
   * is not remembered.
   */
  run(account: Account, key: string, say: () => Promise<Reply>): Promise<Reply> {
    return this.#turns.run(`${account.id} ${key}`, async () => {
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
    })
  }

  /** Forgets what is over. */
  async tidy(): Promise<void> {
    await this.#store.forgetOnce(this.#clock.now() - onceMs)
  }
}
