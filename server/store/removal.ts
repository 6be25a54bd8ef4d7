import type { Knex } from 'knex'
import type { KeepStore } from '../chat/ports/keep-store.ts'
import type { MessageChange } from '../chat/ports/records.ts'
import type { StoreAccess } from './access.ts'
import { deletions } from './change-log.ts'
import { removeFiles } from './files.ts'
import * as keep from './keep.ts'
import { editMessage, removeMessages } from './sqlite/full-text.ts'

/** The most messages that one change should remove: overwriting their words takes long. */
export const removalStep = 20

/** Removes words, and notes each time that traces of them are left until the next scrub. */
export class MessageRemoval {
  readonly #access: StoreAccess
  #times = 0

  constructor(access: StoreAccess) {
    this.#access = access
  }

  /** How often words were removed: a scrub that began before has not removed the traces of these. */
  get times(): number {
    return this.#times
  }

  /** Removes messages, and files, in a change of its own. Without `told`, the log says of each message that it is deleted. */
  async removeMessages(...[ids, told]: Parameters<KeepStore['removeMessages']>): Promise<void> {
    const { committer } = this.#access
    const change = told ?? {
      log: await this.#access.read((db) => deletions(db, ids)),
      tell: () => undefined,
    }
    const files = told?.files ?? []
    return committer.change(async (db) => {
      await this.remove(db, ids)
      if (files.length > 0) await removeFiles(db, files)
    }, change)
  }

  /** Removes messages within a change. */
  async remove(db: Knex, ids: readonly number[]): Promise<void> {
    this.#times++
    await removeMessages(db, ids)
    if (ids.length > 0) await keep.needScrub(db, 'traces')
  }

  /** Overwrites the words of a message within a change. Answers false if there is no such message. */
  async edit(db: Knex, change: MessageChange): Promise<boolean> {
    this.#times++
    const found = await editMessage(db, change)
    if (found) await keep.needScrub(db, 'traces')
    return found
  }
}
