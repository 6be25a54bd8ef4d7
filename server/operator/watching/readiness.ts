import type { Store } from '../../chat/ports/store.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { why } from '../../store/errors.ts'

/** How long an answer is used again (ms), so that frequent questions do not keep the disk busy. */
const freshMs = 1_000
/** The longest time until an answer, whatever the disk does (ms). */
const patienceMs = 2_000

/** Whether the server can do its work, which is to store messages. */
export class Readiness {
  readonly #store: Pick<Store, 'ping'>
  readonly #clock: Clock
  #stopping = false
  #pending: Promise<string | undefined> | undefined
  #last: { readonly at: number; readonly problem: string | undefined } | undefined

  constructor(store: Pick<Store, 'ping'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Marks the server as stopping. */
  stop(): void {
    this.#stopping = true
  }

  /** The reason why it cannot work, as a sentence without a full stop; undefined if it can. */
  async problem(): Promise<string | undefined> {
    if (this.#stopping) return 'the server is stopping'
    if (this.#last && this.#clock.ticks() - this.#last.at < freshMs) return this.#last.problem
    this.#pending ??= this.#ask()
    return this.#within(this.#pending)
  }

  async #ask(): Promise<string | undefined> {
    const problem = await this.#store.ping().then(() => undefined, explain)
    this.#last = { at: this.#clock.ticks(), problem }
    this.#pending = undefined
    return problem
  }

  #within(asked: Promise<string | undefined>): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(patienceMs, () =>
        resolve(`nothing can be stored: the disk has not answered for ${patienceMs / 1000} seconds`),
      )
      asked.finally(cancel).then(resolve, reject)
    })
  }
}

function explain(error: unknown): string {
  if (!(error instanceof StoreUnavailable)) throw error
  return `nothing can be stored: ${why(error.cause ?? error)}`
}
