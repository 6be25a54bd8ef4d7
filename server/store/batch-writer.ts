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

/** A message with the number it is stored under. */
export interface NumberedMessage extends AppendedMessage {
  id: number
}

/** Gives a message its number. The fields are named one by one, which is quicker: this is done for every message. */
export function numbered(message: AppendedMessage, id: number): NumberedMessage {
  const { at, kind, text, from, fromGuest, channel, to, toGuest, blocked, bot, mentions } = message
  const numbered = { id, at, kind, text, from, fromGuest, channel, to, toGuest, blocked, mentions }
  return bot ? { ...numbered, bot } : numbered
}

/** Stores messages; in one statement if they mention nobody, so that all or none of them are stored. */
export type InsertMessages = (db: Knex, messages: readonly NumberedMessage[]) => Promise<void>

interface Appended {
  message: NumberedMessage
  /** Stored with the message or not at all. */
  beside?: ((db: Knex) => Promise<void>) | undefined
}

/** A message, or any other change. */
export type Work = Appended | { run(db: Knex): Promise<unknown> }

/** What a change answers, or why it is not stored. */
export type Outcome = { value: unknown } | { error: Error }

/** Messages that follow each other in the queue, or one other change. */
type MessageStep = { messages: NumberedMessage[]; beside?: Appended['beside'] }
type Step = MessageStep | { run(db: Knex): Promise<unknown> }

function isPlain(step: Step): step is MessageStep {
  return 'messages' in step && !step.beside && step.messages.every(({ mentions }) => mentions.length === 0)
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
      return batch.map(() => ({ error: unavailable(error) }))
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
      return steps.flatMap(({ messages }) => messages.map(({ id }) => ({ value: id })))
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
   * Runs one step inside the transaction, and undoes only this step if it fails. Rejects if that is not possible: then the
   * database has given up the whole transaction.
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

function toSteps(batch: readonly Work[]): Step[] {
  const steps: Step[] = []
  let open: NumberedMessage[] | undefined
  for (const work of batch) {
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
