import type { Knex } from 'knex'
import type { StoreLog } from './log.ts'

/** The queue of changes, as far as the index needs it. */
interface Changes {
  change<T>(run: (db: Knex) => Promise<T>): Promise<T>
}

/** Indexes at most `limit` messages above `after`; answers up to where the index is complete then. */
export type IndexNext = (db: Knex, after: number, limit: number, newest: number) => Promise<number>

/** So many messages are indexed in one change, which takes some 6 ms: a message waits for one slice at most. */
const slice = 1000
/** So many may be missing before they are indexed without anybody searching. */
const tolerated = 2000

/**
 * Keeps the full-text index off the way of a message: it is brought up to date before a search and when
 * it is two thousand messages behind, in slices, as changes in the same queue as all others. How far it is
 * stands in the database and changes in the same transaction, so a crash makes no gap and nothing twice.
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

  /** `position` is how far the index is, `newest` the highest message number. */
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

  /** A message is stored. */
  stored(id: number): void {
    this.#newest = id
    if (id >= this.#wakeAt) this.catchUp()
  }

  /** Brings the index up to date in the background. A failure is logged and tried again some messages later. */
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

  /** Leaves what came in meanwhile, unless it is many: otherwise the index would get a commit for every message. */
  async #catchUp(): Promise<void> {
    do await this.upToDate()
    while (this.#newest - this.#position >= tolerated && !this.#stopped)
  }

  /** Resolves once all that was stored before the call is indexed. Rejects with StoreUnavailable. */
  async upToDate(): Promise<void> {
    const target = this.#newest
    while (this.#position < target && !this.#stopped) await this.#slice()
  }

  /** No further slice is begun; resolves after the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#slicing?.catch(() => undefined)
  }

  /** One slice at a time, whoever waits for it. */
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
