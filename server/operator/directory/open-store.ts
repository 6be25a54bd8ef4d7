import type { Counts } from '../../chat/machine/counts.ts'
import type { Store } from '../../chat/ports/store.ts'
import { VaultUnusable } from '../../chat/ports/vault.ts'
import type { Config } from '../../config/schema.ts'
import { databaseOf, filesIn } from '../../data/places.ts'
import type { Log } from '../../log/log.ts'
import { openStore, StoreOpenError } from '../../store/open.ts'
import { DiskVault } from '../../transfer/disk-vault.ts'
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

/** Opens the folder of files there. @throws StoreOpenError */
export async function openVaultIn({ dataDirectory }: Config, counts: Counts): Promise<DiskVault> {
  return await DiskVault.in(filesIn(dataDirectory), counts).catch((error: unknown) => {
    throw error instanceof VaultUnusable ? new StoreOpenError(error.message, { cause: error }) : error
  })
}
