import { accessSync, constants, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockFolder, passingName, removeLeftovers } from '../../data/leftovers.ts'
import { databaseOf, workContents } from '../../data/places.ts'
import { isDiskFull } from '../../lib/disk-space.ts'
import { codeOf } from '../../lib/error-code.ts'
import type { FileLock } from '../../lib/file-lock.ts'
import { ownerHint } from '../../lib/ownership.ts'
import { Refused } from '../control/refused.ts'
import { allOrNothing } from './all-or-nothing.ts'

const prefix = 'partyline-read-'
/** The file without which SQLite cannot read a database with a write-ahead log where nothing can be written. */
const shared = '-shm'
/** The endings of the files of a database. */
const ends = ['', '-wal', '-journal'] as const
/** How often a copy is tried if another process writes meanwhile. */
const tries = 5

/** Whether a path cannot be written: the file system is mounted read-only, or this user has no right to. */
export function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return codeOf(error) !== 'ENOENT'
  }
}

/** Whether a data directory, or the database in it, can only be read; also if the disk is full. */
export function isReadOnlyData(dataDirectory: string): boolean {
  return isReadOnly(dataDirectory) || isReadOnly(databaseOf(dataDirectory)) || isDiskFull(dataDirectory)
}

/** Whether SQLite can read the database in place. A -shm that was begun on a full disk is empty. */
function hasShared(database: string): boolean {
  return (statSync(`${database}${shared}`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/**
 * Calls `use` with a file in which the database of a data directory can be read, with any damage: the database itself, or a copy
 * if SQLite cannot open it because it can make no file beside it.
 * @throws {Refused} if it cannot be copied
 */
export function toRead<T>(dataDirectory: string, use: (database: string) => Promise<T>): Promise<T> {
  const database = databaseOf(dataDirectory)
  if (!isReadOnlyData(dataDirectory) || hasShared(database)) return use(database)
  return inCopy(dataDirectory, (folder) => use(databaseOf(folder)))
}

/**
 * Calls `use` with a temporary folder that has a copy of the database of a data directory. The copy may be written. Removes both
 * afterwards.
 * @throws {Refused} if it cannot be copied
 */
export function inCopy<T>(dataDirectory: string, use: (folder: string) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    await copy(dataDirectory, folder).catch((error: unknown) => {
      throw explained(dataDirectory, error)
    })
    return use(folder)
  })
}

/** Calls `use` with a folder that nobody else can read, and removes it afterwards, also if this process is interrupted. */
export function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(tmpdir(), passingName(prefix))
  const undo = () => rmSync(folder, { recursive: true, force: true })
  return allOrNothing(undo, async () => {
    const lock = await made(folder).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : error
      throw new Refused({
        code: 'bad-file',
        message: `There can be no folder for temporary files in ${tmpdir()} (${why}). Name another one: TMPDIR=/FOLDER partyline ...`,
      })
    })
    const answer = await use(folder)
    await lock.release()
    undo()
    return answer
  })
}

/** Makes a folder for this user alone, and locks it, so that later commands recognise the folder of a killed process. */
async function made(folder: string): Promise<FileLock> {
  await removeLeftovers(tmpdir(), prefix, workContents)
  mkdirSync(folder, { mode: 0o700 })
  return lockFolder(folder)
}

async function copy(dataDirectory: string, folder: string): Promise<void> {
  const from = databaseOf(dataDirectory)
  const to = databaseOf(folder)
  if (hasShared(from)) {
    const { snapshot } = await import('../../store/snapshot.ts')
    return snapshot(from, to, () => undefined)
  }
  for (let tried = 0; tried < tries; tried++) {
    const before = lookAt(from)
    for (const end of ends)
      if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${to}${end}`)
      else rmSync(`${to}${end}`, { force: true })
    if (lookAt(from) === before) return
  }
  throw new Refused({
    code: 'bad-data-directory',
    message: `Another process writes to ${from} meanwhile, so it cannot be copied. Run the command where ${from} can be written.`,
  })
}

/** A mark that changes when somebody writes. */
function lookAt(database: string): string {
  const marks = [...ends, shared].map((end) => {
    const found = statSync(`${database}${end}`, { bigint: true, throwIfNoEntry: false })
    return found ? `${found.ino} ${found.size} ${found.mtimeNs}` : ''
  })
  return marks.join()
}

/** Turns an error of the system into a sentence. */
function explained(dataDirectory: string, error: unknown): unknown {
  const database = databaseOf(dataDirectory)
  const code = error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : codeOf(error)
  const because = `Nothing can be written in ${dataDirectory}, so its database is read in a copy`
  const refused = (message: string) => new Refused({ code: 'bad-data-directory', message })
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return refused(
      `${because}, and there is no room for that in ${tmpdir()}. Name another folder: TMPDIR=/FOLDER partyline ...`,
    )
  if (code === 'EACCES' || code === 'EPERM')
    return refused(
      `${database} may not be read by this user, or the folder for temporary files, ${tmpdir()}, not be written.${ownerHint(database)}`,
    )
  return error
}
