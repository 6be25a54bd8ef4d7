import type { Counts } from '../chat/counts.ts'
import type { Store } from '../chat/ports.ts'
import type { Config } from '../config/schema.ts'
import type { Log } from '../lib/log.ts'
import { databaseOf } from '../lib/places.ts'
import { openStore } from '../store/open.ts'
import { closeToOthers } from './private-files.ts'

/** Opens the database in the data directory, for this user alone. @throws StoreOpenError */
export async function openStoreIn(
  { dataDirectory, store: { synchronous } }: Config,
  log: Log,
  counts: Counts,
): Promise<Store> {
  closeToOthers(dataDirectory, log)
  return await openStore({ file: databaseOf(dataDirectory), synchronous, log, counts })
}
