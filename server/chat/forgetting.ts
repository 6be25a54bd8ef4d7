import type { Clock } from '../lib/clock.ts'
import type { Accounts } from './accounts.ts'
import type { Files } from './files.ts'
import type { Outdated } from './keep-store.ts'
import { foldName } from './names.ts'
import type { Account } from './people.ts'
import type { Store } from './ports.ts'

/** How long messages are kept, in days, by channel where it differs; 0 is for ever. */
export interface KeepRules {
  readonly keepDays: number
  readonly channels: Readonly<Record<string, { readonly keepDays: number }>>
}

/** What was removed, or would be. */
export interface Pruned {
  readonly messages: number
  /** Whether nothing of it is left in the write-ahead log either. */
  readonly scrubbed: boolean
}

export interface Erased {
  readonly messages: number
  readonly files: number
  readonly scrubbed: boolean
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
  /** Messages went with an account that was deleted, and traces of their words may still be in the files. */
  #traces = false

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
    parts.accounts.onDeleted((_, fate) => {
      if (fate === 'remove') this.#traces = true
    })
  }

  /** Whether anything is to be forgotten by its age. */
  get hasRules(): boolean {
    return (
      this.#rules.keepDays > 0 || Object.values(this.#rules.channels).some(({ keepDays }) => keepDays > 0)
    )
  }

  /** Removes the traces of messages that were removed with their account, if there are any. */
  async sweep(): Promise<void> {
    if (this.#traces) await this.#scrub(false)
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
      for (let after: number | undefined = last; after !== undefined; ) {
        const { messages: found, next } = await this.#store.messagesAbout(account.id, after)
        messages += await this.#remove(found.map(({ id }) => id))
        last = Math.max(next ?? 0, found.at(-1)?.id ?? 0, last)
        after = next
      }
    }
    const files = this.#files.heldBy(account)
    await this.#accounts.delete(account, 'erase', { before: removeMessages })
    // What was on its way when the account ended.
    await removeMessages()
    await this.#files.settled()
    return { messages, files, scrubbed: await this.#scrub(true) }
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
      messages += await this.#pruneList({ channel: id, before, unreadBefore }, dryRun)
    }
    const changed = messages > 0 && !dryRun
    return { messages, scrubbed: !changed || (await this.#scrub(false)) }
  }

  async #scrub(rewrite: boolean): Promise<boolean> {
    const traces = this.#traces
    // Before: an account that is deleted meanwhile may leave new ones.
    this.#traces = false
    let scrubbed = false
    try {
      scrubbed = await this.#store.scrub(rewrite)
    } finally {
      if (!scrubbed) this.#traces ||= traces
    }
    return scrubbed
  }

  async #pruneList(what: Outdated, dryRun: boolean): Promise<number> {
    let count = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const stretch: Awaited<ReturnType<Store['outdated']>> = await this.#store.outdated(what, after)
      count += dryRun ? stretch.ids.length : await this.#remove(stretch.ids)
      after = stretch.next
    }
    return count
  }

  /** In steps, between which others have their turn. */
  async #remove(ids: readonly number[]): Promise<number> {
    for (let start = 0; start < ids.length; start += step)
      await this.#store.removeMessages(ids.slice(start, start + step))
    return ids.length
  }
}

/** A channel's name as it is compared; `#` would begin a comment in YAML, so that it may be left out. */
function keyOf(name: string): string {
  return foldName(name.replace(/^#/, ''))
}
