import { accessSync, constants, existsSync, mkdtempSync, readlinkSync, rmdirSync, statSync } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { databaseOf, filesIn, lockOf } from '../../data/places.ts'
import { isDiskFull } from '../../lib/disk-space.ts'
import { codeOf } from '../../lib/error-code.ts'
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
 * Refuses a link to something missing: probably a disk is not mounted. New files in its place would hide those on the disk.
 * @throws {DataDirectoryError}
 */
export function requireMounted(dataDirectory: string): void {
  for (const path of [dataDirectory, databaseOf(dataDirectory), filesIn(dataDirectory)]) {
    if (existsSync(path)) continue
    const link = linkAt(path)
    if (link !== undefined)
      throw new DataDirectoryError(`${path} is a link to ${link}, which is not there. Is the disk mounted?`)
  }
  // In a folder that this user may not enter, all files would seem to be missing.
  try {
    accessSync(dataDirectory, constants.R_OK | constants.X_OK)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
      throw new DataDirectoryError(
        `Cannot use the data directory ${dataDirectory}: it may not be read by this user.${ownerHint(databaseOf(dataDirectory)) || ownerHint(dataDirectory)}`,
        { cause: error },
      )
  }
  // Opening a pipe in the place of one of them would wait for ever.
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

/** Says why nobody can make a directory there: a file is in its place, or in the place of a folder above it. */
export function obstacleTo(dataDirectory: string): string | undefined {
  const place = resolve(dataDirectory)
  const there = nearestThere(place)
  if (existsSync(there) && !statSync(there).isDirectory())
    return `Cannot use the data directory ${dataDirectory}: ${there === place ? 'it' : there} is a file.`
  return existsSync(place) || mayHold(there)
    ? undefined
    : `Cannot use the data directory ${dataDirectory}: it cannot be made there. Choose another with --data or dataDirectory.`
}

/** Whether files can be made in a directory, which is not so in /proc. Tries it, because such a directory looks like any other. */
function mayHold(directory: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(directory, '.partyline-check-')))
    return true
  } catch (error) {
    // Other errors are temporary or about this user: the user may get the right, and a disk may get room.
    return codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EPERM'
  }
}

/** The path, or the part of it that is there. */
function nearestThere(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestThere(dirname(path))
}

/** Says why this user cannot use or make a directory, as far as that is clear before making it. */
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

/** Makes the data directory if it is missing, for this user alone. @throws {DataDirectoryError} */
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
 * Makes a directory with all folders above it, and returns the first that was made; undefined if all existed. The `recursive` of
 * Node.js never ends in an existing directory in which nothing can be made, such as /proc.
 */
async function makeAll(path: string): Promise<string | undefined> {
  try {
    await mkdir(path, { mode: 0o700 })
    return path
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && statSync(path).isDirectory()) return undefined
    const above = dirname(path)
    if (code !== 'ENOENT' || existsSync(above)) throw error
    const first = await makeAll(above)
    return (await makeAll(path)) === undefined ? first : (first ?? path)
  }
}

function cannotMake(dataDirectory: string, error: unknown): DataDirectoryError {
  const code = codeOf(error)
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

/** Refuses a data directory that does not exist. @throws {DataDirectoryError} */
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
  /** Releases the directory, and resolves when that is done. */
  leave(): Promise<void>
}

/** How long to wait (ms) for an answer of the process that uses the directory: a server that starts has no socket yet. */
const patienceMs = 10_000
const pollMs = 50

/**
 * Takes the data directory for this process alone, before the database is touched. The lock is a file that the operating system
 * locks; the socket beside it only tells who has the lock. Waits if a command of the operator has it.
 * @throws {DataDirectoryInUse} if a server has it, {DataDirectoryError} or {ControlError}
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
    // Errors of the system about the directory say so; other errors stay as they are.
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
    // Not by the clock of the server: its timers keep no process alive, and a start would end here without a word.
    await wait(pollMs)
  }
}

/** Checks that no process has the database open: a server may have it open whose lock file was removed. */
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

/** Turns an error of the system into a sentence for a person who wants to write there. */
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
