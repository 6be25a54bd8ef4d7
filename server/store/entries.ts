import type { Knex } from 'knex'
import type { LoggedChange, Told } from '../chat/ports/change-log.ts'
import type { AppendedMessage, Teller } from '../chat/ports/records.ts'
import type { Appended, Work } from './batch-writer.ts'
import { unavailable } from './errors.ts'

/** Something that waits in the queue of the committer, and whoever waits for it. */
export interface Entry {
  /** Undefined for an entry that stores nothing. */
  readonly work: Work | undefined
  /** The newest number that was given when it came in. */
  readonly number: number
  /** It takes rights away: see Committer. */
  readonly isGate: boolean
  /** Whether `check` may forbid it. */
  readonly isChecked: boolean
  /** Throws if it is not allowed any more. */
  check(): void
  /** Its turn has come, and what it stores is stored: tells it, and answers whoever waits. Never throws. */
  tell(): void
  /** It is not stored, and not told. */
  reject(error: Error): void
}

/** Whoever waits for an entry. */
export interface Waiting<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** Writes the entries of changes into the log. */
export type RecordChanges = (db: Knex, changes: readonly LoggedChange[]) => Promise<void>

/** Stores something with a message or not at all; gets the number of the message. */
export type Beside = (db: Knex, id: number) => Promise<void>

/** A message. It is its own work, and keeps no function of its own: thousands of them may wait. */
export class MessageEntry<T> implements Entry, Appended {
  readonly message: AppendedMessage
  readonly id: number
  readonly beside: Beside | undefined
  readonly #teller: Teller<T>
  readonly #waiting: Waiting<T>

  constructor(
    message: AppendedMessage,
    id: number,
    { beside, teller }: { readonly beside: Beside | undefined; readonly teller: Teller<T> },
    waiting: Waiting<T>,
  ) {
    this.message = message
    this.id = id
    this.beside = beside
    this.#teller = teller
    this.#waiting = waiting
  }

  get work(): Appended {
    return this
  }

  get number(): number {
    return this.id
  }

  get isGate(): boolean {
    return false
  }

  get isChecked(): boolean {
    return this.#teller.check !== undefined
  }

  check(): void {
    this.#teller.check?.(this.message)
  }

  tell(): void {
    try {
      this.#waiting.resolve(this.#teller.tell(this.id))
    } catch (error) {
      // The message is stored all the same, and the next ones are told.
      this.reject(asError(error))
    }
  }

  reject(error: Error): void {
    this.#waiting.reject(error)
  }
}

/** How a change is told, under which numbers of the log, and how those are written. */
interface Telling<T> {
  readonly told: Told<T> | undefined
  readonly changes: readonly LoggedChange[]
  readonly record: RecordChanges
  readonly isGate: boolean
}

/** Any other change. If it answers false, it has changed nothing, and nothing is told. */
export class ChangeEntry<T> implements Entry {
  readonly number: number
  readonly #run: (db: Knex) => Promise<T>
  readonly #telling: Telling<T>
  readonly #waiting: Waiting<T>
  #stored: { readonly value: T } | undefined

  constructor(number: number, run: (db: Knex) => Promise<T>, telling: Telling<T>, waiting: Waiting<T>) {
    this.number = number
    this.#run = run
    this.#telling = telling
    this.#waiting = waiting
  }

  get work(): Work {
    return this
  }

  get isGate(): boolean {
    return this.#telling.isGate
  }

  get isChecked(): boolean {
    return this.#telling.told?.check !== undefined
  }

  check(): void {
    this.#telling.told?.check?.()
  }

  async run(db: Knex): Promise<void> {
    const { changes, record } = this.#telling
    const value = await this.#run(db)
    if (value !== false && changes.length > 0) await record(db, changes)
    this.#stored = { value }
  }

  tell(): void {
    if (!this.#stored) {
      this.reject(unavailable(new Error('A change was left out of its batch')))
      return
    }
    const { value } = this.#stored
    try {
      if (value !== false) this.#telling.told?.tell(value)
      this.#waiting.resolve(value)
    } catch (error) {
      this.reject(asError(error))
    }
  }

  reject(error: Error): void {
    this.#waiting.reject(error)
  }
}

/** Something that stores nothing, and takes rights away. */
export class TurnEntry<T> implements Entry {
  readonly number: number
  readonly #act: () => T
  readonly #waiting: Waiting<T>

  constructor(number: number, act: () => T, waiting: Waiting<T>) {
    this.number = number
    this.#act = act
    this.#waiting = waiting
  }

  get work(): undefined {
    return undefined
  }

  get isGate(): boolean {
    return true
  }

  get isChecked(): boolean {
    return false
  }

  check(): void {}

  tell(): void {
    try {
      this.#waiting.resolve(this.#act())
    } catch (error) {
      this.reject(asError(error))
    }
  }

  reject(error: Error): void {
    this.#waiting.reject(error)
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something was thrown', { cause: error })
}
