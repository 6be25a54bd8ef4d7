import type { Logins } from '../chat/accounts/logins.ts'
import { fail } from '../chat/model/failures.ts'
import type { Account } from '../chat/model/people.ts'
import type { Allowance } from './allowances.ts'
import type { Backlog } from './backlog.ts'
import type { Connection } from './connection.ts'
import type { Identity } from './identity.ts'
import type { Output } from './output.ts'

/** The other parts of its connection that it works with. */
interface Around {
  readonly allowance: Allowance
  readonly backlog: Backlog
  readonly connection: Pick<Connection, 'address' | 'patience'>
  readonly ending: { readonly isClosed: boolean }
  readonly identity: Pick<Identity, 'person'>
  readonly output: Pick<Output, 'drained' | 'isBehind'>
}

/**
 * Takes the cost of each line from the allowance of the person for whom the connection speaks. It also makes a slow reader
 * wait: nobody asks for more before they have read the earlier answers.
 */
export class Toll {
  readonly #logins: Pick<Logins, 'knownAt'>
  readonly #around: Around
  /** What was taken last was for looking at something: so is what it costs besides. */
  #reads = false

  constructor({ logins }: { readonly logins: Pick<Logins, 'knownAt'> }, around: Around) {
    this.#logins = logins
    this.#around = around
    around.connection.patience?.addEventListener('abort', () => around.allowance.giveUp(), { once: true })
  }

  /** Nobody waits any longer for a turn that has not come: see Connection. */
  get isGivenUp(): boolean {
    return this.#around.connection.patience?.aborted === true
  }

  /**
   * Takes the cost of a line. Returns undefined if the line may be done at once, and otherwise a promise that resolves when
   * it may. A login as `named` does not wait for other visitors of an address from which that account has logged in before.
   */
  take(cost: number, named?: string, reads = false): Promise<void> | undefined {
    const { allowance, connection, identity } = this.#around
    const { person } = identity
    this.#reads = reads
    if (reads) return allowance.takeReading(cost, person)
    return named === undefined
      ? allowance.take(cost, person)
      : allowance.takeNamed(cost, person, () => this.#logins.knownAt(named, connection.address))
  }

  /** The same for something that is no command; the promise also waits until the reader has caught up, or is gone. */
  charge(cost: number): Promise<void> | undefined {
    const turn = this.#around.allowance.takeBeside(cost, this.#around.identity.person)
    return turn || this.#around.output.isBehind ? this.caughtUp(turn) : undefined
  }

  /** Waits for `turn`. If too much output waits, it also waits until the reader has taken it, or is gone. */
  async caughtUp(turn?: Promise<void>): Promise<void> {
    if (turn) await turn
    if (this.#around.output.isBehind) await this.#around.output.drained()
  }

  /** A running command pays for more; see Terminal. If its `payload` is dropped, the command itself goes on. */
  async pay(cost: number, what: 'command' | 'payload'): Promise<void> {
    const { allowance, identity } = this.#around
    const turn = this.#reads
      ? allowance.takeReading(cost, identity.person)
      : allowance.take(cost, identity.person)
    const dropped = turn && (await this.#around.backlog.wait(turn, what))
    if (this.#around.ending.isClosed || (dropped && what === 'command')) throw fail({ code: 'cancelled' })
  }

  /** See Terminal. */
  async payAs(account: Account): Promise<void> {
    await this.#around.allowance.takeAs(account)
    if (this.#around.ending.isClosed) throw fail({ code: 'cancelled' })
  }

  /** A command is done: if it was a login, its turn is over. */
  commandDone(): void {
    this.#around.allowance.endLogin()
  }
}
