import type { Knex } from 'knex'
import type { StoreLog } from './log.ts'

/** The part of the queue of changes that the index uses. */
interface Changes {
  change<T>(run: (db: Knex) => Promise<T>): Promise<T>
}

/** Indexes at most `limit` messages above `after`; returns the number up to which the index is complete then. */
export type IndexNext = (db: Knex, after: number, limit: number, newest: number) => Promise<number>

/** How many messages are indexed in one change. It takes some 6 ms, and a new message waits for one slice at most. */
const slice = 1000
/** How many messages may be missing before they are indexed though nobody searches. */
const tolerated = 2000

/**
 * Keeps the full-text index up to date without delaying messages: messages are indexed before a search, and when two thousand
 * are missing, in slices that are changes in the common queue. The database has the number up to which the index is complete. It
 * changes in the same transaction, so that after a crash no message is missing and none is indexed twice.
 */
export class SearchIndex {
  readonly #changes: Changes
  readonly #next: IndexNext
  readonly #log: StoreLog | undefined
  #position: number
  #newest: number
  #wakeAt: number
  #slicing: Promise<void> | undefined
  #stopped = false

  /** `position` is the number up to which the index is complete, `newest` the highest number of a message. */
  constructor(parts: {
    changes: Changes
    next: IndexNext
    position: number
    newest: number
    log?: StoreLog | undefined
  }) {
    this.#changes = parts.changes
    this.#next = parts.next
    this.#log = parts.log
    this.#position = parts.position
    this.#newest = parts.newest
    this.#wakeAt = parts.newest + tolerated
  }

  /** Messages above this number are missing; undefined if none are. */
  get missingAbove(): number | undefined {
    return this.#newest > this.#position ? this.#position : undefined
  }

  /** Notes that a message is stored. */
  stored(id: number): void {
    this.#newest = id
    if (id >= this.#wakeAt) this.catchUp()
  }

  /** Brings the index up to date in the background. Logs a failure, and tries again some messages later. */
  catchUp(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY
    this.#catchUp().then(
      () => {
        this.#wakeAt = this.#position + tolerated
      },
      (error: unknown) => {
        this.#wakeAt = this.#newest + tolerated
        this.#log?.warn({ err: error }, 'messages could not be indexed for /search')
      },
    )
  }

  /** Does not index messages that came meanwhile, unless they are many: otherwise each message would cost a commit. */
  async #catchUp(): Promise<void> {
    do await this.upToDate()
    while (this.#newest - this.#position >= tolerated && !this.#stopped)
  }

  /** Resolves when all messages that were stored before the call are indexed. Rejects with StoreUnavailable. */
  async upToDate(): Promise<void> {
    const target = this.#newest
    while (this.#position < target && !this.#stopped) await this.#slice()
  }

  /** Begins no more slices; resolves when the running one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#slicing?.catch(() => undefined)
  }

  /** Indexes a slice; all callers wait for the same one. */
  #slice(): Promise<void> {
    this.#slicing ??= this.#runSlice().finally(() => {
      this.#slicing = undefined
    })
    return this.#slicing
  }

  async #runSlice(): Promise<void> {
    const newest = this.#newest
    this.#position = await this.#changes.change((db) => this.#next(db, this.#position, slice, newest))
  }
}
