import { fail } from '../model/failures.ts'
import type { Account, Listener } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Store } from '../ports/store.ts'

/** A person who does something, and their connection. */
export interface Doer {
  readonly name: string
  readonly via: Listener
}

/** Who is an operator. */
export class Operators {
  readonly #store: Store
  readonly #directory: Directory
  readonly #whenChanged: ((account: Account, by: Doer | undefined) => void)[] = []

  constructor(parts: { store: Store; directory: Directory }) {
    this.#store = parts.store
    this.#directory = parts.directory
  }

  /** Makes somebody an operator, or a plain member again. Throws `last-operator` for the only operator. */
  async set(account: Account, on: boolean, by?: Doer): Promise<void> {
    if (!on) this.requireAnother(account)
    const before = account.operator
    // Without waiting in between, so that two operators who demote each other at once do not both find another one.
    if (!on) this.#directory.setOperator(account, false)
    try {
      await this.#store.setOperator(account.id, on, {
        log: on === before ? [] : [{ kind: 'operator', account: account.id }],
        tell: () => {
          this.#directory.setOperator(account, on)
          if (on !== before) for (const task of this.#whenChanged) task(account, by)
        },
      })
    } catch (error) {
      this.#directory.setOperator(account, before)
      throw error
    }
  }

  /** Throws `last-operator` if there would be no operator left. */
  requireAnother(account: Account): void {
    if (!account.operator) return
    for (const other of this.#directory.operators()) if (!other.deleted && other !== account) return
    throw fail({ code: 'last-operator', name: account.name })
  }

  /** Calls back when somebody has become an operator, or no longer is one. */
  onChanged(task: (account: Account, by: Doer | undefined) => void): void {
    this.#whenChanged.push(task)
  }
}
