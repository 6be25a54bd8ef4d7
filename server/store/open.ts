import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Counts } from '../chat/machine/counts.ts'
import type { Store } from '../chat/ports/store.ts'
import { handOver } from '../lib/ownership.ts'
import { backUp } from './backup.ts'
import { hintFor, StoreOpenError, why } from './errors.ts'
import type { StoreLog } from './log.ts'
import { appliedMigrations, migrate, migrationNames } from './migrations/index.ts'
import { storeOn } from './sql-store.ts'
import { type Connections, connect, type Synchronous, useWal } from './sqlite/connect.ts'
import { sqliteCode } from './sqlite/errors.ts'
import { findDamage, hasContent, isEmpty } from './sqlite/inspect.ts'

export { StoreOpenError } from './errors.ts'

export interface StoreOptions {
  /** The path of the database, which is made if it is missing. Its folder must be there. */
  file: string
  /** `full`: a change that is confirmed also survives a power failure. */
  synchronous: Synchronous
  log?: StoreLog | undefined
  counts?: Counts | undefined
}

/**
 * Opens the store and brings it to the newest schema; before that it copies the database: see backUp. Rejects with
 * StoreOpenError. It never changes a file that is no database, is damaged, belongs to another program or has a newer schema.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const connections = await openDatabase(options)
  try {
    return await storeOn(connections, options.log, options.counts)
  } catch (error) {
    await disconnect(connections)
    throw explain(options.file, error)
  }
}

/** Opens connections to a database, and brings it to the newest schema. */
export async function openDatabase(
  options: StoreOptions & { busyTimeout?: number | undefined },
): Promise<Connections> {
  const { file, log } = options
  await checkRights(file)
  await checkRest(file)
  const connections = connect(options)
  try {
    const applied = await inspect(file, connections)
    // Before SQLite makes the write-ahead log, which gets the owner of the database.
    for (const end of ['', '-wal', '-shm']) handOver(`${file}${end}`)
    const next = migrationNames.find((name) => !applied.includes(name))
    if (next !== undefined && applied.length > 0 && (await hasContent(connections.writer)))
      await backUp(connections.writer, file, next, log)
    if (!(await useWal(connections.writer))) {
      log?.warn({ file }, 'no write-ahead log on this file system: a long search will hold up messages')
    }
    await migrate(connections.writer)
    return connections
  } catch (error) {
    await disconnect(connections)
    throw explain(file, error)
  }
}

/** Refuses a file that this program must not touch. Only reads. Returns the migrations that the database has had. */
async function inspect(file: string, { writer }: Connections): Promise<string[]> {
  if (await isEmpty(writer)) return []
  const applied = await appliedMigrations(writer)
  if (!applied) {
    throw new StoreOpenError(
      `${file} is a database of another program; set another file, or move this one away`,
    )
  }
  const unknown = applied.find((name) => !migrationNames.includes(name))
  if (unknown !== undefined) {
    throw new StoreOpenError(
      `${file} was written by a newer version (schema ${unknown}); start that version, or restore a backup`,
    )
  }
  const damage = await findDamage(writer)
  if (damage !== undefined) throw damaged(file, damage)
  return applied
}

/**
 * Refuses to make a database beside the write-ahead log of another one: SQLite would remove the log, and with it the newest
 * data.
 */
async function checkRest(file: string): Promise<void> {
  if ((await sizeOf(file)) > 0) return
  for (const rest of [`${file}-wal`, `${file}-journal`])
    if ((await sizeOf(rest)) > 0)
      throw new StoreOpenError(
        `${file} is missing or empty, and ${rest} is the rest of one; put the database back beside it, or move that away`,
      )
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

async function checkRights(file: string): Promise<void> {
  const folder = dirname(file)
  const found = await stat(folder).catch((error: unknown) => {
    throw new StoreOpenError(
      `${file} cannot be opened: there is no folder ${folder}, or it may not be entered; make it, or set another file`,
      { cause: error },
    )
  })
  if (!found.isDirectory()) {
    throw new StoreOpenError(`${file} cannot be opened: ${folder} is no folder; set another file`)
  }
  // SQLite would open a read-only file, and leave files of its own beside it.
  await access(file, constants.R_OK | constants.W_OK).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw explain(file, error)
  })
}

function damaged(file: string, detail: unknown): StoreOpenError {
  return new StoreOpenError(
    `${file} is damaged or is no database; it was left as it is: move it away, or restore a backup`,
    { cause: detail },
  )
}

function explain(file: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error
  switch (sqliteCode(error)) {
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return damaged(file, error)
    default:
      return new StoreOpenError(`${file} cannot be opened: ${why(error, file)}${hintFor(file, error)}`, {
        cause: error,
      })
  }
}

async function disconnect({ reader, scanners, writer }: Connections): Promise<void> {
  await Promise.allSettled([reader, writer, ...scanners.map(({ db }) => db)].map((db) => db.destroy()))
}
