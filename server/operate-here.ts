import { Counts } from './chat/machine/counts.ts'
import type { Config } from './config/schema.ts'
import type { Log } from './lib/log.ts'
import { filesIn } from './lib/places.ts'
import { adminParts } from './operator/admin.ts'
import type { ControlAnswer, ControlRequest } from './operator/control.ts'
import { openStoreIn } from './operator/open-store.ts'
import { perform } from './operator/perform.ts'
import { buildServices, type Outside } from './services.ts'
import { DiskVault } from './transfer/disk-vault.ts'

/** What an action needs from outside where no server runs. */
export interface Surroundings extends Pick<Outside, 'clock' | 'secrets' | 'hasher'> {
  readonly log: Log
}

/** Does an operator's action in the data directory, which nobody else uses. @throws StoreOpenError */
export async function operateHere(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { log } = surroundings
  const store = await openStoreIn(config, log, new Counts())
  try {
    const vault = DiskVault.at(filesIn(config.dataDirectory))
    const { services } = await buildServices(config, store, { ...surroundings, vault }, false)
    const answer = await perform(adminParts(config, services, store), request, log)
    // What cannot be finished is noted, and takes nothing from what was done.
    await services.forgetting.finish().catch(() => undefined)
    return answer
  } finally {
    await store.close()
  }
}
