import type { BcryptPool } from './passwords.ts'

/** A BcryptPool for where mostly nothing is hashed: it is loaded, and its threads are started, with the first password. */
export class LazyHasher {
  readonly #cost: number
  #pool: Promise<BcryptPool> | undefined

  constructor(cost: number) {
    this.#cost = cost
  }

  async hash(password: string): Promise<string> {
    return (await this.#started()).hash(password)
  }

  async verify(password: string, hash: string | undefined): Promise<boolean> {
    return (await this.#started()).verify(password, hash)
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close()
  }

  #started(): Promise<BcryptPool> {
    this.#pool ??= import('./passwords.ts').then(({ BcryptPool }) => new BcryptPool(this.#cost))
    return this.#pool
  }
}
