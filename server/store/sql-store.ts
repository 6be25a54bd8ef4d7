import type { Counts } from '../chat/machine/counts.ts'
import type { Store, Taking } from '../chat/ports/store.ts'
import { StoreAccess } from './access.ts'
import { accountStore } from './account-store.ts'
import * as accounts from './accounts.ts'
import { browserStore } from './browser-store.ts'
import { ChangeLog, lastLogged } from './change-log.ts'
import { channelStore } from './channel-store.ts'
import * as channels from './channels.ts'
import { Committer } from './committer.ts'
import { fileStore } from './file-store.ts'
import { keepStore } from './keep-store.ts'
import type { StoreLog } from './log.ts'
import { messageStore } from './message-store.ts'
import * as messages from './messages.ts'
import { MessageRemoval } from './removal.ts'
import { Scans } from './scans.ts'
import { SearchIndex } from './search-index.ts'
import { type Connections, truncateWal } from './sqlite/connect.ts'
import { indexedUpTo, indexNext } from './sqlite/full-text.ts'
import { lastMessageId, MessageInserts } from './sqlite/insert.ts'
import { sqliteTransactions } from './sqlite/transaction.ts'
import { unreadStore } from './unread-store.ts'

/**
 * The Store port, put together from its parts, on a database that is open and has the newest schema: see openStore. It takes
 * over the connections, and closes them in the end.
 */
export async function storeOn(connections: Connections, log?: StoreLog, counts?: Counts): Promise<Store> {
  const { reader, scanners, writer } = connections
  const newest = await lastMessageId(writer)
  const last = Math.max(newest, await lastLogged(writer))
  const inserts = new MessageInserts(() => connections.writerConnection())
  const { record } = await ChangeLog.of(writer)
  const position = await indexedUpTo(writer)
  const committer = new Committer(writer, {
    transactions: sqliteTransactions,
    insert: inserts.insert,
    record,
    last,
    stored: (id) => index.stored(id),
    counts,
  })
  const index = new SearchIndex({ changes: committer, next: indexNext, position, newest, log })
  index.catchUp()
  const scans = new Scans(scanners)
  const access = new StoreAccess({ committer, reader, scans })
  const removal = new MessageRemoval(access)
  let closing: Promise<void> | undefined

  const close = async () => {
    access.close()
    // Interrupt reads at once: they may take long.
    await Promise.all([scans.close(), index.stop(), committer.close()])
    await reader.destroy()
    await inserts.close()
    // If this fails, the next start takes a moment longer.
    await truncateWal(writer).catch(() => undefined)
    await writer.destroy()
  }

  return {
    ...accountStore(access, removal),
    ...browserStore(access),
    ...channelStore(access),
    ...messageStore(access, removal, index),
    ...unreadStore(access),
    ...fileStore(access),
    ...keepStore(access, removal),

    load(take) {
      return access.read(async (db) => {
        const lists = { accounts: [], channels: [], memberships: [] }
        const taking = take ?? takingInto(lists)
        for await (const records of accounts.loadAccounts(db)) taking.accounts(records)
        taking.channels(await channels.loadChannels(db))
        for await (const records of channels.loadMemberships(db)) taking.memberships(records)
        return {
          ...lists,
          lastMessageId: await lastMessageId(db),
          lastMessageAt: await messages.lastMessageAt(db),
        }
      })
    },

    ping: () =>
      committer.change(async (db) => void (await db('meta').where({ key: 'pings' }).increment('value'))),

    close() {
      closing ??= close()
      return closing
    },
  }
}

/** Puts all records into lists. */
function takingInto(lists: Pick<Awaited<ReturnType<Store['load']>>, keyof Taking>): Taking {
  return {
    accounts: (records) => void lists.accounts.push(...records),
    channels: (records) => void lists.channels.push(...records),
    memberships: (records) => void lists.memberships.push(...records),
  }
}
