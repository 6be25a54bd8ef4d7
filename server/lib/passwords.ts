import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { FairSlots, type Turn } from './fair-slots.ts'

/**
 * The most passwords that may wait; more are refused. A long queue is better than a refusal, after which everybody
 * tries again: after a crash all members log in at once, and each of them waits in one connection.
 */
const maxQueue = 20_000
/** The order of passwords that have no order of their own. */
const anybody: Turn = { flow: '', weight: 1 }

/**
 * A request to a thread: make a hash, or compare the password with a hash. A comparison takes as long as if the hash
 * had been made at `asCost`.
 */
export type PasswordTask =
  | { readonly password: string; readonly cost: number; readonly hash?: undefined }
  | { readonly password: string; readonly hash: string; readonly asCost: number }

/** Too many passwords are being hashed already, or the server is stopping. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}

/**
 * bcrypt in worker threads: a hash takes 50 to 300 ms of processor time, during which everybody else would wait. On
 * Linux a thread can have a lower priority than others of its process, so there is one for each core; elsewhere there
 * is one less, so that many logins leave a core for the chat.
 */
export class BcryptPool {
  readonly #cost: number
  readonly #threads: number
  readonly #onTrouble: (error: unknown) => void
  readonly #slots: FairSlots
  #pool: Piscina<PasswordTask, string | boolean>
  /** The hash for unknown names, so that a comparison takes as long as for a known name. */
  #nobody: Promise<string>
  /**
   * The highest cost seen so far: the time for a hash from before a change of the setting must not reveal a known
   * name.
   */
  #highestCost: number
  #closed = false

  /**
   * `onTrouble` gets the reason if a thread did not start, or ended: no files or memory left, or its code was
   * replaced.
   */
  constructor(
    cost: number,
    {
      threads = usualThreads(),
      onTrouble = () => undefined,
    }: { threads?: number; onTrouble?: (error: unknown) => void } = {},
  ) {
    this.#cost = cost
    this.#highestCost = cost
    this.#threads = threads
    this.#onTrouble = onTrouble
    this.#slots = new FairSlots(threads)
    this.#pool = this.#newPool()
    this.#nobody = this.hash('nobody has this password')
    this.#nobody.catch(() => undefined)
  }

  hash(password: string, turn = anybody): Promise<string> {
    return this.#run({ password, cost: this.#cost }, turn)
  }

  /** Whether the password belongs to the hash. Without a hash it takes as long, and the answer is false. */
  async verify(password: string, hash: string | undefined, turn = anybody): Promise<boolean> {
    if (hash !== undefined) this.#highestCost = Math.max(this.#highestCost, costOf(hash))
    const task = { password, hash: hash ?? (await this.#nobodysHash()), asCost: this.#highestCost }
    const right: boolean = await this.#run(task, turn)
    return right && hash !== undefined
  }

  /** Ends the threads and drops what waits for them: a stop must not take as long as all the logins. */
  close(): Promise<void> {
    this.#closed = true
    return this.#pool.destroy()
  }

  #run<T>(task: PasswordTask, turn: Turn): Promise<T> {
    return this.#slots.waiting < maxQueue ? this.#slots.run(() => this.#runNow<T>(task), turn) : refused()
  }

  async #runNow<T>(task: PasswordTask): Promise<T> {
    if (this.#closed) throw new HasherBusy('The server is stopping.')
    const pool = this.#pool
    try {
      return (await pool.run(task)) as T
    } catch (error) {
      if (this.#closed) throw new HasherBusy('The server is stopping.', { cause: error })
      this.#replace(pool, error)
      throw new HasherBusy('No thread for passwords can be started now.', { cause: error })
    }
  }

  /** Makes the hash for unknown names if that failed at the start because no thread started. */
  #nobodysHash(): Promise<string> {
    this.#nobody = this.#nobody.catch(() => this.hash('nobody has this password'))
    return this.#nobody
  }

  #newPool(): Piscina<PasswordTask, string | boolean> {
    const here = import.meta.url
    const pool = new Piscina<PasswordTask, string | boolean>({
      filename: new URL(`./password-worker.c${here.slice(-2)}`, here).href,
      // The pool starts no thread by itself in place of an ended one, because nobody would hear of a failure then.
      // Threads that were started stay.
      minThreads: 0,
      maxThreads: this.#threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // The chat has priority.
      niceIncrement: 10,
    })
    // Without this handler, a thread that does not start ends the process.
    pool.on('error', (error) => this.#replace(pool, error))
    return pool
  }

  /** Without any thread left, tasks would wait for ever: they fail, and the next password starts a new pool. */
  #replace(pool: Piscina<PasswordTask, string | boolean>, error: unknown): void {
    if (this.#closed || pool !== this.#pool) return
    this.#onTrouble(error)
    if (pool.threads.length > 0) return
    this.#pool = this.#newPool()
    pool.destroy().catch(() => undefined)
  }
}

function usualThreads(): number {
  const cores = availableParallelism()
  return process.platform === 'linux' ? cores : Math.max(1, cores - 1)
}

async function refused(): Promise<never> {
  throw new HasherBusy('No more logins now.')
}

/** `$2b$12$...`: the two digits. */
function costOf(hash: string): number {
  return Number(/^\$2[aby]?\$(\d\d)\$/.exec(hash)?.[1] ?? 0)
}
