import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Database } from 'sqlite3'
import { codeOf } from './error-code.ts'
import { handOver } from './ownership.ts'
import { sqliteLibrary } from './sqlite-library.ts'

/** A file that this process has locked. */
export interface FileLock {
  /** Releases the lock. The file stays, because a process that waits has it open. */
  release(): Promise<void>
}

/**
 * Locks a file until it is released or the process ends in any way. The operating system holds the lock, so it also
 * works across PID and network namespaces, and a dead process never holds it. Node has no flock, but SQLite locks
 * files (fcntl on unix), and a database in exclusive mode is such a lock. The file is created if missing. Returns
 * undefined if another process has the lock. `firstUse` is called before a file is used for the first time at this
 * place, also if it is a copy of a lock file: the file may replace one that was removed while a process held it.
 * `firstUse` refuses by throwing.
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
    // No journal beside the file, and no wait for the disk, because its contents do not matter.
    await execute(
      database,
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE',
    )
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

/** Whether a process has a database open with SQLite's write-ahead log; false if that is unknown. */
export async function isOpenElsewhere(file: string): Promise<boolean> {
  const sqlite = sqliteLibrary()
  const opened = await new Promise<Database | undefined>((resolve) => {
    const database: Database = new sqlite.Database(file, sqlite.OPEN_READWRITE, (error) =>
      resolve(error ? undefined : database),
    )
  })
  if (!opened) return false
  try {
    // In this mode SQLite needs the log for itself from its first access on.
    await execute(opened, 'PRAGMA locking_mode = EXCLUSIVE; SELECT count(*) FROM sqlite_master')
    return false
  } catch (error) {
    return isBusy(error)
  } finally {
    await new Promise<void>((resolve) => opened.close(() => resolve()))
  }
}

/** Does not open an existing file, because closing it would release the locks that this process holds on it. */
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

/** The device and inode of a file, which identify it as long as it is open; '' if there is no file. */
function identityOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : ''
}

/** The identity as a number that is stored in the file, so that it is wrong in a copy: 31 bits, never 0. */
function markOf(identity: string): number {
  return (createHash('sha256').update(identity).digest().readUInt32BE() >>> 1) | 1
}

function isBusy(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED'
}
