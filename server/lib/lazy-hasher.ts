import type { Turn } from './fair-slots.ts'
import type { BcryptPool } from './passwords.ts'

/** A BcryptPool for programs that rarely hash: it is loaded, and its threads start, with the first password. */
export class LazyHasher {
  readonly #cost: number
  #pool: Promise<BcryptPool> | undefined

  constructor(cost: number) {
    this.#cost = cost
  }

  async hash(password: string, turn?: Turn): Promise<string> {
    return (await this.#started()).hash(password, turn)
  }

  async verify(password: string, hash: string | undefined, turn?: Turn): Promise<boolean> {
    return (await this.#started()).verify(password, hash, turn)
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close()
  }

  #started(): Promise<BcryptPool> {
    this.#pool ??= import('./passwords.ts').then(({ BcryptPool }) => new BcryptPool(this.#cost))
    return this.#pool
  }
}
