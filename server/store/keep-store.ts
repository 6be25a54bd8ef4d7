import type { ClockSeen, KeepStore, Outdated } from '../chat/ports/keep-store.ts'
import type { DeletionMode } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import * as keep from './keep.ts'
import type { MessageRemoval } from './removal.ts'
import { truncateWal } from './sqlite/connect.ts'
import { rewriteIndex } from './sqlite/full-text.ts'

/** The most commits between two looks at a store that is idle: monitoring makes some though nobody talks. */
const fewCommits = 10

/** The part of the Store for removing old data and its traces, and for the clock by which that is decided. */
export function keepStore(access: StoreAccess, removal: MessageRemoval) {
  const { committer } = access
  /** The number of commits at the last look whether the store is idle, and when the log was last moved into the database. */
  let lookedAt = 0
  let folded = 0
  return {
    channelNames(): ReturnType<KeepStore['channelNames']> {
      return access.read((db) => keep.channelNames(db))
    },

    outdated(what: Outdated, after: number): ReturnType<KeepStore['outdated']> {
      return access.read((db) => keep.outdated(db, what, after))
    },

    messagesAbout(account: number, after: number): ReturnType<KeepStore['messagesAbout']> {
      return access.scan((db) => keep.messagesAbout(db, account, after), { for: account })
    },

    setEnding(account: number, fate: DeletionMode): Promise<void> {
      return committer.change((db) => keep.setEnding(db, account, fate))
    },

    endings(): ReturnType<KeepStore['endings']> {
      return access.read(keep.endings)
    },

    clockSeen(): ReturnType<KeepStore['clockSeen']> {
      return access.read(keep.clockSeen)
    },

    setClockSeen(seen: ClockSeen): Promise<void> {
      return committer.change((db) => keep.setClockSeen(db, seen))
    },

    scrubNeed(): ReturnType<KeepStore['scrubNeed']> {
      return access.read(keep.scrubNeed)
    },

    removeMessages(...[ids, told]: Parameters<Store['removeMessages']>): Promise<void> {
      return removal.removeMessages(ids, told)
    },

    async scrub(rewrite: boolean): Promise<boolean> {
      const { times } = removal
      for (let first = true, more = true; more; first = false)
        more = await committer.change((db) => rewriteIndex(db, first))
      return committer.alone(async (db) => {
        if (rewrite) await db.raw('VACUUM')
        const isDone = await (rewrite ? truncateWal(db) : truncateWal(db, 0))
        if (isDone && removal.times === times) await keep.scrubbed(db, rewrite)
        return isDone
      })
    },

    async fold(): Promise<void> {
      access.requireOpen()
      const { commits } = committer
      const isIdle = commits - lookedAt <= fewCommits
      lookedAt = commits
      if (!isIdle || commits === folded) return
      if (await committer.alone((db) => truncateWal(db, 0))) folded = lookedAt = committer.commits
    },
  } satisfies Partial<Store>
}
