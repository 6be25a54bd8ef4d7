import { Counts } from './chat/machine/counts.ts'
import type { Config } from './config/schema.ts'
import { filesIn } from './data/places.ts'
import type { Log } from './log/log.ts'
import { adminParts } from './operator/control/admin.ts'
import type { ControlAnswer, ControlRequest } from './operator/control/control.ts'
import { runAction } from './operator/control/run-action.ts'
import { openStoreIn } from './operator/directory/open-store.ts'
import { buildServices, type Outside } from './services.ts'
import { DiskVault } from './transfer/disk-vault.ts'

/** What an action needs from outside where no server runs. */
export interface Surroundings extends Pick<Outside, 'clock' | 'secrets' | 'hasher'> {
  readonly log: Log
}

/** Does an operator's action in the data directory, which nobody else uses. @throws StoreOpenError */
export async function doOfflineAction(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { log } = surroundings
  const store = await openStoreIn(config, log, new Counts())
  try {
    const vault = DiskVault.at(filesIn(config.dataDirectory))
    const { services } = await buildServices(config, store, { ...surroundings, vault }, false)
    const answer = await runAction(adminParts(config, services, store), request, log)
    // What cannot be finished is noted, and takes nothing from what was done.
    await services.forgetting.finish().catch(() => undefined)
    return answer
  } finally {
    await store.close()
  }
}
