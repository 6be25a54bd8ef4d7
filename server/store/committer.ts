import type { Knex } from 'knex'
import { Counts } from '../chat/machine/counts.ts'
import type { LoggedChange, Told } from '../chat/ports/change-log.ts'
import type { AppendedMessage } from '../chat/ports/records.ts'
import { InviteUsed, NameTaken } from '../chat/ports/store-errors.ts'
import { closedError, unavailable } from './errors.ts'

/** What a commit needs that is not the same with every database. */
export interface Transactions {
  begin(db: Knex): Promise<void>
  commit(db: Knex): Promise<void>
  rollback(db: Knex): Promise<void>
  /** Whether an error lies in the values of one statement; others of the batch may still be stored. */
  isConstraintError(error: unknown): boolean
}

/** A message with the number it is stored under. */
export interface NumberedMessage extends AppendedMessage {
  id: number
}

/** A message under its number. One by one, as in `accountFrom`: it is done for everything that is said. */
export function numbered(message: AppendedMessage, id: number): NumberedMessage {
  const { at, kind, text, from, fromGuest, channel, to, toGuest, blocked, bot, mentions } = message
  const numbered = { id, at, kind, text, from, fromGuest, channel, to, toGuest, blocked, mentions }
  return bot ? { ...numbered, bot } : numbered
}

/** Stores messages. In one statement if they mention nobody, so that all or none of them are there. */
export type InsertMessages = (db: Knex, messages: readonly NumberedMessage[]) => Promise<void>

/** Puts what is told of other changes into the log. */
export type RecordChanges = (db: Knex, changes: readonly LoggedChange[]) => Promise<void>

/** What is stored with a message or not at all, by its number. */
type Beside = (db: Knex, id: number) => Promise<void>

interface Appended {
  message: NumberedMessage
  beside?: ((db: Knex) => Promise<void>) | undefined
}

interface Entry {
  work: Appended | { run(db: Knex): Promise<unknown> }
  /** The newest number that was given when it came in. */
  number: number
  tell: ((value: unknown) => void) | undefined
  check: (() => void) | undefined
  isGate: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

interface Committed {
  batch: readonly Entry[]
  outcomes: readonly Outcome[]
}

type Outcome = { value: unknown } | { error: Error }

/** Messages that follow each other in the queue, or one other change. */
type Step = { messages: NumberedMessage[]; beside?: Appended['beside'] } | { run(db: Knex): Promise<unknown> }

/** So many changes go into a transaction at most, and so many messages into a statement. */
const batchLimit = 2000
const statementLimit = 500

/**
 * Group commit: the one way in which anything is changed. What came in during the last commit goes into
 * the next one, as one transaction, so the disk is waited for once and not for each change. An idle server answers
 * after a single commit, a busy one after two.
 *
 * Whatever is told has a number of one series: a message its own, another change one for each of its entries in the
 * log. After the commit each change is told in the order of these numbers, one behind the other with nothing awaited
 * in between, and before its promise settles: so the order does not depend on who awaits what.
 *
 * What somebody must still be allowed to do when its turn comes has a `check`: it is asked when the batch is made, and what it
 * throws is the outcome; nothing is stored. A `gate` takes rights away, so what has a check and stands behind one goes into
 * a later batch, when the gate is told. Thus nothing that is told stands behind what forbids it.
 *
 * A change that fails alone (a name is in use) leaves the others of its batch unharmed. If the commit
 * fails, all of them reject with StoreUnavailable, and the next batch is tried anew.
 */
export class Committer {
  readonly #db: Knex
  readonly #transactions: Transactions
  readonly #insert: InsertMessages
  readonly #record: RecordChanges
  readonly #stored: (id: number) => void
  readonly #counts: Counts
  /** The newest number that was given, and the newest that was told. */
  #given: number
  #told: number
  #waiting: Entry[] = []
  #alone: (() => Promise<void>)[] = []
  #draining: Promise<void> | undefined
  #closed = false
  #commits = 0

  /**
   * Nobody else may write on `db`, which has exactly one connection. `last` is the newest number there is; `stored` is
   * told of each message.
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
    this.#transactions = parts.transactions
    this.#insert = parts.insert
    this.#record = parts.record
    this.#given = parts.last
    this.#told = parts.last
    this.#stored = parts.stored ?? (() => undefined)
    this.#counts = parts.counts ?? new Counts()
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#commits
  }

  /** Whatever has a number up to this one was told, or could not be stored. */
  get told(): number {
    return this.#told
  }

  /**
   * Stores a message under the next number, and answers that; `beside` is stored with it or not at all, and may need the
   * number. Rejects with StoreUnavailable, and with what `check` and `tell` throw.
   */
  append(
    message: AppendedMessage,
    how: {
      beside?: Beside | undefined
      tell?: ((id: number) => void) | undefined
      check?: (() => void) | undefined
    } = {},
  ): Promise<number> {
    const { beside, tell, check } = how
    const id = ++this.#given
    const work = { message: numbered(message, id), beside: beside && ((db: Knex) => beside(db, id)) }
    return this.#enqueue<number>(work, { tell, check })
  }

  /**
   * Makes any other change: `run` gets the connection inside a transaction and must use no other. One that answers false
   * has changed nothing, and is not told. Rejects with NameTaken or InviteUsed if `run` does, and otherwise with
   * StoreUnavailable, and nothing of it is stored then; also with what its `check` and its `tell` throw.
   */
  change<T>(run: (db: Knex) => Promise<T>, told?: Told<T>): Promise<T> {
    return this.#change(run, told, false)
  }

  /** The same for a change behind which somebody may do less. */
  gate<T>(run: (db: Knex) => Promise<T>, told?: Told<T>): Promise<T> {
    return this.#change(run, told, true)
  }

  #change<T>(run: (db: Knex) => Promise<T>, told: Told<T> | undefined, isGate: boolean): Promise<T> {
    if (!told) return this.#enqueue<T>({ run }, { isGate })
    const changes = told.log.map((entry) => ({ ...entry, number: ++this.#given }))
    const recorded = async (db: Knex) => {
      const value = await run(db)
      if (value !== false && changes.length > 0) await this.#record(db, changes)
      return value
    }
    const tell = (value: T) => {
      if (value !== false) told.tell(value)
    }
    return this.#enqueue<T>({ run: recorded }, { tell, check: told.check, isGate })
  }

  /** Runs what can be in no transaction; changes wait meanwhile. Rejects with StoreUnavailable. */
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

  #enqueue<T>(
    work: Entry['work'],
    how: {
      tell?: ((value: T) => void) | undefined
      check?: (() => void) | undefined
      isGate?: boolean | undefined
    },
  ): Promise<T> {
    const { tell, check, isGate = false } = how
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        work,
        number: this.#given,
        // The outcome that comes back is the one of this very `work`.
        tell: tell && ((value) => tell(value as T)),
        check,
        isGate,
        resolve: (value) => resolve(value as T),
        reject,
      })
      this.#draining ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#alone.length > 0) {
      await this.#alone.shift()?.()
      if (this.#waiting.length === 0) continue
      const done = [await this.#commitWaiting()]
      await endOfTurn()
      // Where people talk so fast that some wait already, they are waited for: telling a room costs the
      // same for one message as for many, and each round would go on with a part of the talkers only.
      const gated = done.some(({ batch }) => batch.some(({ isGate }) => isGate))
      if (this.#waiting.length > 0 && !gated) done.push(await this.#commitWaiting())
      for (const { batch, outcomes } of done) this.#settle(batch, outcomes)
    }
    this.#draining = undefined
  }

  /** Commits what waits, together with what this turn still brings. */
  async #commitWaiting(): Promise<Committed> {
    await endOfTurn()
    const batch = this.#waiting.splice(0, batchEnd(this.#waiting))
    const refused = refusals(batch)
    if (refused.size === 0) return { batch, outcomes: await this.#commit(batch) }
    const allowed = batch.filter((entry) => !refused.has(entry))
    const done = allowed.length > 0 ? await this.#commit(allowed) : []
    const outcomes = new Map(allowed.map((entry, index) => [entry, done[index]]))
    return { batch, outcomes: batch.flatMap((entry) => refused.get(entry) ?? outcomes.get(entry) ?? []) }
  }

  #settle(batch: readonly Entry[], outcomes: readonly Outcome[]): void {
    for (const [index, { work, number, tell, resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index]
      this.#told = number
      if (!outcome || 'error' in outcome) {
        reject(outcome?.error ?? unavailable(new Error('A change was left out of its batch')))
        continue
      }
      if ('message' in work) this.#stored(work.message.id)
      try {
        tell?.(outcome.value)
        resolve(outcome.value)
      } catch (error) {
        // It is stored all the same, and what comes behind it is told.
        reject(asError(error))
      }
    }
  }

  /** One outcome for each entry. Never rejects. */
  async #commit(batch: readonly Entry[]): Promise<Outcome[]> {
    const steps = toSteps(batch)
    const { commits, measures } = this.#counts
    const begun = performance.now()
    try {
      const outcomes = (await this.#insertAlone(steps)) ?? (await this.#transaction(steps))
      this.#commits++
      commits.add('done')
      measures.commitSeconds.observe((performance.now() - begun) / 1000)
      measures.commitChanges.observe(batch.length)
      return outcomes
    } catch (error) {
      commits.add('failed')
      this.#counts.failedCommit = { at: performance.now(), error }
      return batch.map(() => ({ error: unavailable(error) }))
    }
  }

  /** The usual case: only messages that mention nobody, in a single statement that is its own transaction. */
  async #insertAlone([step, ...others]: readonly Step[]): Promise<Outcome[] | undefined> {
    if (!step || !('messages' in step) || step.beside || others.length > 0) return undefined
    if (step.messages.some(({ mentions }) => mentions.length > 0)) return undefined
    try {
      await this.#insert(this.#db, step.messages)
      return step.messages.map(({ id }) => ({ value: id }))
    } catch (error) {
      if (step.messages.length > 1 && this.#transactions.isConstraintError(error)) return undefined
      throw error
    }
  }

  async #transaction(steps: readonly Step[]): Promise<Outcome[]> {
    await this.#transactions.begin(this.#db)
    try {
      const outcomes: Outcome[] = []
      for (const step of steps) {
        if ('messages' in step) outcomes.push(...(await this.#insertStep(step)))
        else outcomes.push(await this.#attempt(() => step.run(this.#db)))
      }
      await this.#transactions.commit(this.#db)
      return outcomes
    } catch (error) {
      // It fails if the database has rolled back by itself, which is as good.
      await this.#transactions.rollback(this.#db).catch(() => undefined)
      throw error
    }
  }

  async #insertStep({ messages, beside }: Extract<Step, { messages: unknown }>): Promise<Outcome[]> {
    const outcome = await this.#attempt(async () => {
      await this.#insert(this.#db, messages)
      await beside?.(this.#db)
    })
    if ('value' in outcome) return messages.map(({ id }) => ({ value: id }))
    const separable = messages.length > 1 && this.#transactions.isConstraintError(outcome.error.cause)
    if (!separable) return messages.map(() => outcome)
    const outcomes: Outcome[] = []
    for (const message of messages) outcomes.push(...(await this.#insertStep({ messages: [message] })))
    return outcomes
  }

  /**
   * One step inside the transaction, undone alone if it fails. Rejects only if that is not
   * possible: then the database has given up the whole transaction.
   */
  async #attempt(run: () => Promise<unknown>): Promise<Outcome> {
    await this.#db.raw('SAVEPOINT step')
    try {
      const value = await run()
      await this.#db.raw('RELEASE SAVEPOINT step')
      return { value }
    } catch (error) {
      try {
        await this.#db.raw('ROLLBACK TO SAVEPOINT step')
        await this.#db.raw('RELEASE SAVEPOINT step')
      } catch {
        throw error
      }
      const expected = error instanceof NameTaken || error instanceof InviteUsed
      return { error: expected ? error : unavailable(error) }
    }
  }
}

/** Up to where what waits goes into one batch. */
function batchEnd(waiting: readonly Entry[]): number {
  let gated = false
  for (const [index, { check, isGate }] of waiting.entries()) {
    if (index === batchLimit || (gated && check)) return index
    gated ||= isGate
  }
  return waiting.length
}

/** What may not be done any more, with the reason. */
function refusals(batch: readonly Entry[]): Map<Entry, Outcome> {
  const refused = new Map<Entry, Outcome>()
  for (const entry of batch) {
    try {
      entry.check?.()
    } catch (error) {
      refused.set(entry, { error: asError(error) })
    }
  }
  return refused
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something was thrown', { cause: error })
}

/** When all that can be read now has been read. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function toSteps(batch: readonly Entry[]): Step[] {
  const steps: Step[] = []
  let open: NumberedMessage[] | undefined
  for (const { work } of batch) {
    if ('run' in work) {
      steps.push(work)
      open = undefined
    } else if (work.beside) {
      steps.push({ messages: [work.message], beside: work.beside })
      open = undefined
    } else if (open && open.length < statementLimit) {
      open.push(work.message)
    } else {
      open = [work.message]
      steps.push({ messages: open })
    }
  }
  return steps
}
