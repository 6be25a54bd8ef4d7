import type { AccountRead, ReadChange } from '../chat/ports/read-store.ts'
import type { Page } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import type { StoreAccess } from './access.ts'
import * as reading from './read-markers.ts'

/** The part of the Store for what accounts have read, and what is unread. */
export function unreadStore(access: StoreAccess) {
  const { committer } = access
  return {
    readOf(account: number): Promise<AccountRead> {
      return access.read((db) => reading.readOf(db, account))
    },

    saveRead(changes: readonly ReadChange[]): Promise<void> {
      return committer.change((db) => reading.saveRead(db, changes))
    },

    countUnread(...[walks, limit, but]: Parameters<Store['countUnread']>): ReturnType<Store['countUnread']> {
      return access.read((db) =>
        reading.countUnread(reading.countUnreadQuery(db, walks, limit, but), walks, limit),
      )
    },

    receivedFrom(
      ...[account, from, page]: Parameters<Store['receivedFrom']>
    ): ReturnType<Store['receivedFrom']> {
      return access.read(async (db) =>
        (await reading.receivedFromQuery(db, account, from, page)).map(reading.toCounted),
      )
    },

    writersTo(account: number): ReturnType<Store['writersTo']> {
      return access.read(async (db) => await reading.writersQuery(db, account))
    },

    received(account: number, page: Page): ReturnType<Store['received']> {
      return access.read(async (db) =>
        (await reading.receivedQuery(db, account, page)).map(reading.toCounted),
      )
    },

    countMentioning(
      ...[account, page, of]: Parameters<Store['countMentioning']>
    ): ReturnType<Store['countMentioning']> {
      return access.read((db) =>
        reading.countMentioning(reading.countMentioningQuery(db, account, page, of), page, of),
      )
    },
  } satisfies Partial<Store>
}
