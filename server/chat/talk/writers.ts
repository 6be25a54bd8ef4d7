import type { Clock } from '../../lib/clock.ts'
import { type Account, type Guest, nowOf, type Person } from '../model/people.ts'

/** Somebody who wrote to one person, and when, in ticks. */
export interface Writer {
  readonly person: Person
  readonly ticks: number
}

/** Knows who last wrote to each person directly, for /r. */
export class Writers {
  readonly #clock: Clock
  /** The last two people who wrote to a person directly, the newest first. */
  readonly #writers = new WeakMap<Person, readonly Writer[]>()

  constructor(parts: { clock: Clock }) {
    this.#clock = parts.clock
  }

  /** The last two people who wrote directly to this person since the server started, the newest first. */
  writersTo(person: Person): readonly Writer[] {
    return (this.#writers.get(person) ?? []).map(({ person: writer, ticks }) => ({
      person: nowOf(writer),
      ticks,
    }))
  }

  /** Notes that somebody wrote to a person directly. */
  wrote(from: Person, to: Person): void {
    const [last] = this.writersTo(to).filter(({ person }) => person !== from)
    this.#writers.set(to, [{ person: from, ticks: this.#clock.ticks() }, ...(last ? [last] : [])])
  }

  /** A guest made an account: whoever wrote to the guest wrote to the account. */
  takeOver(account: Account, guest: Guest): void {
    this.#writers.set(account, this.writersTo(guest))
  }
}
