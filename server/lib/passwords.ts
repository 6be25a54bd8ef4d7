import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { FairSlots, type Turn } from './fair-slots.ts'

/**
 * More than this many are refused. A queue is better than a refusal, after which everybody comes again: after a crash all
 * members log in at once, and each of them waits in one connection.
 */
const maxQueue = 20_000
/** What nobody waits for more than for anything else. */
const anybody: Turn = { flow: '', weight: 1 }

/**
 * What a thread is asked for: a hash, or whether the password belongs to one, which takes as long as if that had been made
 * at `asCost`.
 */
export type PasswordTask =
  | { readonly password: string; readonly cost: number; readonly hash?: undefined }
  | { readonly password: string; readonly hash: string; readonly asCost: number }

/** Too many passwords are being hashed already, or the server is stopping. */
export class HasherBusy extends Error {
  override readonly name = 'HasherBusy'
}

/**
 * bcrypt in worker threads: a hash takes 50 to 300 ms of processor time, and everybody else's lines would
 * wait for it. On Linux a thread can be less urgent than others of its process, so there is one for each core; elsewhere
 * a rush of logins leaves one for the chat.
 */
export class BcryptPool {
  readonly #cost: number
  readonly #threads: number
  readonly #onTrouble: (error: unknown) => void
  readonly #slots: FairSlots
  #pool: Piscina<PasswordTask, string | boolean>
  /** What an unknown name's password is compared with, so that it takes as long as a known one's. */
  #nobody: Promise<string>
  /** The highest cost that was met: a hash from before a change of the setting must not tell that the name is known. */
  #highestCost: number
  #closed = false

  /** `onTrouble` is told why a thread did not start, or ended: files or memory used up, its code replaced meanwhile. */
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

  /** Whether the password belongs to the hash; a missing hash takes as long, and is never right. */
  async verify(password: string, hash: string | undefined, turn = anybody): Promise<boolean> {
    if (hash !== undefined) this.#highestCost = Math.max(this.#highestCost, costOf(hash))
    const task = { password, hash: hash ?? (await this.#nobodysHash()), asCost: this.#highestCost }
    const right: boolean = await this.#run(task, turn)
    return right && hash !== undefined
  }

  /** Ends the threads. What waits for them is given up: a stop must not take as long as all the logins do. */
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

  /** It could not be hashed at the start if no thread did start. */
  #nobodysHash(): Promise<string> {
    this.#nobody = this.#nobody.catch(() => this.hash('nobody has this password'))
    return this.#nobody
  }

  #newPool(): Piscina<PasswordTask, string | boolean> {
    const here = import.meta.url
    const pool = new Piscina<PasswordTask, string | boolean>({
      filename: new URL(`./password-worker.c${here.slice(-2)}`, here).href,
      // None is started by itself in place of one that has ended: it would be where nobody hears of its failing. Those that
      // were wanted once stay.
      minThreads: 0,
      maxThreads: this.#threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // The chat goes first.
      niceIncrement: 10,
    })
    // Without this, one that does not start ends the process.
    pool.on('error', (error) => this.#replace(pool, error))
    return pool
  }

  /** A pool that has no thread left would let its tasks wait for ever: they fail, and the next password begins anew. */
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
