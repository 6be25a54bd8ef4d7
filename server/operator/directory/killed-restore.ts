import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  isComplete,
  isInUse,
  isLeftover,
  markComplete,
  removePassing,
  syncNow,
  takeBackComplete,
} from '../../data/leftovers.ts'
import { databaseOf, filesIn, workContents } from '../../data/places.ts'
import { handOver } from '../../lib/ownership.ts'
import { why } from '../../store/errors.ts'
import { DataDirectoryError } from './data-directory.ts'
import { isReadOnly } from './read-only.ts'

/*
 * A restore or an import works in a folder of its own in the data directory. When everything is there, checked and on disk, the
 * command marks the folder as complete. Only then it moves everything to its place: the files first, the database last. If the
 * command is killed before the mark, nothing in the folder is ever used; if it is killed after the mark, the next start of the
 * server finishes the moves.
 */

/** The beginning of the name of such a folder. */
export const restorePrefix = 'restore-'

/** The files of SQLite without which a database is not complete. */
const sidecars = ['-journal', '-wal']

/** The folders that restores and imports have left in a data directory, or use now. */
function foldersIn(dataDirectory: string): string[] {
  if (!existsSync(dataDirectory)) return []
  return readdirSync(dataDirectory)
    .filter((name) => isLeftover(join(dataDirectory, name), name, restorePrefix, workContents))
    .map((name) => join(dataDirectory, name))
}

/** The name of a file beside the database of a folder that SQLite must merge into it first; undefined if there is none. */
function sidecarIn(folder: string): string | undefined {
  const database = databaseOf(folder)
  return sidecars.map((end) => `${database}${end}`).find((file) => existsSync(file))
}

/** Whether a folder can be moved to a path: nothing is there, or an empty folder. */
function isFree(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found === undefined || (found.isDirectory() && readdirSync(path).length === 0)
}

/**
 * Marks the folder of a restore as complete, and moves its contents to their places. The database comes last: as long as it is
 * missing, nobody uses the directory. Nothing here is awaited, so that only a SIGKILL can interrupt it.
 */
export function placeRestored(folder: string, dataDirectory: string): void {
  const sidecar = sidecarIn(folder)
  if (sidecar !== undefined) throw new Error(`${sidecar} is still there: the database is not closed`)
  // The server that finishes it may be another user than this one.
  for (const path of [filesIn(folder), databaseOf(folder)]) if (existsSync(path)) handOver(path)
  markComplete(folder)
  place(folder, dataDirectory)
}

function place(folder: string, dataDirectory: string): void {
  const files = { from: filesIn(folder), to: filesIn(dataDirectory) }
  const moves = existsSync(files.from)
  if (moves) renameSync(files.from, files.to)
  try {
    syncNow(dataDirectory)
    renameSync(databaseOf(folder), databaseOf(dataDirectory))
  } catch (error) {
    // Put it back to the rest.
    if (moves) renameSync(files.to, files.from)
    throw error
  }
  syncNow(dataDirectory)
  removePassing(folder)
}

/** The folder of a complete restore that was killed before everything was in its place; undefined if there is none. */
function completeIn(dataDirectory: string): string | undefined {
  if (existsSync(databaseOf(dataDirectory))) return undefined
  const complete = foldersIn(dataDirectory).filter((folder) => isComplete(folder))
  // If there are two, it is unknown which one was meant.
  const [folder] = complete.length === 1 ? complete : []
  if (folder === undefined || !existsSync(databaseOf(folder)) || sidecarIn(folder) !== undefined)
    return undefined
  return !existsSync(filesIn(folder)) || isFree(filesIn(dataDirectory)) ? folder : undefined
}

/**
 * Finishes a complete restore that was killed in its last steps. The caller has the data directory. `unused` are the folders of
 * incomplete restores: they stay as they are, and are never taken for complete.
 */
export function finishRestore(dataDirectory: string): { finished: boolean; unused: readonly string[] } {
  const complete = completeIn(dataDirectory)
  if (complete !== undefined) finish(complete, dataDirectory)
  const hasDatabase = existsSync(databaseOf(dataDirectory))
  const unused = foldersIn(dataDirectory).filter((folder) => {
    takeBackComplete(folder)
    // Everything is in its place: the command was killed while it removed its folder.
    const isEmpty = !existsSync(databaseOf(folder)) && !existsSync(filesIn(folder))
    if (isEmpty && hasDatabase) removePassing(folder)
    return !(isEmpty && hasDatabase)
  })
  return { finished: complete !== undefined, unused }
}

function finish(folder: string, dataDirectory: string): void {
  try {
    place(folder, dataDirectory)
  } catch (error) {
    throw new DataDirectoryError(
      `A restore or an import into ${dataDirectory} was killed in its last step, and cannot be finished: ${why(error, dataDirectory)}. All of it is in ${basename(folder)}.`,
      { cause: error },
    )
  }
}

/** The folders, by name, of restores that were killed and are not used, beside a database. */
export function unusedBeside(dataDirectory: string): string[] {
  return foldersIn(dataDirectory)
    .filter((folder) => existsSync(databaseOf(folder)) || existsSync(filesIn(folder)))
    .map((folder) => basename(folder))
}

/** The sentence for a complete restore that the next start of the server will finish; undefined if there is none. */
export function completeText(dataDirectory: string): string | undefined {
  if (completeIn(dataDirectory) === undefined) return undefined
  return `A restore or an import into ${dataDirectory} was killed in its last step. All of it is there, and the next start of the server finishes it: start it first, or choose another directory with --data.`
}

/**
 * The sentence for a person who needs a database where a restore or an import has left something or is running; undefined if
 * there is none.
 */
export async function killedRestoreText(dataDirectory: string): Promise<string | undefined> {
  const folders = foldersIn(dataDirectory)
  const names = folders.map((folder) => basename(folder)).join(', ')
  if (folders.length === 0) return undefined
  const canLook = !isReadOnly(dataDirectory)
  if (canLook)
    // A command that was killed at once has left it empty.
    for (const folder of folders)
      if (readdirSync(folder).length > 0 && (await isInUse(folder)))
        return `A restore or an import into ${dataDirectory} is under way, in ${basename(folder)}: wait for its end.`
  return (
    completeText(dataDirectory) ??
    `A restore or an import into ${dataDirectory} ${canLook ? 'was killed before its end' : 'has not come to its end'}: nothing of it is used. Start it again, which clears what it left, or remove ${names}.`
  )
}
