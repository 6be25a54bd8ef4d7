import type { Knex } from 'knex'
import { Counts } from '../chat/machine/counts.ts'
import type { LoggedChange, Told } from '../chat/ports/change-log.ts'
import type { AppendedMessage } from '../chat/ports/records.ts'
import {
  BatchWriter,
  type InsertMessages,
  numbered,
  type Outcome,
  type Transactions,
  type Work,
} from './batch-writer.ts'
import { closedError, unavailable } from './errors.ts'

/** Writes the entries of changes into the log. */
export type RecordChanges = (db: Knex, changes: readonly LoggedChange[]) => Promise<void>

/** Stores something with a message or not at all; gets the number of the message. */
type Beside = (db: Knex, id: number) => Promise<void>

interface Entry<T = unknown> {
  /** Undefined for an entry that stores nothing. */
  work: Work | undefined
  /** The newest number that was given when it came in. */
  number: number
  // The outcome is always that of this `work`.
  tell: ((value: never) => T) | undefined
  check: (() => void) | undefined
  isGate: boolean
  resolve(value: T): void
  reject(error: Error): void
}

interface Committed {
  batch: readonly Entry[]
  outcomes: readonly Outcome[]
}

/** The most changes in a transaction. */
const batchLimit = 2000

/**
 * Group commit: every change goes through this queue. The changes that come during a commit go into the next one, as one
 * transaction: all of them wait for the disk once. An idle server answers after a single commit, a busy one after two.
 *
 * Everything that is told has a number of one series: a message has one, and another change has one for each of its entries in
 * the log. After the commit the changes are told in the order of these numbers. Nothing is awaited between two of them, and each
 * is told before its promise settles: so the order does not depend on who awaits what.
 *
 * A change that somebody must still be allowed to make when its turn comes has a `check`. The committer calls it when it makes
 * the batch; if it throws, the change is not stored, and its promise rejects with that error. A `gate` takes rights away: a
 * change with a check that comes after a gate goes into a later batch, when the gate has been told. So nothing is told after the
 * change that forbids it. What takes rights away and is stored nowhere is a gate as well (`inTurn`); no disk can refuse it.
 *
 * If a commit fails, all changes in it reject with StoreUnavailable, and the next batch is tried anew.
 */
export class Committer {
  readonly #db: Knex
  readonly #writer: BatchWriter
  readonly #record: RecordChanges
  readonly #stored: (id: number) => void
  /** The newest number that was given, and the newest that was told. */
  #given: number
  #told: number
  #waiting: Entry[] = []
  #alone: (() => Promise<void>)[] = []
  #draining: Promise<void> | undefined
  #closed = false

  /**
   * Nobody else may write on `db`, which has exactly one connection. `last` is the newest number that was given; `stored` is
   * called for each stored message.
   */
  constructor(
    db: Knex,
    parts: {
      transactions: Transactions
      insert: InsertMessages
      record: RecordChanges
      last: number
      stored?: (id: number) => void
      counts?: Counts | undefined
    },
  ) {
    this.#db = db
    const { counts = new Counts(), insert, transactions } = parts
    this.#writer = new BatchWriter(db, { transactions, insert, counts })
    this.#record = parts.record
    this.#given = parts.last
    this.#told = parts.last
    this.#stored = parts.stored ?? (() => undefined)
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#writer.commits
  }

  /** Every change with a number up to this one was told, or could not be stored. */
  get told(): number {
    return this.#told
  }

  /**
   * Stores a message under the next number, and answers what `tell` returns, or the number where there is none; `beside` is stored
   * with it or not at all. Rejects with StoreUnavailable, or with the error that `check` or `tell` throws. `check` may still
   * change the message.
   */
  append<T = number>(
    message: AppendedMessage,
    how: {
      beside?: Beside | undefined
      tell?: ((id: number) => T) | undefined
      check?: ((message: AppendedMessage) => void) | undefined
    } = {},
  ): Promise<T> {
    const { beside, tell, check } = how
    const id = ++this.#given
    const work = { message: numbered(message, id), beside: beside && ((db: Knex) => beside(db, id)) }
    return this.#enqueue<T>(work, tell, check && (() => check(work.message)), false)
  }

  /**
   * Makes any other change: `run` gets the connection inside a transaction and must use no other. If it returns false, it has
   * changed nothing, and nothing is told. Rejects with NameTaken or InviteUsed if `run` does, or else with StoreUnavailable;
   * nothing of the change is stored then. Also rejects with the error that `check` or `tell` throws.
   */
  change<T>(run: (db: Knex) => Promise<T>, told?: Told<T>): Promise<T> {
    return this.#change(run, told, false)
  }

  /** Makes a change after which somebody may do less. */
  gate<T>(run: (db: Knex) => Promise<T>, told?: Told<T>): Promise<T> {
    return this.#change(run, told, true)
  }

  /**
   * Does something that stores nothing when all is told that was asked for before it, and as a gate. Resolves and rejects as
   * `act` does, whether or not anything can be stored.
   */
  async inTurn<T>(act: () => T): Promise<T> {
    if (this.#closed) {
      await this.#draining
      return act()
    }
    return new Promise<T>((resolve, reject) => {
      this.#enqueue<void>(undefined, () => resolve(act()), undefined, true).catch(reject)
    })
  }

  #change<T>(run: (db: Knex) => Promise<T>, told: Told<T> | undefined, isGate: boolean): Promise<T> {
    if (!told) return this.#enqueue<T>({ run }, undefined, undefined, isGate)
    const changes = told.log.map((entry) => ({ ...entry, number: ++this.#given }))
    const recorded = async (db: Knex) => {
      const value = await run(db)
      if (value !== false && changes.length > 0) await this.#record(db, changes)
      return value
    }
    const tell = (value: T) => {
      if (value !== false) told.tell(value)
      return value
    }
    return this.#enqueue<T>({ run: recorded }, tell, told.check, isGate)
  }

  /** Runs something that cannot be in a transaction; changes wait meanwhile. Rejects with StoreUnavailable. */
  alone<T>(run: (db: Knex) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      this.#alone.push(() => run(this.#db).then(resolve, (error: unknown) => reject(unavailable(error))))
      this.#draining ??= this.#drain()
    })
  }

  /** Refuses further changes, and resolves once those under way are finished. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#draining
  }

  /** Answers what `tell` returns, or what `work` does where there is none. `tell` gets what `work` answers. */
  #enqueue<T>(
    work: Entry['work'],
    tell: Entry<T>['tell'],
    check: (() => void) | undefined,
    isGate: boolean,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      const number = this.#given
      const entry: Entry<T> = { work, number, tell, check, isGate, resolve, reject }
      this.#waiting.push(entry as Entry)
      this.#draining ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#alone.length > 0) {
      await this.#alone.shift()?.()
      if (this.#waiting.length === 0) continue
      const done = [await this.#commitWaiting()]
      await endOfTurn()
      // If some changes wait already, commit them before telling: telling a room costs the same for one message as for many,
      // and otherwise each round would go on with a part of the talkers only.
      const gated = done.some(({ batch }) => batch.some(({ isGate }) => isGate))
      if (this.#waiting.length > 0 && !gated) done.push(await this.#commitWaiting())
      for (const { batch, outcomes } of done) this.#settle(batch, outcomes)
    }
    this.#draining = undefined
  }

  /** Commits the waiting changes, including those that still come in this turn of the event loop. */
  async #commitWaiting(): Promise<Committed> {
    await endOfTurn()
    const batch = this.#waiting.splice(0, batchEnd(this.#waiting))
    const decided = decisions(batch)
    if (decided.size === 0) return { batch, outcomes: await this.#write(batch) }
    const stored = batch.filter((entry) => !decided.has(entry))
    const done = stored.length > 0 ? await this.#write(stored) : []
    const outcomes = new Map(stored.map((entry, index) => [entry, done[index]]))
    return { batch, outcomes: batch.flatMap((entry) => decided.get(entry) ?? outcomes.get(entry) ?? []) }
  }

  #write(batch: readonly Entry[]): Promise<Outcome[]> {
    return this.#writer.write(batch.flatMap(({ work }) => work ?? []))
  }

  #settle(batch: readonly Entry[], outcomes: readonly Outcome[]): void {
    let index = 0
    for (const { work, number, tell, resolve, reject } of batch) {
      const outcome = outcomes[index++]
      this.#told = number
      if (!outcome || 'error' in outcome) {
        reject(outcome?.error ?? unavailable(new Error('A change was left out of its batch')))
        continue
      }
      if (work && 'message' in work) this.#stored(work.message.id)
      try {
        resolve(tell ? tell(outcome.value as never) : outcome.value)
      } catch (error) {
        // The change is stored all the same, and the next ones are told.
        reject(asError(error))
      }
    }
  }
}

/** The number of waiting changes that go into one batch. */
function batchEnd(waiting: readonly Entry[]): number {
  let gated = false
  for (const [index, { check, isGate }] of waiting.entries()) {
    if (index === batchLimit || (gated && check)) return index
    gated ||= isGate
  }
  return waiting.length
}

/** The outcomes that need no database: of changes that are not allowed any more, and of entries that store nothing. */
function decisions(batch: readonly Entry[]): Map<Entry, Outcome> {
  const decided = new Map<Entry, Outcome>()
  for (const entry of batch) {
    if (!entry.work) decided.set(entry, { value: undefined })
    try {
      entry.check?.()
    } catch (error) {
      decided.set(entry, { error: asError(error) })
    }
  }
  return decided
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something was thrown', { cause: error })
}

/** Resolves when everything that can be read in this turn has been read. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
