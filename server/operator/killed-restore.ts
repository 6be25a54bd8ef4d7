import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isLeftover } from '../lib/leftovers.ts'
import { handOver } from '../lib/ownership.ts'
import { databaseOf, filesIn, workContents } from '../lib/places.ts'

/** What a restore, or an import, puts together before it gets its place. */
export const restorePrefix = 'restore-'

/**
 * The folder of a restore that was killed in its last step, when the files had their place and the database had not: all
 * of it was checked by then, and is on disk. undefined if there is none.
 */
export function killedRestore(dataDirectory: string): string | undefined {
  if (existsSync(databaseOf(dataDirectory)) || !existsSync(filesIn(dataDirectory))) return undefined
  return readdirSync(dataDirectory)
    .filter((name) => isLeftover(join(dataDirectory, name), name, restorePrefix, workContents))
    .map((name) => join(dataDirectory, name))
    .find((folder) => existsSync(databaseOf(folder)) && !existsSync(filesIn(folder)))
}

/** Does the last step of such a restore, for who has the data directory; false if there is none. */
export function finishRestore(dataDirectory: string): boolean {
  const folder = killedRestore(dataDirectory)
  if (folder === undefined) return false
  renameSync(databaseOf(folder), databaseOf(dataDirectory))
  handOver(databaseOf(dataDirectory))
  rmSync(folder, { recursive: true, force: true })
  return true
}

/** What somebody reads who asked for anything else than the start of the server. */
export function killedRestoreText(dataDirectory: string): string {
  return `A restore into ${dataDirectory} was killed in its last step. All of it is there, and the next start of the server finishes it: start it first, or choose another directory with --data.`
}
