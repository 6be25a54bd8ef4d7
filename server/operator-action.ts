import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from './config/schema.ts'
import { databaseOf } from './data/places.ts'
import type { Surroundings } from './offline-action.ts'
import {
  askServer,
  type ControlAnswer,
  ControlError,
  type ControlRequest,
  DataDirectoryInUse,
} from './operator/control/control.ts'
import {
  checkDataDirectory,
  DataDirectoryError,
  holdDataDirectory,
  makeDataDirectory,
  requireMounted,
} from './operator/directory/data-directory.ts'
import { killedRestoreText } from './operator/directory/killed-restore.ts'
import { isReadOnlyData } from './operator/directory/read-only.ts'
import { noDatabase, remainsIn } from './operator/directory/remains.ts'

/** What may be the first thing that is done with a data directory, and makes its database. */
const beginning = 'createsuperuser'
/** How often a server may come or go while it is asked. */
const tries = 5
/** What only reads, and can be done where nothing may be written. */
const reading: readonly string[] = ['userlist', 'messagelist', 'tokens', 'prune']

function onlyReads({ action, options }: ControlRequest): boolean {
  return (
    reading.includes(action) &&
    (action !== 'tokens' || options['revoke'] === undefined) &&
    (action !== 'prune' || options['dryRun'] === true)
  )
}

/**
 * Does an operator's action: in the running server, which acts at once, or else in the data directory,
 * where it is opened for just that long.
 * @throws DataDirectoryError, StoreOpenError, ControlError
 */
export async function doOperatorAction(
  config: Config,
  surroundings: Surroundings,
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { dataDirectory } = config
  const begins = request.action === beginning
  // It asks for the name before there is a password, and then begins.
  const asksFirst = request.action === 'finduser'
  if (begins) await makeDataDirectory(dataDirectory)
  else if (!asksFirst) await checkDataDirectory(dataDirectory)
  const inCopyOnly = onlyReads(request) && isReadOnlyData(dataDirectory)
  for (let tried = 0; tried < tries; tried++) {
    const answered = await askServer(dataDirectory, request).catch((error: unknown) => {
      // Whoever may read the database needs nobody who may not be asked.
      if (inCopyOnly && error instanceof ControlError) return undefined
      throw error
    })
    if (answered) return answered
    requireMounted(dataDirectory)
    if (request.action === 'status') return notRunning(dataDirectory)
    const isNew = !existsSync(databaseOf(dataDirectory))
    const killed = isNew ? await killedRestoreText(dataDirectory) : undefined
    if (killed !== undefined) throw new DataDirectoryError(killed)
    if (isNew && asksFirst) return await checkedName(request)
    if (isNew && !begins) throw new DataDirectoryError(noDatabase(dataDirectory))
    if (inCopyOnly) {
      const { inCopy } = await import('./operator/directory/read-only.ts')
      const { doOfflineAction } = await import('./offline-action.ts')
      return await inCopy(dataDirectory, (folder) =>
        doOfflineAction({ ...config, dataDirectory: folder }, surroundings, request),
      )
    }
    const control = await holdDataDirectory(dataDirectory, 'command').catch((error: unknown) => {
      if (error instanceof DataDirectoryInUse) return undefined
      throw error
    })
    if (!control) continue
    try {
      // Most is asked of a running server, which needs none of what this loads.
      const { doOfflineAction } = await import('./offline-action.ts')
      const remains = isNew ? remainsIn(dataDirectory) : []
      const answer = await doOfflineAction(config, surroundings, request)
      return isNew ? begun(dataDirectory, answer, remains) : answer
    } finally {
      await control.leave()
    }
  }
  throw new ControlError(`The server that uses ${dataDirectory} comes and goes. Look into its log.`)
}

/** Whether there could be an account of that name, where there is no database yet. */
async function checkedName({ options }: ControlRequest): Promise<ControlAnswer> {
  const { checkName } = await import('./chat/model/names.ts')
  try {
    checkName(String(options['name']))
    return { ok: true, data: {} }
  } catch (error) {
    const { failureText } = await import('./dialects/failure-text.ts')
    const { problemOf } = await import('./session/dispatch.ts')
    const problem = problemOf(error)
    return { ok: false, code: problem.code, message: failureText(problem) }
  }
}

/** Says that a database was made; where it was in vain, there is none. */
function begun(dataDirectory: string, answer: ControlAnswer, remains: readonly string[]): ControlAnswer {
  const file = resolve(databaseOf(dataDirectory))
  if (answer.ok) return { ok: true, data: { ...(answer.data as object), madeDatabase: file, remains } }
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
  return answer
}

function notRunning(dataDirectory: string): ControlAnswer {
  const message = `No server runs with the data directory ${dataDirectory}.`
  return { ok: false, code: 'not-running', message }
}
