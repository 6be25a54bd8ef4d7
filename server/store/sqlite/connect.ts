import knexModule, { type Knex } from 'knex'
import type { Database } from 'sqlite3'
import { sqliteLibrary } from '../../lib/sqlite-library.ts'
import type { StoreLog } from '../log.ts'
import type { ScanConnection } from '../scans.ts'

/** How safe a change is when its promise resolves: `full` also survives a power failure. */
export type Synchronous = 'full' | 'normal' | 'off'

export interface ConnectOptions {
  file: string
  synchronous: Synchronous
  /** How long a statement waits for a lock of another process, in ms. */
  busyTimeout?: number | undefined
  log?: StoreLog | undefined
}

/**
 * One connection writes, two are for quick reads, and two for long ones, so that messages and histories never wait for a long
 * search: in WAL mode readers and the writer do not wait for each other. A statement takes one of Node's four disk threads while
 * it runs, so two long reads leave two threads for everything else.
 */
export interface Connections {
  writer: Knex
  reader: Knex
  scanners: readonly ScanConnection[]
  /** The writer's own connection, for a prepared statement; it is there after the first statement. */
  writerConnection(): Database
}

const readers = 2
const scanners = 2
const cacheKiB = 16 * 1024
/** The size in bytes to which the write-ahead log shrinks after a long read, during which it grows. */
const journalBytes = 64 * 1024 * 1024

/**
 * Prepares the connections. They open the file at their first statement, and do not change it by themselves.
 * @throws {SqliteMissing}
 */
export function connect(options: ConnectOptions): Connections {
  // The message of Knex is for programmers.
  sqliteLibrary()
  const common = [
    `PRAGMA busy_timeout = ${options.busyTimeout ?? 5000}`,
    `PRAGMA cache_size = -${cacheKiB}`,
    'PRAGMA foreign_keys = ON',
  ]
  const reading = [...common, 'PRAGMA query_only = 1']
  let writing: Database | undefined
  return {
    writer: pool(
      options,
      1,
      [
        ...common,
        `PRAGMA synchronous = ${options.synchronous}`,
        // Overwrites removed data with zeros. It costs nothing measurable where nothing is removed.
        'PRAGMA secure_delete = ON',
        `PRAGMA journal_size_limit = ${journalBytes}`,
      ],
      (connection) => {
        writing = connection
      },
    ),
    reader: pool(options, readers, reading),
    scanners: Array.from({ length: scanners }, () => scanner(options, reading)),
    writerConnection() {
      if (!writing) throw new Error('The writing connection is not open')
      return writing
    },
  }
}

function scanner(options: ConnectOptions, pragmas: readonly string[]): ScanConnection {
  let open: Database | undefined
  const db = pool(options, 1, pragmas, (connection) => {
    open = connection
  })
  return { db, connection: () => open }
}

function pool(
  { file, log }: ConnectOptions,
  size: number,
  pragmas: readonly string[],
  onOpen?: (connection: Database) => void,
): Knex {
  const warn = (message: unknown) => log?.warn({ detail: String(message) }, 'database library')
  return knexModule.default({
    client: 'sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    // Log the error without its values, which can be messages or password hashes.
    compileSqlOnError: false,
    log: { warn, error: warn, deprecate: warn, debug() {} },
    pool: {
      // Keep all connections: the writing connection must never be replaced inside a transaction.
      min: size,
      max: size,
      afterCreate(connection: Database, done: (error: Error | null) => void) {
        onOpen?.(connection)
        connection.exec(pragmas.join(';'), done)
      },
    },
  })
}

/** Turns on write-ahead logging, which stays on in the file. Returns false if the file system does not support it. */
export async function useWal(writer: Knex): Promise<boolean> {
  const rows: { journal_mode: string }[] = await writer.raw('PRAGMA journal_mode = WAL')
  return rows[0]?.journal_mode === 'wal'
}

/**
 * Moves the write-ahead log into the database, so that a closed store is a single file. Waits `busyMs`, or as long as for any
 * lock, for readers of the old state; returns false if some are left, and the log stays then.
 */
export async function truncateWal(writer: Knex, busyMs?: number): Promise<boolean> {
  const usual: { timeout: number }[] = await writer.raw('PRAGMA busy_timeout')
  if (busyMs !== undefined) await writer.raw(`PRAGMA busy_timeout = ${busyMs}`)
  try {
    const rows: { busy: number }[] = await writer.raw('PRAGMA wal_checkpoint(TRUNCATE)')
    return rows[0]?.busy === 0
  } finally {
    await writer.raw(`PRAGMA busy_timeout = ${usual[0]?.timeout ?? 0}`)
  }
}
