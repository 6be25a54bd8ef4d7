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
 * One connection writes, two read what is quick, and two what may take long, so that a long search never holds up a
 * message or a history: in WAL mode readers and the writer do not wait for each other. A statement takes one of Node's
 * four disk threads while it runs, so two long ones leave two for everything else.
 */
export interface Connections {
  writer: Knex
  reader: Knex
  scanners: readonly ScanConnection[]
  /** The writer's connection itself, for a statement that is to stay prepared; there is one after the first statement. */
  writerConnection(): Database
}

const readers = 2
const scanners = 2
const cacheKiB = 16 * 1024
/** A long read keeps the write-ahead log growing; after it the file shrinks back to this. */
const journalBytes = 64 * 1024 * 1024

/**
 * Prepares both pools. Nothing is opened before the first statement, and nothing is changed in the file.
 * @throws {SqliteMissing}
 */
export function connect(options: ConnectOptions): Connections {
  // Knex would say it in words for who writes a program with it.
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
        // What is removed is overwritten with zeros. It cannot be measured where nothing is removed.
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
    // An error goes to the log; what people wrote, and their password hashes, do not.
    compileSqlOnError: false,
    log: { warn, error: warn, deprecate: warn, debug() {} },
    pool: {
      // As many are kept as may be made: the writing connection must never be replaced inside a transaction.
      min: size,
      max: size,
      afterCreate(connection: Database, done: (error: Error | null) => void) {
        onOpen?.(connection)
        connection.exec(pragmas.join(';'), done)
      },
    },
  })
}

/** Turns write-ahead logging on; it stays on in the file. False where the file system cannot do it. */
export async function useWal(writer: Knex): Promise<boolean> {
  const rows: { journal_mode: string }[] = await writer.raw('PRAGMA journal_mode = WAL')
  return rows[0]?.journal_mode === 'wal'
}

/**
 * Moves the write-ahead log into the database, so that a closed store is a single file. Waits for readers of what was
 * before for `busyMs`, or as long as for any lock; false if there still are some, and the log stays.
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
