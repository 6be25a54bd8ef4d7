import { existsSync } from 'node:fs'
import type { Config } from './config/schema.ts'
import { databaseOf } from './lib/places.ts'
import type { Surroundings } from './operate-here.ts'
import {
  askServer,
  type ControlAnswer,
  ControlError,
  type ControlRequest,
  DataDirectoryInUse,
} from './operator/control.ts'
import {
  checkDataDirectory,
  DataDirectoryError,
  holdDataDirectory,
  makeDataDirectory,
} from './operator/data-directory.ts'

/** What may be the first thing that is done with a data directory. */
const beginnings: readonly string[] = ['finduser', 'createsuperuser', 'checkname', 'registeruser']
/** How often a server may come or go while it is asked. */
const tries = 5

/**
 * Does an operator's action: in the running server, which acts at once, or else in the data directory,
 * where it is opened for just that long.
 * @throws DataDirectoryError, StoreOpenError, ControlError
 */
export async function operate(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { dataDirectory } = config
  const begins = beginnings.includes(request.action)
  if (begins) await makeDataDirectory(dataDirectory)
  else await checkDataDirectory(dataDirectory)
  for (let tried = 0; tried < tries; tried++) {
    const answered = await askServer(dataDirectory, request)
    if (answered) return answered
    if (request.action === 'status') return notRunning(dataDirectory)
    if (!begins && !existsSync(databaseOf(dataDirectory)))
      throw new DataDirectoryError(`There is no database in ${dataDirectory}. Is that the right directory?`)
    const control = await holdDataDirectory(dataDirectory, 'command').catch((error: unknown) => {
      if (error instanceof DataDirectoryInUse) return undefined
      throw error
    })
    if (!control) continue
    try {
      // Most is asked of a running server, which needs none of what this loads.
      const { operateHere } = await import('./operate-here.ts')
      return await operateHere(config, surroundings, request)
    } finally {
      await control.leave()
    }
  }
  throw new ControlError(`The server that uses ${dataDirectory} comes and goes. Look into its log.`)
}

function notRunning(dataDirectory: string): ControlAnswer {
  const message = `No server runs with the data directory ${dataDirectory}.`
  return { ok: false, code: 'not-running', message }
}
