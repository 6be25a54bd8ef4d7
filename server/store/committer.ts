import type { Knex } from 'knex'
import { Counts } from '../chat/machine/counts.ts'
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

/** A message, and what is stored with it or not at all. */
interface Appended {
  message: NumberedMessage
  beside?: ((db: Knex) => Promise<void>) | undefined
}

interface Entry {
  work: Appended | { run(db: Knex): Promise<unknown> }
  resolve(value: unknown): void
  reject(error: Error): void
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
 * after a single commit, a busy one after two. Promises settle after the commit, in the order of the calls; whoever
 * hands them on must not put another `async` in between for some of them, because that would change the order.
 *
 * A change that fails alone (a name is in use) leaves the others of its batch unharmed. If the commit
 * fails, all of them reject with StoreUnavailable, and the next batch is tried anew.
 */
export class Committer {
  readonly #db: Knex
  readonly #transactions: Transactions
  readonly #insert: InsertMessages
  readonly #stored: (id: number) => void
  readonly #counts: Counts
  #waiting: Entry[] = []
  #alone: (() => Promise<void>)[] = []
  #draining: Promise<void> | undefined
  #closed = false
  #commits = 0

  /** Nobody else may write on `db`, which has exactly one connection. `stored` is told of each message. */
  constructor(
    db: Knex,
    parts: {
      transactions: Transactions
      insert: InsertMessages
      stored?: (id: number) => void
      counts?: Counts | undefined
    },
  ) {
    this.#db = db
    this.#transactions = parts.transactions
    this.#insert = parts.insert
    this.#stored = parts.stored ?? (() => undefined)
    this.#counts = parts.counts ?? new Counts()
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#commits
  }

  /**
   * Stores a message under the number it has, and answers it; `beside` is stored with it or not at all.
   * Rejects with StoreUnavailable.
   */
  append(message: NumberedMessage, beside?: Appended['beside']): Promise<number> {
    return this.#enqueue<number>({ message, beside })
  }

  /**
   * Makes any other change: `run` gets the connection inside a transaction and must use no other.
   * Rejects with NameTaken or InviteUsed if `run` does, and otherwise with StoreUnavailable; nothing of it is stored then.
   */
  change<T>(run: (db: Knex) => Promise<T>): Promise<T> {
    return this.#enqueue<T>({ run })
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

  #enqueue<T>(work: Entry['work']): Promise<T> {
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<T>((resolve, reject) => {
      // The outcome that comes back is the one of this very `work`.
      this.#waiting.push({ work, resolve: (value) => resolve(value as T), reject })
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
      if (this.#waiting.length > 0) done.push(await this.#commitWaiting())
      for (const { batch, outcomes } of done) this.#settle(batch, outcomes)
    }
    this.#draining = undefined
  }

  /** Commits what waits, together with what this turn still brings. */
  async #commitWaiting(): Promise<{ batch: readonly Entry[]; outcomes: readonly Outcome[] }> {
    await endOfTurn()
    const batch = this.#waiting.splice(0, batchLimit)
    return { batch, outcomes: await this.#commit(batch) }
  }

  #settle(batch: readonly Entry[], outcomes: readonly Outcome[]): void {
    for (const [index, { work, resolve, reject }] of batch.entries()) {
      const outcome = outcomes[index]
      if (outcome && 'value' in outcome) {
        if ('message' in work) this.#stored(work.message.id)
        resolve(outcome.value)
      } else reject(outcome?.error ?? unavailable(new Error('A change was left out of its batch')))
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
