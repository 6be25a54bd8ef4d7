import { accessSync, constants, existsSync, mkdtempSync, readlinkSync, rmdirSync, statSync } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { databaseOf, filesIn, lockOf } from '../../data/places.ts'
import { isDiskFull } from '../../lib/disk-space.ts'
import { type FileLock, isOpenElsewhere, lockFile } from '../../lib/file-lock.ts'
import { isMountedReadOnly } from '../../lib/mounts.ts'
import { handOver, ownerHint } from '../../lib/ownership.ts'
import { why } from '../../store/errors.ts'
import {
  askToRelease,
  type Control,
  ControlError,
  DataDirectoryInUse,
  listenForOperator,
} from '../control/control.ts'

/** The data directory cannot be used; the message says why. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}

const ends = ['', '-wal', '-shm', '-journal']

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
  // What is in a folder that may not be entered would look as if it was not there.
  try {
    accessSync(dataDirectory, constants.R_OK | constants.X_OK)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
      throw new DataDirectoryError(
        `Cannot use the data directory ${dataDirectory}: it may not be read by this user.${ownerHint(databaseOf(dataDirectory)) || ownerHint(dataDirectory)}`,
        { cause: error },
      )
  }
  // A pipe in the place of one of them would be waited for.
  for (const file of [...ends.map((end) => `${databaseOf(dataDirectory)}${end}`), lockOf(dataDirectory)])
    if (existsSync(file) && !statSync(file).isFile())
      throw new DataDirectoryError(`${file} is no file. Move it away.`)
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** Why a directory cannot be there, whoever makes it: it or what it would be in is something else. */
export function obstacleTo(dataDirectory: string): string | undefined {
  const place = resolve(dataDirectory)
  const there = nearestThere(place)
  if (existsSync(there) && !statSync(there).isDirectory())
    return `Cannot use the data directory ${dataDirectory}: ${there === place ? 'it' : there} is a file.`
  return existsSync(place) || mayHold(there)
    ? undefined
    : `Cannot use the data directory ${dataDirectory}: it cannot be made there. Choose another with --data or dataDirectory.`
}

/** What nobody can make anything in, as in /proc, looks like any other directory until somebody tries. */
function mayHold(directory: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(directory, '.partyline-check-')))
    return true
  } catch (error) {
    // Whether this user may is another question, and a disk may get room.
    return codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EPERM'
  }
}

/** The path, or the part of it that is there. */
function nearestThere(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestThere(dirname(path))
}

/** Why this user cannot use a directory, or make it, as far as can be told without making it. */
export function lackOfRight(dataDirectory: string): string | undefined {
  const there = nearestThere(resolve(dataDirectory))
  try {
    accessSync(there, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch {
    return there === resolve(dataDirectory)
      ? `the user who asks this may not write in ${dataDirectory}.`
      : `${dataDirectory} is not there, and the user who asks this may not make it in ${there}.`
  }
}

/** Makes it where it is missing, for this user alone. @throws DataDirectoryError */
export async function makeDataDirectory(dataDirectory: string): Promise<void> {
  const wrong = obstacleTo(dataDirectory)
  if (wrong !== undefined) throw new DataDirectoryError(wrong)
  requireMounted(dataDirectory)
  const made = await makeAll(dataDirectory).catch((error: unknown) => {
    throw cannotMake(dataDirectory, error)
  })
  if (made !== undefined) handOver(made)
}

/**
 * Makes a directory with all above it, and answers the first that was made; undefined if all were there. Node's own
 * `recursive` never ends where nothing can be made in a directory that is there, as in /proc.
 */
async function makeAll(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: 0o700 })
    return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' && statSync(path).isDirectory()) return undefined
    const above = dirname(path)
    if (code !== 'ENOENT' || existsSync(above)) throw error
    const first = await makeAll(above)
    return (await makeAll(path)) === undefined ? first : (first ?? path)
  }
}

function cannotMake(dataDirectory: string, error: unknown): DataDirectoryError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new DataDirectoryError(
      `Cannot use the data directory ${dataDirectory}: it cannot be made there. Choose another with --data or dataDirectory.`,
      { cause: error },
    )
  if (code === 'EEXIST')
    return new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: it is a file.`, {
      cause: error,
    })
  return unusable(dataDirectory, error)
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

/** What somebody reads who wants to write there. */
const mountedReadOnly =
  'it is mounted read-only. Have it mounted so that it can be written, or choose another one. "partyline userlist", messagelist, export, backup and check read it as it is.'

function unusable(dataDirectory: string, error: unknown): DataDirectoryError {
  const refused = (why: string) =>
    new DataDirectoryError(`Cannot use the data directory ${dataDirectory}: ${why}`, { cause: error })
  const lock = lockOf(dataDirectory)
  switch (codeOf(error)) {
    case 'ENOENT':
      return new DataDirectoryError(`There is no data directory ${dataDirectory}.`, { cause: error })
    case 'EROFS':
      return refused(mountedReadOnly)
    case 'EACCES':
    case 'EPERM':
      return refused(`it may not be written. Give this user the right to.${ownerHint(dataDirectory)}`)
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      return refused(
        isMountedReadOnly(dataDirectory)
          ? mountedReadOnly
          : `partyline.lock in it may not be written.${ownerHint(lock)}`,
      )
    case 'SQLITE_NOTADB':
      return refused('partyline.lock in it is damaged, or is not what Partyline made. Move it away.')
    case 'SQLITE_IOERR':
    case 'SQLITE_PROTOCOL':
      if (isDiskFull(dataDirectory)) return refused('the disk is full. Make room.')
      return refused('its file system cannot lock files. Choose a local disk.')
    default:
      return refused(`${why(error, dataDirectory)}.`)
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
