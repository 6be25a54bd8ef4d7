import type { Store } from '../../chat/ports/store.ts'
import type { Services } from '../../commands/services.ts'
import type { Config } from '../../config/schema.ts'
import { databaseOf } from '../../data/places.ts'
import { diskSpace } from '../../lib/disk-space.ts'
import { zoneOf } from '../../lib/zones.ts'
import { copiesOf } from '../../store/backup.ts'
import { accountActions } from './account-actions.ts'
import type { Action, AdminParts } from './action.ts'
import { messageActions } from './message-actions.ts'
import { serverActions } from './server-actions.ts'

/** The contents of a data directory, as the actions find them. */
export function adminParts(
  { dataDirectory, limits, terminal }: Config,
  services: Services,
  store: Store,
): AdminParts {
  return {
    services,
    store,
    // Read the current values at each access.
    get zone() {
      return zoneOf(terminal.timeZone)
    },
    get lineBytes() {
      return limits.lineBytes
    },
    space: () => diskSpace(dataDirectory, databaseOf(dataDirectory)),
    copies: () => copiesOf(databaseOf(dataDirectory)),
  }
}

/** The actions of the operator's command line. They throw Failures as commands do. */
export const adminActions: Readonly<Record<string, Action>> = {
  ...serverActions,
  ...accountActions,
  ...messageActions,
}
