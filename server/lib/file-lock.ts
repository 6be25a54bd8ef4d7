import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Database } from 'sqlite3'
import { handOver } from './ownership.ts'
import { sqliteLibrary } from './sqlite-library.ts'

/** A file that this process has locked. */
export interface FileLock {
  /** Gives it free; the file stays, for whoever waits has it open. */
  release(): Promise<void>
}

/**
 * Locks a file of its own until it is released or the process ends, however it ends: the lock is the operating system's,
 * so that it holds beyond PID and network namespaces, and no dead process has it. Node has no flock; SQLite locks (fcntl
 * on unix), and a database that is held in exclusive mode is such a lock. The file is made if missing. Answers undefined
 * if somebody has it. `firstUse` is asked before a file is used that never was where it is, also if it is a copy of one
 * that was: it may be in the place of one that was removed under its holder, and refuses by throwing.
 */
export async function lockFile(
  path: string,
  firstUse: () => Promise<void> = async () => undefined,
): Promise<FileLock | undefined> {
  await make(path)
  const sqlite = sqliteLibrary()
  const database = await new Promise<Database>((resolve, reject) => {
    const opened: Database = new sqlite.Database(path, sqlite.OPEN_READWRITE, (error) =>
      error ? reject(error) : resolve(opened),
    )
  })
  const release = () => new Promise<void>((resolve) => database.close(() => resolve()))
  try {
    // No journal beside it: nothing that matters is in the file.
    await execute(database, 'PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    const identity = identityOf(path)
    const mark = markOf(identity)
    if ((await markIn(database)) !== mark) await firstUse()
    // In exclusive mode the lock stays when the transaction ends.
    await execute(database, `PRAGMA user_version = ${mark}; COMMIT`)
    return { release }
  } catch (error) {
    await release()
    if (isBusy(error)) return undefined
    throw error
  }
}

/** Whether some process has a database open, with SQLite's write-ahead log; false if that cannot be said. */
export async function isOpenElsewhere(file: string): Promise<boolean> {
  const sqlite = sqliteLibrary()
  const opened = await new Promise<Database | undefined>((resolve) => {
    const database: Database = new sqlite.Database(file, sqlite.OPEN_READWRITE, (error) =>
      resolve(error ? undefined : database),
    )
  })
  if (!opened) return false
  try {
    // In this mode it has to be alone from its first look at the log on.
    await execute(opened, 'PRAGMA locking_mode = EXCLUSIVE; SELECT count(*) FROM sqlite_master')
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    await new Promise<void>((resolve) => opened.close(() => resolve()))
  }
}

/** Never opens what is there: to close a file takes away the locks that this process has on it. */
async function make(path: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  })
  if (!handle) return
  await handle.close()
  handOver(path)
}

function execute(database: Database, statements: string): Promise<void> {
  return new Promise((resolve, reject) =>
    database.exec(statements, (error) => (error ? reject(error) : resolve())),
  )
}

function markIn(database: Database): Promise<number | undefined> {
  return new Promise((resolve, reject) =>
    database.get<{ user_version: number }>('PRAGMA user_version', (error, row) =>
      error ? reject(error) : resolve(row?.user_version),
    ),
  )
}

/** What no other file is as long as this one is open; '' if there is none. */
function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : ''
}

/** An identity as a number that a copy of the file takes along, and that is wrong there: 31 bits, never 0. */
function markOf(identity: string): number {
  return (createHash('sha256').update(identity).digest().readUInt32BE() >>> 1) | 1
}

function isBusy(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
