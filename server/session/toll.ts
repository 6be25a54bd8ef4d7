import type { Accounts } from '../chat/accounts/accounts.ts'
import { fail } from '../chat/model/failures.ts'
import type { Account } from '../chat/model/people.ts'
import type { Allowance } from './allowances.ts'
import type { Backlog } from './backlog.ts'
import type { Connection } from './connection.ts'
import type { Identity } from './identity.ts'
import type { Output } from './output.ts'

/** What it works with: the other parts of its connection. */
interface Around {
  readonly allowance: Allowance
  readonly backlog: Backlog
  readonly connection: Pick<Connection, 'address'>
  readonly ending: { readonly isClosed: boolean }
  readonly identity: Pick<Identity, 'person'>
  readonly output: Pick<Output, 'drained' | 'isBehind'>
}

/**
 * What one connection pays for what is done for it, out of the allowance of whoever it speaks for; and that more is asked
 * for only by who has read what there was.
 */
export class Toll {
  readonly #accounts: Pick<Accounts, 'knownAt'>
  readonly #around: Around

  constructor({ accounts }: { readonly accounts: Pick<Accounts, 'knownAt'> }, around: Around) {
    this.#accounts = accounts
    this.#around = around
  }

  /**
   * Takes what a line costs. Answers undefined if it may be done at once, and otherwise what resolves when it may. Who says
   * who they are (`named`) does not wait behind those who are nobody, where they have been before.
   */
  take(cost: number, named?: string): Promise<void> | undefined {
    const { allowance, connection, identity } = this.#around
    const { person } = identity
    return named === undefined
      ? allowance.take(cost, person)
      : allowance.takeNamed(cost, person, () => this.#accounts.knownAt(named, connection.address))
  }

  /** The same for what is no command; what is answered resolves once the reader is behind no more, or is gone. */
  charge(cost: number): Promise<void> | undefined {
    const turn = this.#around.allowance.takeBeside(cost, this.#around.identity.person)
    return turn || this.#around.output.isBehind ? this.caughtUp(turn) : undefined
  }

  /** Waits for that, and until the reader has taken what waits where that is too much, or is gone. */
  async caughtUp(turn?: Promise<void>): Promise<void> {
    if (turn) await turn
    if (this.#around.output.isBehind) await this.#around.output.drained()
  }

  /** A command that runs pays for more; see Terminal. Lines that it reads (`payload`) stay with it when they are dropped. */
  async pay(cost: number, what: 'command' | 'payload'): Promise<void> {
    const turn = this.#around.allowance.take(cost, this.#around.identity.person)
    const dropped = turn && (await this.#around.backlog.wait(turn, what))
    if (this.#around.ending.isClosed || (dropped && what === 'command')) throw fail({ code: 'cancelled' })
  }

  /** See Terminal. */
  async payAs(account: Account): Promise<void> {
    await this.#around.allowance.takeAs(account)
    if (this.#around.ending.isClosed) throw fail({ code: 'cancelled' })
  }

  /** A command is done: whoever said by it who they are has had the turn for that. */
  commandDone(): void {
    this.#around.allowance.endLogin()
  }
}
