import { stat } from 'node:fs/promises'
import type { Knex } from 'knex'
import { systemClock } from '../lib/clock.ts'
import { goOnFarAbove, lastLogged } from './change-log.ts'
import { hintFor, StoreOpenError, why } from './errors.ts'
import { appliedMigrations, migrationNames } from './migrations/index.ts'
import { connect } from './sqlite/connect.ts'
import { copyInto } from './sqlite/copy.ts'
import { lastMessageId } from './sqlite/insert.ts'
import { databaseBytes, integrityProblem } from './sqlite/inspect.ts'

/** A complete file that a database names. */
export interface NamedFile {
  readonly id: number
  readonly name: string
  readonly blob: string
  readonly size: number
  readonly sha256: string
}

/** The contents of a copy of a database. */
export interface Contents {
  /** The newest migration that it has had. */
  readonly schema: string
  /** The id of the data; undefined in a database of an older version that had none. */
  readonly id: number | undefined
  readonly counts: { readonly accounts: number; readonly channels: number; readonly messages: number }
  readonly files: readonly NamedFile[]
}

/**
 * Copies a database into a new file, as it is at one moment; others may write meanwhile. The copy has no traces of removed
 * data. Now and then, calls `told` with the number of bytes that are copied, and about how many there are.
 * @throws {StoreOpenError}
 */
export async function snapshot(
  file: string,
  copy: string,
  told: (bytes: number, of: number) => void,
): Promise<void> {
  await using(file, async (db) => {
    const of = await databaseBytes(db)
    const done = copyInto(db, copy)
    const settled = done.then(
      () => true,
      () => true,
    )
    while (!(await Promise.race([settled, later()]))) {
      const { size } = await stat(copy).catch(() => ({ size: 0 }))
      told(Math.min(size, of), of)
    }
    await done
  })
}

/** Checks the whole database, and returns the first twenty problems. @throws {StoreOpenError} */
export function findProblems(file: string): Promise<string[]> {
  return using(file, async (db) => {
    const rows: { integrity_check: string }[] = await db.raw('PRAGMA integrity_check(20)')
    const broken: { table: string; parent: string }[] = await db.raw('PRAGMA foreign_key_check')
    const found = rows.map(({ integrity_check }) => integrity_check).filter((one) => one !== 'ok')
    return [
      ...found,
      ...broken
        .slice(0, 20)
        .map(({ parent, table }) => `A row of ${table} names one of ${parent} that is not there.`),
    ]
  })
}

/** The complete files that a database names. @throws {StoreOpenError} */
export function namedFiles(file: string): Promise<NamedFile[]> {
  return using(file, async (db) => ((await db.schema.hasTable('files')) ? await filesOf(db) : []))
}

/**
 * Removes from a copy of a database the uploads that have not ended, and the files that `those` does not return. Returns the
 * contents of the copy then.
 */
export function settle(
  copy: string,
  those: (files: readonly NamedFile[]) => Promise<ReadonlySet<NamedFile>>,
): Promise<Contents> {
  return using(copy, async (db) => {
    await db.raw('PRAGMA journal_mode = MEMORY')
    const applied = (await appliedMigrations(db)) ?? []
    const hasFiles = await db.schema.hasTable('files')
    if (hasFiles) await db('files').whereNull('sha256').delete()
    const files = hasFiles ? await filesOf(db) : []
    const there = await those(files)
    for (const file of files) if (!there.has(file)) await db('files').where({ id: file.id }).delete()
    return { ...(await contentsOf(db, applied)), files: files.filter((file) => there.has(file)) }
  })
}

/**
 * Checks that a database can be used: it is not damaged, and of a version that this program knows. Returns its contents.
 * @throws {StoreOpenError}
 */
export function examine(file: string): Promise<Contents> {
  return using(file, async (db) => {
    const applied = await appliedMigrations(db)
    if (!applied) throw new StoreOpenError('The database in it is not one of Partyline.')
    const unknown = applied.find((name) => !migrationNames.includes(name))
    if (unknown !== undefined)
      throw new StoreOpenError(
        `It was written by a newer version (schema ${unknown}) than this one (${migrationNames.at(-1)}); restore it with that version.`,
      )
    const problem = await integrityProblem(db)
    if (problem !== undefined) throw new StoreOpenError(`The database in it is damaged: ${problem}`)
    return {
      ...(await contentsOf(db, applied)),
      files: (await db.schema.hasTable('files')) ? await filesOf(db) : [],
    }
  })
}

/** Lets the numbers of a restored database go on far above its last one: see goOnFarAbove. @throws {StoreOpenError} */
export function goOnAfterCopy(copy: string): Promise<number> {
  return using(copy, async (db) => {
    await db.raw('PRAGMA journal_mode = MEMORY')
    return goOnFarAbove(db, Math.max(await lastMessageId(db), await lastLogged(db)))
  })
}

async function contentsOf(db: Knex, applied: readonly string[]): Promise<Omit<Contents, 'files'>> {
  const count = async (table: string, living?: string) => {
    const query = db(table).count({ count: '*' })
    if (living !== undefined) query.whereNull(living)
    const rows: { count?: number | string }[] = await query
    return Number(rows[0]?.count ?? 0)
  }
  return {
    schema: applied.at(-1) ?? '',
    id: await dataIdOf(db),
    counts: {
      accounts: await count('accounts', 'deleted_at'),
      channels: await count('channels', 'closed_at'),
      messages: await count('messages'),
    },
  }
}

/** The id by which a database and its folder of files know each other. @throws {StoreOpenError} */
export function dataId(file: string): Promise<number | undefined> {
  return using(file, dataIdOf)
}

async function dataIdOf(db: Knex): Promise<number | undefined> {
  if (!(await db.schema.hasTable('meta'))) return undefined
  const row: { value: number } | undefined = await db('meta').where({ key: 'id' }).first('value')
  return row?.value
}

async function filesOf(db: Knex): Promise<NamedFile[]> {
  return db('files').select('id', 'name', 'blob', 'size', 'sha256').whereNotNull('sha256').orderBy('id')
}

async function using<T>(file: string, work: (db: Knex) => Promise<T>): Promise<T> {
  const { reader, writer } = connect({ file, synchronous: 'full' })
  try {
    return await work(writer)
  } catch (error) {
    if (error instanceof StoreOpenError) throw error
    throw new StoreOpenError(`${file} cannot be read or copied: ${why(error, file)}${hintFor(file, error)}`, {
      cause: error,
    })
  } finally {
    await Promise.allSettled([reader.destroy(), writer.destroy()])
  }
}

function later(): Promise<false> {
  return new Promise((resolve) => systemClock.after(100, () => resolve(false)))
}
