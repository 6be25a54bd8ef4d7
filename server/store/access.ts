import type { Knex } from 'knex'
import type { MessageRecord, Page } from '../chat/ports/records.ts'
import type { Committer } from './committer.ts'
import { closedError, unavailable } from './errors.ts'
import { type MessageRow, toMessage } from './rows.ts'
import type { ScanOptions, Scans } from './scans.ts'

/** How the parts of the store reach the database: changes go through the committer, and reads have connections of their own. */
export class StoreAccess {
  readonly committer: Committer
  readonly #reader: Knex
  readonly #scans: Scans
  #isClosed = false

  constructor(parts: { committer: Committer; reader: Knex; scans: Scans }) {
    this.committer = parts.committer
    this.#reader = parts.reader
    this.#scans = parts.scans
  }

  /** Refuses everything from now on. */
  close(): void {
    this.#isClosed = true
  }

  /** Throws StoreUnavailable once the store is being closed. */
  requireOpen(): void {
    if (this.#isClosed) throw closedError()
  }

  /** Runs a query that is quick. Rejects with StoreUnavailable. */
  async read<T>(query: (db: Knex) => Promise<T>): Promise<T> {
    this.requireOpen()
    try {
      return await query(this.#reader)
    } catch (error) {
      throw unavailable(error)
    }
  }

  /** Runs a query that may take long, on connections of its own: see Scans. */
  async scan<T>(query: (db: Knex) => Promise<T>, options: ScanOptions): Promise<T> {
    try {
      return await this.#scans.run(query, options)
    } catch (error) {
      if (options.signal?.aborted && error === options.signal.reason) throw error
      throw unavailable(error)
    }
  }

  /** Reads a page of messages, oldest first. */
  messages(query: (db: Knex) => PromiseLike<MessageRow[]>, page: Page): Promise<MessageRecord[]> {
    return this.read(async (db) => oldestFirst(await query(db), page))
  }

  /** Reads a page of messages by a query that may take long. */
  longMessages(
    query: (db: Knex) => PromiseLike<MessageRow[]>,
    page: Page,
    options: ScanOptions,
  ): Promise<MessageRecord[]> {
    return this.scan(async (db) => oldestFirst(await query(db), page), options)
  }
}

/** Puts rows into the order that the port promises. A query is newest first, so that it can stop at its limit, unless its page begins at the oldest. */
function oldestFirst(rows: MessageRow[], { oldest }: Page): MessageRecord[] {
  return (oldest ? rows : rows.reverse()).map(toMessage)
}
