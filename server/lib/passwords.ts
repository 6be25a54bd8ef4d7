import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'

/** More than this many logins waiting at once are refused: the last of them would wait a minute. */
const maxQueue = 500

/** What a thread is asked for: a hash, or whether the password belongs to one. */
export type PasswordTask =
  | { readonly password: string; readonly cost: number; readonly hash?: undefined }
  | { readonly password: string; readonly hash: string }

/** Too many passwords are being hashed already, or the server is stopping. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}

/**
 * bcrypt in worker threads: a hash takes 50 to 300 ms of processor time, and everybody else's lines would
 * wait for it. One thread fewer than there are cores, so that a rush of logins leaves one for the chat.
 */
export class BcryptPool {
  readonly #cost: number
  readonly #pool: Piscina
  /** What an unknown name's password is compared with, so that it takes as long as a known one's. */
  readonly #nobody: Promise<string>
  #closed = false

  constructor(cost: number) {
    this.#cost = cost
    const here = import.meta.url
    this.#pool = new Piscina<PasswordTask, string | boolean>({
      filename: new URL(`./password-worker.c${here.slice(-2)}`, here).href,
      minThreads: 1,
      maxThreads: Math.max(1, availableParallelism() - 1),
      maxQueue,
      // Where there is only one core, the chat goes first.
      niceIncrement: 10,
    })
    this.#nobody = this.hash('nobody has this password')
    this.#nobody.catch(() => undefined)
  }

  hash(password: string): Promise<string> {
    return this.#run({ password, cost: this.#cost })
  }

  /** Whether the password belongs to the hash; a missing hash takes as long, and is never right. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const right: boolean = await this.#run({ password, hash: hash ?? (await this.#nobody) })
    return right && hash !== undefined
  }

  /** Ends the threads. What waits for them is given up: a stop must not take as long as all the logins do. */
  close(): Promise<void> {
    this.#closed = true
    return this.#pool.destroy()
  }

  async #run<T>(task: PasswordTask): Promise<T> {
    // Counted here, because Piscina's own refusal cannot be told from another error.
    if (this.#closed || this.#pool.queueSize >= maxQueue) throw new HasherBusy('No more logins now.')
    try {
      return (await this.#pool.run(task)) as T
    } catch (error) {
      throw this.#closed ? new HasherBusy('The server is stopping.', { cause: error }) : error
    }
  }
}
