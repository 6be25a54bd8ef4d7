import type { Clock } from '../../lib/clock.ts'
import type { Deletion } from '../accounts/deletion.ts'
import type { Files } from '../files/files.ts'
import type { FileRemoval } from '../files/removal.ts'
import { fail } from '../model/failures.ts'
import { foldName } from '../model/names.ts'
import type { Account } from '../model/people.ts'
import type { Outdated } from '../ports/keep-store.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'

/** How long messages are kept, in days, with exceptions for some channels; 0 means for ever. */
export interface KeepRules {
  readonly keepDays: number
  readonly channels: Readonly<Record<string, { readonly keepDays: number }>>
}

/** Whether no traces of removed messages are left in the files; traces are noted and removed later. */
export interface Scrubbed {
  readonly scrubbed: boolean
  /** A reader still uses the old state, or the file cannot be written, for example because the disk is full. */
  readonly left?: 'in-use' | 'failed'
}

/** The number of messages that were removed, or would be. */
export interface Pruned extends Scrubbed {
  readonly messages: number
}

export interface Erased extends Scrubbed {
  readonly messages: number
  readonly files: number
  /** The number of files whose bytes could not be removed yet; a server removes them later. */
  readonly bytesLeft: number
}

const dayMs = 86_400_000
/**
 * How many messages are removed in one change. It takes a few milliseconds, and new messages wait no longer than
 * that.
 */
const step = 20

/**
 * Removes old messages, and people who want to be forgotten. A direct message that its receiver has not seen yet may
 * get twice as old as others.
 */
export class Forgetting {
  readonly #store: Store
  readonly #clock: Clock
  readonly #deletion: Deletion
  readonly #files: Files
  readonly #fileRemoval: FileRemoval
  readonly #rules: KeepRules

  constructor(parts: {
    store: Store
    clock: Clock
    deletion: Deletion
    files: Files
    fileRemoval: FileRemoval
    /** Read each time, because it may change. */
    rules: KeepRules
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#deletion = parts.deletion
    this.#files = parts.files
    this.#fileRemoval = parts.fileRemoval
    this.#rules = parts.rules
  }

  /** Whether any rule removes messages by age. */
  get hasRules(): boolean {
    return (
      this.#rules.keepDays > 0 || Object.values(this.#rules.channels).some(({ keepDays }) => keepDays > 0)
    )
  }

  /** Finishes earlier work: deletions of accounts, and traces of removed messages. */
  async finish(): Promise<void> {
    await this.finishEndings()
    await this.sweep()
  }

  /** Finishes deletions of accounts. */
  async finishEndings(): Promise<void> {
    await this.#deletion.finishEndings((account, fate) =>
      fate === 'erase' ? async () => void (await this.#removeAbout(account, 0)) : undefined,
    )
  }

  /** Removes the traces of removed messages, if there are any. */
  async sweep(): Promise<void> {
    const need = await this.#store.scrubNeed()
    if (need !== 'none') await this.#store.scrub(need === 'all')
  }

  /** Removes old messages by the rules. */
  async tidy(dryRun = false): Promise<Pruned> {
    const now = this.#clock.now()
    const { channels, keepDays } = this.#rules
    const special = new Map(Object.entries(channels).map(([name, rule]) => [keyOf(name), rule.keepDays]))
    return this.#prune(dryRun, undefined, (name) => {
      const days = (name === undefined ? undefined : special.get(keyOf(name))) ?? keepDays
      return days > 0 ? now - days * dayMs : undefined
    })
  }

  /** Removes messages from before a time (ms since the epoch), everywhere or in one channel, open or closed. */
  prune(before: number, channel: string | undefined, dryRun = false): Promise<Pruned> {
    return this.#prune(dryRun, channel, () => before)
  }

  /**
   * Deletes an account with all its messages, the direct messages to it, its files and its name. The files of the
   * database are rewritten; no messages are stored meanwhile.
   */
  async erase(account: Account): Promise<Erased> {
    let last = 0
    let messages = 0
    const removeMessages = async () => {
      const removed = await this.#removeAbout(account, last)
      messages += removed.count
      last = removed.last
    }
    const files = this.#files.heldBy(account)
    await this.#deletion.delete(account, 'erase', { before: removeMessages })
    // Messages that were on their way when the account ended.
    await removeMessages()
    const bytesLeft = await this.#fileRemoval.undiscarded()
    return { messages, files, bytesLeft, ...(await this.#scrub(true)) }
  }

  /** Removes messages by and to an account above a number. */
  async #removeAbout(account: Account, above: number): Promise<{ count: number; last: number }> {
    let last = above
    let count = 0
    for (let after: number | undefined = above; after !== undefined; ) {
      const { messages: found, next } = await this.#store.messagesAbout(account.id, after)
      count += await this.#remove(found.map(({ id }) => id))
      last = Math.max(next ?? 0, found.at(-1)?.id ?? 0, last)
      after = next
    }
    return { count, last }
  }

  async #prune(
    dryRun: boolean,
    only: string | undefined,
    limitOf: (channel: string | undefined) => number | undefined,
  ): Promise<Pruned> {
    const channels = await this.#store.channelNames()
    const lists =
      only === undefined
        ? [...channels, { id: undefined, name: undefined }]
        : channels.filter(({ name }) => keyOf(name) === keyOf(only))
    let messages = 0
    for (const { id, name } of lists) {
      const before = limitOf(name)
      if (before === undefined) continue
      const unreadBefore = before - (this.#clock.now() - before)
      messages += await this.#pruneList({ channel: id, before, unreadBefore }, dryRun, messages)
    }
    const changed = messages > 0 && !dryRun
    return { messages, ...(changed ? await this.#scrub(false) : { scrubbed: true }) }
  }

  /** Removes traces. If it fails, the messages are removed all the same; the rest is noted and tried again. */
  async #scrub(rewrite: boolean): Promise<Scrubbed> {
    try {
      return (await this.#store.scrub(rewrite)) ? { scrubbed: true } : { scrubbed: false, left: 'in-use' }
    } catch (error) {
      if (error instanceof StoreUnavailable) return { scrubbed: false, left: 'failed' }
      throw error
    }
  }

  /** `done` is the number of messages removed from other lists before. */
  async #pruneList(what: Outdated, dryRun: boolean, done: number): Promise<number> {
    let count = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const stretch: Awaited<ReturnType<Store['outdated']>> = await this.#store.outdated(what, after)
      count += dryRun
        ? stretch.ids.length
        : await this.#remove(stretch.ids, { channel: what.channel, done: done + count })
      after = stretch.next
    }
    return count
  }

  /**
   * Works in steps, between which others have their turn. Messages go for their `age` by the list of a channel, or that of
   * what was said in none: the log says once up to where. `age.done` is the number removed before, told in `half-done` if it
   * throws.
   */
  async #remove(
    ids: readonly number[],
    age?: { readonly channel: number | undefined; readonly done: number },
  ): Promise<number> {
    for (let start = 0; start < ids.length; start += step) {
      const removed = (age?.done ?? 0) + start
      const some = ids.slice(start, start + step)
      const entry = { kind: 'forgotten', channel: age?.channel, message: some.at(-1) } as const
      const told = age && { log: [entry], tell: () => undefined }
      await this.#store.removeMessages(some, told).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable) || !age || removed === 0) throw error
        const detail = `${removed} messages are removed; then the database could not be written. Prune again for the rest.`
        throw fail({ code: 'half-done', detail })
      })
    }
    return ids.length
  }
}

/** A channel's name in its form for comparison. `#` would begin a comment in YAML, so people may leave it out. */
function keyOf(name: string): string {
  return foldName(name.replace(/^#/, ''))
}
