import type { Counts } from '../chat/machine/counts.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { Reply } from '../chat/model/replies.ts'
import type { Log } from '../log/log.ts'
import type { Connection } from './connection.ts'
import type { Identity } from './identity.ts'

/** Tells the operator about one connection, by the log and by the counts. */
export class Journal {
  readonly #parts: { readonly counts: Counts; readonly log: Log }
  readonly #connection: Pick<Connection, 'address' | 'number'>
  readonly #identity: Pick<Identity, 'named' | 'lastName'>

  constructor(
    parts: { readonly counts: Counts; readonly log: Log },
    connection: Pick<Connection, 'address' | 'number'>,
    identity: Pick<Identity, 'named' | 'lastName'>,
  ) {
    this.#parts = parts
    this.#connection = connection
    this.#identity = identity
  }

  /** A command begins. */
  begun(command: string): void {
    this.#parts.counts.commands.add(command)
  }

  /** A command was answered: counts and logs people who come in, and new names. */
  replied(reply: Reply): void {
    const { counts, log } = this.#parts
    const { address, number: connection } = this.#connection
    if (reply.code === 'welcome-guest') counts.arrivals.add('guest')
    if (reply.code === 'welcome-guest' || reply.code === 'renamed') {
      this.#identity.named()
      log.info({ address, connection, user: this.#identity.lastName }, 'nick')
    }
    if (reply.code !== 'welcome') return
    const { grant, profile } = reply
    const { name, id } = profile
    const how = reply.recoveryCode === undefined ? 'login' : 'signup'
    counts.arrivals.add(how)
    log.info({ address, connection, account: id, user: name, tokenName: grant?.token }, how)
  }

  /** A command failed with `error`. */
  failed(problem: Problem, command: string, error: unknown): void {
    const { counts, log } = this.#parts
    counts.failures.add(problem.code)
    if (problem.code === 'internal' || problem.code === 'unavailable')
      log.error({ err: error, command }, 'command failed')
    this.refused(problem, command)
  }

  /** Logs wrong passwords and too many attempts, for the operator and for programs that read the log. */
  refused(problem: Problem, command: string): void {
    const { log } = this.#parts
    const { address } = this.#connection
    if (problem.code === 'try-later' && problem.what === 'signup')
      log.warn({ address, command }, 'sign-up has to wait')
    else if (problem.code === 'try-later' && problem.what === undefined && problem.seconds !== undefined)
      log.warn({ address, command }, 'login has to wait')
    if (problem.code === 'bad-login') log.warn({ address, command }, 'login failed')
  }

  /** The reader was too slow. */
  tooSlow(): void {
    this.#parts.counts.slowReaders++
    this.#parts.log.warn({ address: this.#connection.address }, 'reader too slow, connection closed')
  }
}
