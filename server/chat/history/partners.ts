import { fail } from '../model/failures.ts'
import { withoutPunctuation } from '../model/names.ts'
import { type Account, deletedName, numberInDeletedName, type Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Store } from '../ports/store.ts'

/** A deleted account with which somebody talked: that talk can still be read. */
export interface Deleted {
  readonly kind: 'deleted'
  readonly id: number
  /** By its number: nobody reads what it was called. */
  readonly name: string
}

/** Finds the other one of a talk, also when that account is deleted. */
export class Partners {
  readonly #store: Store
  readonly #directory: Directory

  constructor(parts: { store: Store; directory: Directory }) {
    this.#store = parts.store
    this.#directory = parts.directory
  }

  /**
   * Whom a typed name means to the reader: somebody who is there, or by number (`#7`, `@7`) an account that is deleted, as long
   * as something is left of what the two said to each other. Nobody else learns from the answer that there was an account of
   * that number, and of one that was erased nothing is left. Throws `no-such-user`.
   */
  async require(reader: Account, target: string): Promise<Person | Deleted> {
    const id = numberOf(target)
    if (id === undefined || this.#directory.account(id)) return this.#directory.require(target)
    const [any] = await this.#store.directHistory(reader.id, id, { limit: 1 })
    if (!any) throw fail({ code: 'no-such-user', name: target, talked: false })
    return { kind: 'deleted', id, name: deletedName(id) }
  }

  /**
   * The number of the account whose words somebody searches for. By its number any account is meant, deleted or not: what one
   * may not read is not found. Throws `no-such-user`.
   */
  authorOf(name: string): number {
    const account = this.#directory.findAccount(name)
    const id = account?.id ?? numberOf(name)
    if (id === undefined) throw fail({ code: 'no-such-user', name })
    return id
  }
}

function numberOf(target: string): number | undefined {
  const [, digits] = /^[#@]?(\d{1,15})$/.exec(withoutPunctuation(target)) ?? []
  return digits === undefined ? numberInDeletedName(target) : Number(digits)
}
