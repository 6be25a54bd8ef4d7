import type { Knex } from 'knex'
import { Counts } from '../chat/machine/counts.ts'
import type { Told } from '../chat/ports/change-log.ts'
import type { AppendedMessage, Teller } from '../chat/ports/records.ts'
import { BatchWriter, type InsertMessages, type Outcome, type Transactions } from './batch-writer.ts'
import {
  asError,
  type Beside,
  ChangeEntry,
  type Entry,
  MessageEntry,
  type RecordChanges,
  TurnEntry,
} from './entries.ts'
import { closedError, unavailable } from './errors.ts'

interface Committed {
  batch: readonly Entry[]
  outcomes: readonly Outcome[]
}

/** Answers the number of a message where nobody tells it: then that is what is wanted. */
const numbering = { tell: (id: number) => id } as Teller<never>

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
   * Stores a message under the next number, and answers what `tell` returns, or the number where there is no teller; `beside` is
   * stored with it or not at all. Rejects with StoreUnavailable, or with the error that `check` or `tell` throws. `check` may
   * still change the message.
   */
  append<T = number>(message: AppendedMessage, teller?: Teller<T>, beside?: Beside): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    const how = { beside, teller: teller ?? numbering }
    return new Promise((resolve, reject) => {
      this.#enqueue(new MessageEntry<T>(message, ++this.#given, how, { resolve, reject }))
    })
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
      this.#enqueue(new TurnEntry(this.#given, act, { resolve, reject }))
    })
  }

  #change<T>(run: (db: Knex) => Promise<T>, told: Told<T> | undefined, isGate: boolean): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    const changes = (told?.log ?? []).map((entry) => ({ ...entry, number: ++this.#given }))
    const telling = { told, changes, record: this.#record, isGate }
    return new Promise((resolve, reject) => {
      this.#enqueue(new ChangeEntry(this.#given, run, telling, { resolve, reject }))
    })
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

  #enqueue(entry: Entry): void {
    this.#waiting.push(entry)
    this.#draining ??= this.#drain()
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
    for (const [index, entry] of batch.entries()) {
      const { number, work } = entry
      const outcome = outcomes[index]
      this.#told = number
      if (outcome !== 'stored') {
        entry.reject(outcome ?? unavailable(new Error('A change was left out of its batch')))
        continue
      }
      if (work && 'message' in work) this.#stored(number)
      entry.tell()
    }
  }
}

/** The number of waiting changes that go into one batch. */
function batchEnd(waiting: readonly Entry[]): number {
  let gated = false
  for (const [index, { isChecked, isGate }] of waiting.entries()) {
    if (index === batchLimit || (gated && isChecked)) return index
    gated ||= isGate
  }
  return waiting.length
}

/** The outcomes that need no database: of changes that are not allowed any more, and of entries that store nothing. */
function decisions(batch: readonly Entry[]): Map<Entry, Outcome> {
  const decided = new Map<Entry, Outcome>()
  for (const entry of batch) {
    if (!entry.work) decided.set(entry, 'stored')
    try {
      entry.check()
    } catch (error) {
      decided.set(entry, asError(error))
    }
  }
  return decided
}

/** Resolves when everything that can be read in this turn has been read. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
