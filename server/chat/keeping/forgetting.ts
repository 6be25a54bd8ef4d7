import type { Clock } from '../../lib/clock.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Files } from '../files/files.ts'
import { fail } from '../model/failures.ts'
import { foldName } from '../model/names.ts'
import type { Account } from '../model/people.ts'
import type { Outdated } from '../ports/keep-store.ts'
import type { Store } from '../ports/store.ts'
import { StoreUnavailable } from '../ports/store-errors.ts'

/** How long messages are kept, in days, by channel where it differs; 0 is for ever. */
export interface KeepRules {
  readonly keepDays: number
  readonly channels: Readonly<Record<string, { readonly keepDays: number }>>
}

/** Whether nothing of what was removed is left in the files; if there is, it is noted, and removed later. */
export interface Scrubbed {
  readonly scrubbed: boolean
  /** Somebody reads what was before, or it cannot be written: there is no room, for example. */
  readonly left?: 'in-use' | 'failed'
}

/** What was removed, or would be. */
export interface Pruned extends Scrubbed {
  readonly messages: number
}

export interface Erased extends Scrubbed {
  readonly messages: number
  readonly files: number
  /** Of how many files the bytes could not be removed yet: a server does that later. */
  readonly bytesLeft: number
}

const dayMs = 86_400_000
/** So many messages are removed in one change, a few milliseconds: what is said meanwhile waits no longer. */
const step = 20

/**
 * Forgets what is too old and who wants to be forgotten. A direct message that its receiver was not shown yet may get
 * twice as old as others.
 */
export class Forgetting {
  readonly #store: Store
  readonly #clock: Clock
  readonly #accounts: Accounts
  readonly #files: Files
  readonly #rules: KeepRules

  constructor(parts: {
    store: Store
    clock: Clock
    accounts: Accounts
    files: Files
    /** Looked at each time: it may change. */
    rules: KeepRules
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#accounts = parts.accounts
    this.#files = parts.files
    this.#rules = parts.rules
  }

  /** Whether anything is to be forgotten by its age. */
  get hasRules(): boolean {
    return (
      this.#rules.keepDays > 0 || Object.values(this.#rules.channels).some(({ keepDays }) => keepDays > 0)
    )
  }

  /** Finishes what could not be done before: accounts that end, and traces of what was removed. */
  async finish(): Promise<void> {
    await this.finishEndings()
    await this.sweep()
  }

  /** Goes on with accounts whose end could not be finished. */
  async finishEndings(): Promise<void> {
    await this.#accounts.finishEndings((account, fate) =>
      fate === 'erase' ? async () => void (await this.#removeAbout(account, 0)) : undefined,
    )
  }

  /** Removes the traces of what was removed, if there are any. */
  async sweep(): Promise<void> {
    const need = await this.#store.scrubNeed()
    if (need !== 'none') await this.#store.scrub(need === 'all')
  }

  /** Removes what the rules say. */
  async tidy(dryRun = false): Promise<Pruned> {
    const now = this.#clock.now()
    const { channels, keepDays } = this.#rules
    const special = new Map(Object.entries(channels).map(([name, rule]) => [keyOf(name), rule.keepDays]))
    return this.#prune(dryRun, undefined, (name) => {
      const days = (name === undefined ? undefined : special.get(keyOf(name))) ?? keepDays
      return days > 0 ? now - days * dayMs : undefined
    })
  }

  /** Removes what was said before a time (ms since the epoch), everywhere or in a channel, open or closed. */
  prune(before: number, channel: string | undefined, dryRun = false): Promise<Pruned> {
    return this.#prune(dryRun, channel, () => before)
  }

  /**
   * Deletes an account with all that it said and all that was said to it directly, its files and its name. The
   * files of the database are rewritten: nobody's messages are stored meanwhile.
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
    await this.#accounts.delete(account, 'erase', { before: removeMessages })
    // What was on its way when the account ended.
    await removeMessages()
    const bytesLeft = await this.#files.undiscarded()
    return { messages, files, bytesLeft, ...(await this.#scrub(true)) }
  }

  /** Removes what an account said and what was said to it, above a number. */
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

  /** What was removed is removed, whatever comes of this: it is noted, and tried again. */
  async #scrub(rewrite: boolean): Promise<Scrubbed> {
    try {
      return (await this.#store.scrub(rewrite)) ? { scrubbed: true } : { scrubbed: false, left: 'in-use' }
    } catch (error) {
      if (error instanceof StoreUnavailable) return { scrubbed: false, left: 'failed' }
      throw error
    }
  }

  /** `done`: how many were removed from other lists before. */
  async #pruneList(what: Outdated, dryRun: boolean, done: number): Promise<number> {
    let count = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const stretch: Awaited<ReturnType<Store['outdated']>> = await this.#store.outdated(what, after)
      count += dryRun ? stretch.ids.length : await this.#remove(stretch.ids, done + count)
      after = stretch.next
    }
    return count
  }

  /** In steps, between which others have their turn. `done`: how many were removed before. Throws `half-done` then. */
  async #remove(ids: readonly number[], done?: number): Promise<number> {
    for (let start = 0; start < ids.length; start += step) {
      const removed = (done ?? 0) + start
      await this.#store.removeMessages(ids.slice(start, start + step)).catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable) || done === undefined || removed === 0) throw error
        const detail = `${removed} messages are removed; then the database could not be written. Prune again for the rest.`
        throw fail({ code: 'half-done', detail })
      })
    }
    return ids.length
  }
}

/** A channel's name as it is compared; `#` would begin a comment in YAML, so that it may be left out. */
function keyOf(name: string): string {
  return foldName(name.replace(/^#/, ''))
}
