import type { Store } from '../../chat/ports/store.ts'
import { StoreUnavailable } from '../../chat/ports/store-errors.ts'
import type { Clock } from '../../lib/clock.ts'
import { why } from '../../store/errors.ts'

/** An answer is good for so long: however often somebody asks, the disk is not kept busy by it. */
const freshMs = 1_000
/** Whoever asks gets an answer within this time, whatever the disk does. */
const patienceMs = 2_000

/** Whether the server can do its work, which is to store what people say. */
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

  /** From here on it takes nobody on. */
  stop(): void {
    this.#stopping = true
  }

  /** What keeps it from its work, as a sentence without its end; undefined if nothing does. */
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
