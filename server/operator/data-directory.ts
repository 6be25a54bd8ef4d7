import { accessSync, constants, existsSync, readlinkSync, statSync } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { type FileLock, isOpenElsewhere, lockFile } from '../lib/file-lock.ts'
import { handOver, ownerHint } from '../lib/ownership.ts'
import { databaseOf, filesIn, lockOf } from '../lib/places.ts'
import { askToRelease, type Control, ControlError, DataDirectoryInUse, listenForOperator } from './control.ts'

/** The data directory cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

/**
 * Refuses a link that leads nowhere, as where a disk is not mounted: what is made in its place would hide what is on
 * the disk, and nothing may be removed for it.
 * @throws DataDirectoryError
 */
export function requireMounted(dataDirectory: string): void {
  for (const path of [dataDirectory, databaseOf(dataDirectory), filesIn(dataDirectory)]) {
    if (existsSync(path)) continue
    const link = linkAt(path)
    if (link !== undefined)
      throw new DataDirectoryError(`${path} is a link to ${link}, which is not there. Is the disk mounted?`)
  }
  const database = databaseOf(dataDirectory)
  if (existsSync(database) && !statSync(database).isFile())
    throw new DataDirectoryError(`${database} is no file. Move it away.`)
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** Makes it where it is missing, for this user alone. @throws DataDirectoryError */
export async function makeDataDirectory(dataDirectory: string): Promise<void> {
  requireMounted(dataDirectory)
  const made = await mkdir(dataDirectory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
  if (made !== undefined) handOver(made)
}

/** @throws DataDirectoryError if there is none. */
export async function checkDataDirectory(dataDirectory: string): Promise<void> {
  if (linkAt(dataDirectory) !== undefined) requireMounted(dataDirectory)
  const found = await stat(dataDirectory).catch((error: unknown) => {
    throw unusable(dataDirectory, error)
  })
  if (!found.isDirectory())
    throw new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: it is a file.`)
}

/** A data directory that this process has to itself. */
export interface Held extends Control {
  /** Gives it free, and resolves when it is. */
  leave(): Promise<void>
}

/** How long a holder may not be reachable, as in the moment in which a server starts. */
const patienceMs = 10_000
const pollMs = 50

/**
 * Takes it for this process alone, before the database is touched. The lock is a file that the operating system locks;
 * the socket beside it is only the way to ask who has it. A command that has it is waited for.
 * @throws DataDirectoryInUse, DataDirectoryError, ControlError
 */
export async function holdDataDirectory(dataDirectory: string, holder: 'server' | 'command'): Promise<Held> {
  requireMounted(dataDirectory)
  try {
    await access(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK)
    const lock = await lockOnce(dataDirectory, holder)
    const control = await listenForOperator(dataDirectory, holder).catch(async (error: unknown) => {
      await lock.release()
      throw error
    })
    return {
      ...control,
      leave: () => control.close(() => lock.release()),
    }
  } catch (error) {
    // What the kernel refuses inside the directory is the directory's fault; other errors stay as they are.
    throw error instanceof Error && ('syscall' in error || 'errno' in error)
      ? unusable(dataDirectory, error)
      : error
  }
}

async function lockOnce(dataDirectory: string, holder: 'server' | 'command'): Promise<FileLock> {
  const begun = performance.now()
  for (;;) {
    const lock = await lockFile(lockOf(dataDirectory), () => requireUnused(dataDirectory))
    if (lock) return lock
    const asked = await askToRelease(dataDirectory)
    if (asked === 'in-use') throw inUse(dataDirectory)
    if (asked === 'released') continue
    if (performance.now() - begun > patienceMs) {
      if (holder === 'server') throw inUse(dataDirectory)
      throw new ControlError(
        `The server that uses ${dataDirectory} cannot be asked: it has no socket there. Stop it first, or start it anew.`,
      )
    }
    // Not by the clock of the server, whose tasks keep no process alive: a start would end here, in silence.
    await wait(pollMs)
  }
}

/** The lock file is new: if it was removed under a server, that one has the database open. */
async function requireUnused(dataDirectory: string): Promise<void> {
  if (await isOpenElsewhere(databaseOf(dataDirectory)))
    throw new DataDirectoryInUse(
      `Another process has the database in ${dataDirectory} open, most likely a server whose partyline.lock was removed. Stop it, or choose another directory with --data.`,
    )
}

function inUse(dataDirectory: string): DataDirectoryInUse {
  return new DataDirectoryInUse(
    `Another server uses the data directory ${dataDirectory}. Stop it, or choose another with --data.`,
  )
}

function unusable(dataDirectory: string, error: unknown): DataDirectoryError {
  const refused = (why: string) =>
    new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: ${why}`, { cause: error })
  const lock = lockOf(dataDirectory)
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return new DataDirectoryError(`There is no data directory ${dataDirectory}.`, { cause: error })
    case 'EROFS':
      return refused('it is mounted read-only.')
    case 'EACCES':
    case 'EPERM':
      return refused(`it may not be written. Give this user the right to.${ownerHint(dataDirectory)}`)
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      return refused(
        isReadOnly(dataDirectory)
          ? 'it is mounted read-only.'
          : `partyline.lock in it may not be written.${ownerHint(lock)}`,
      )
    case 'SQLITE_NOTADB':
      return refused('partyline.lock in it is damaged, or is not what Partyline made. Move it away.')
    case 'SQLITE_IOERR':
    case 'SQLITE_PROTOCOL':
      return refused('its file system cannot lock files. Choose a local disk.')
    default:
      return refused(error instanceof Error ? error.message : String(error))
  }
}

/** Whether the file system is mounted read-only, whatever the rights are. */
function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS'
  }
}
