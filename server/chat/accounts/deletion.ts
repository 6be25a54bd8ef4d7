import type { Clock } from '../../lib/clock.ts'
import type { Leaving } from '../channels/leaving.ts'
import { fail } from '../model/failures.ts'
import { foldName } from '../model/names.ts'
import { accountDeleted } from '../model/parting.ts'
import type { Account, Listener } from '../model/people.ts'
import type { Access } from '../people/access.ts'
import type { Directory } from '../people/directory.ts'
import type { DeletionMode } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'
import type { Logins } from './logins.ts'
import type { Operators } from './operators.ts'

export interface DeletionRules {
  /** What happens to the messages of a deleted account. */
  readonly deletedMessages: 'keep' | 'remove'
  /** Whether people without an account may come in. */
  readonly guests: boolean
}

/** Deletes accounts. */
export class Deletion {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #leaving: Leaving
  readonly #access: Access
  readonly #logins: Logins
  readonly #operators: Operators
  readonly #rules: DeletionRules
  /** The accounts that are being deleted at this moment. */
  readonly #ending = new Set<Account>()
  readonly #whenDeleted: ((account: Account, fate: DeletionMode) => void)[] = []

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    leaving: Leaving
    access: Access
    logins: Logins
    operators: Operators
    rules: DeletionRules
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#leaving = parts.leaving
    this.#access = parts.access
    this.#logins = parts.logins
    this.#operators = parts.operators
    this.#rules = parts.rules
  }

  /**
   * Deletes an account: closes all connections but the owner's, leaves every channel, frees the name, and forgets
   * everything but (if the operator has chosen so) the messages. `before` runs when the account can do nothing any
   * more. The deletion is noted first, so that `finishEndings` can finish it later if a part fails; then this throws
   * `half-done`. Throws `last-operator`.
   */
  async delete(
    account: Account,
    fate: DeletionMode = this.#rules.deletedMessages,
    { via, before }: { via?: Listener; before?: () => Promise<void> } = {},
  ): Promise<void> {
    if (account.deleted) throw fail({ code: 'cancelled' })
    this.#operators.requireAnother(account)
    // From here on the account can begin nothing: no login, no joining.
    account.deleted = true
    try {
      await this.#store.setEnding(account.id, fate)
    } catch (error) {
      account.deleted = false
      throw error
    }
    this.#access.end(account, { why: 'deleted', by: via ? 'owner' : 'operator' }, via)
    await this.#end(account, fate, via, before).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
      throw fail({
        code: 'half-done',
        detail: `${account.name} is deleted only in part: nobody can use the account any more, and the rest is done by itself as soon as the database can be written.${via ? ' You are logged out.' : ''}`,
      })
    })
  }

  /** Finishes deletions that failed in part; `before` as in `delete`. Rejects with StoreUnavailable. */
  async finishEndings(
    before: (account: Account, fate: DeletionMode) => (() => Promise<void>) | undefined,
  ): Promise<void> {
    for (const { account: id, fate } of await this.#store.endings()) {
      const account = this.#directory.account(id)
      if (!account || this.#ending.has(account)) continue
      account.deleted = true
      await this.#end(account, fate, undefined, before(account, fate))
    }
  }

  async #end(
    account: Account,
    fate: DeletionMode,
    via: Listener | undefined,
    before: (() => Promise<void>) | undefined,
  ): Promise<void> {
    this.#ending.add(account)
    try {
      await this.#leaving.leaveAll(account, via, accountDeleted, !this.#rules.guests)
      await before?.()
      const at = this.#clock.now()
      const rests = await this.#store.deleteAccount(account.id, fate, at)
      this.#directory.remove(account)
      if (rests) this.#directory.rest(foldName(account.name), at)
    } finally {
      this.#ending.delete(account)
    }
    this.#logins.forget(account)
    for (const task of this.#whenDeleted) task(account, fate)
  }

  /** Calls back when an account is deleted. */
  onDeleted(task: (account: Account, fate: DeletionMode) => void): void {
    this.#whenDeleted.push(task)
  }
}
