import type { Knex } from 'knex'
import type { Counts } from '../chat/machine/counts.ts'
import type { AppendedMessage } from '../chat/ports/records.ts'
import { InviteUsed, NameTaken } from '../chat/ports/store-errors.ts'
import { unavailable } from './errors.ts'

/** The parts of a commit that differ between databases. */
export interface Transactions {
  begin(db: Knex): Promise<void>
  commit(db: Knex): Promise<void>
  rollback(db: Knex): Promise<void>
  /** Whether an error lies in the values of one statement; others of the batch may still be stored. */
  isConstraintError(error: unknown): boolean
}

/** A message, and the number it is stored under. */
export interface Numbered {
  readonly id: number
  readonly message: AppendedMessage
}

/** Stores messages; in one statement if they mention nobody, so that all or none of them are stored. */
export type InsertMessages = (db: Knex, messages: readonly Numbered[]) => Promise<void>

export interface Appended extends Numbered {
  /** Stored with the message or not at all; gets its number. */
  readonly beside: ((db: Knex, id: number) => Promise<void>) | undefined
}

/** A message, or any other change. */
export type Work = Appended | { run(db: Knex): Promise<unknown> }

/** What became of a change: it is stored, or an error says why not. */
export type Outcome = 'stored' | Error

/** Messages that follow each other in the queue, or one other change. */
type MessageStep = { messages: Appended[] }
type Step = MessageStep | { run(db: Knex): Promise<unknown> }

function isPlain(step: Step): step is MessageStep {
  if (!('messages' in step)) return false
  return step.messages.every(({ beside, message }) => !beside && message.mentions.length === 0)
}

/** The most messages in a statement. */
const statementLimit = 500

/**
 * Stores batches of changes, each as one transaction. A change that fails alone (a name is in use) leaves the others of its
 * batch unharmed.
 */
export class BatchWriter {
  readonly #db: Knex
  readonly #transactions: Transactions
  readonly #insert: InsertMessages
  readonly #counts: Counts
  #commits = 0

  /** Nobody else may write on `db`, which has exactly one connection. */
  constructor(db: Knex, parts: { transactions: Transactions; insert: InsertMessages; counts: Counts }) {
    this.#db = db
    this.#transactions = parts.transactions
    this.#insert = parts.insert
    this.#counts = parts.counts
  }

  /** How many commits succeeded so far. */
  get commits(): number {
    return this.#commits
  }

  /** Stores a batch, and answers one outcome for each change. If the commit fails, that is the outcome of all. Never rejects. */
  async write(batch: readonly Work[]): Promise<Outcome[]> {
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
      return batch.map(() => unavailable(error))
    }
  }

  /**
   * Handles the usual case, only messages that mention nobody: a single statement is its own transaction, and several need no
   * savepoints. Undefined if one of the messages cannot be stored, or if there is more.
   */
  async #insertAlone(steps: readonly Step[]): Promise<Outcome[] | undefined> {
    if (!steps.every(isPlain)) return undefined
    const [first, ...others] = steps
    if (!first) return []
    try {
      if (others.length === 0) await this.#insert(this.#db, first.messages)
      else
        await this.#inTransaction(async () => {
          for (const { messages } of steps) await this.#insert(this.#db, messages)
        })
      return allStored(steps.reduce((sum, { messages }) => sum + messages.length, 0))
    } catch (error) {
      if (first.messages.length > 1 && this.#transactions.isConstraintError(error)) return undefined
      throw error
    }
  }

  #transaction(steps: readonly Step[]): Promise<Outcome[]> {
    return this.#inTransaction(async () => {
      const outcomes: Outcome[] = []
      for (const step of steps) {
        if ('messages' in step) outcomes.push(...(await this.#insertStep(step)))
        else outcomes.push(await this.#attempt(() => step.run(this.#db)))
      }
      return outcomes
    })
  }

  async #inTransaction<T>(run: () => Promise<T>): Promise<T> {
    await this.#transactions.begin(this.#db)
    try {
      const done = await run()
      await this.#transactions.commit(this.#db)
      return done
    } catch (error) {
      // This fails if the database has rolled back by itself already.
      await this.#transactions.rollback(this.#db).catch(() => undefined)
      throw error
    }
  }

  async #insertStep({ messages }: MessageStep): Promise<Outcome[]> {
    const outcome = await this.#attempt(async () => {
      await this.#insert(this.#db, messages)
      for (const { beside, id } of messages) await beside?.(this.#db, id)
    })
    if (outcome === 'stored') return allStored(messages.length)
    const separable = messages.length > 1 && this.#transactions.isConstraintError(outcome.cause)
    if (!separable) return messages.map(() => outcome)
    const outcomes: Outcome[] = []
    for (const message of messages) outcomes.push(...(await this.#insertStep({ messages: [message] })))
    return outcomes
  }

  /**
   * Runs one step inside the transaction, and undoes only this step if it fails. Rejects if that is not possible: then the
   * database has given up the whole transaction.
   */
  async #attempt(run: () => Promise<unknown>): Promise<Outcome> {
    await this.#db.raw('SAVEPOINT step')
    try {
      await run()
      await this.#db.raw('RELEASE SAVEPOINT step')
      return 'stored'
    } catch (error) {
      try {
        await this.#db.raw('ROLLBACK TO SAVEPOINT step')
        await this.#db.raw('RELEASE SAVEPOINT step')
      } catch {
        throw error
      }
      const expected = error instanceof NameTaken || error instanceof InviteUsed
      return expected ? error : unavailable(error)
    }
  }
}

function allStored(count: number): Outcome[] {
  return new Array<Outcome>(count).fill('stored')
}

function toSteps(batch: readonly Work[]): Step[] {
  const steps: Step[] = []
  let open: Appended[] | undefined
  for (const work of batch) {
    if ('run' in work) {
      steps.push(work)
      open = undefined
    } else if (work.beside) {
      steps.push({ messages: [work] })
      open = undefined
    } else if (open && open.length < statementLimit) {
      open.push(work)
    } else {
      open = [work]
      steps.push({ messages: open })
    }
  }
  return steps
}
