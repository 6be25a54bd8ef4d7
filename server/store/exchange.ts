import type { Knex } from 'knex'
import { changesAreUnknown } from './change-log.ts'
import { StoreOpenError, why } from './errors.ts'
import { appliedMigrations, migrate, migrationNames } from './migrations/index.ts'
import { messageColumns } from './rows.ts'
import { connect } from './sqlite/connect.ts'

/** A row as it is in a table. */
export type Row = Readonly<Record<string, string | number | null>>

/** The tables that can be told to others, in an order in which each refers only to those before; without secrets. */
export const exchanged = {
  accounts: [
    'id',
    'name',
    'operator',
    'email',
    'settings',
    'since',
    'seen',
    'seen_at',
    'unread_from',
    'talked_with',
    'read_up_to',
    'watch',
    'deleted_at',
    'former',
  ],
  channels: ['id', 'name', 'private', 'topic', 'created_at', 'closed_at', 'former'],
  memberships: ['channel', 'account', 'role', 'since'],
  bans: ['channel', 'account', 'at', 'until', 'why', 'rank'],
  mutes: ['channel', 'account', 'until', 'why', 'rank'],
  guest_restraints: ['channel', 'kind', 'until', 'why', 'rank'],
  contacts: ['account', 'other'],
  blocks: ['account', 'other'],
  requests: ['channel', 'account', 'by', 'at', 'answer'],
  address_bans: ['cidr', 'by', 'at', 'until'],
  read_markers: ['account', 'kind', 'place', 'gap_after', 'gap_up_to', 'read_up_to'],
  messages: messageColumns,
  files: ['id', 'name', 'from_account', 'channel', 'to_account', 'size', 'sha256', 'at', 'expires'],
} as const

export type Table = keyof typeof exchanged

/** So many rows are read, or written, at a time. */
const slice = 1000

/**
 * Reads a database as it is at one moment, whoever writes meanwhile.
 * @throws {StoreOpenError} also if it has another schema than this program's
 */
export async function readAll<T>(
  file: string,
  use: (rows: (table: Table) => AsyncIterable<Row>, count: (table: Table) => Promise<number>) => Promise<T>,
): Promise<T> {
  return using(file, async (db) => {
    const applied = (await appliedMigrations(db)) ?? []
    if (applied.join() !== migrationNames.join())
      throw new StoreOpenError(`${file} is of another version; start this version of the server once.`)
    await db.raw('BEGIN')
    await db('meta').first('value')
    return use(
      (table) => rowsOf(db, table),
      async (table) => {
        const rows: { count?: number | string }[] = await whole(db, table).count({ count: '*' })
        return Number(rows[0]?.count ?? 0)
      },
    )
  })
}

/** Whom a message mentions, as a JSON list of numbers under `mentions`; it is written back from there. */
const mentionsOf = `(SELECT json_group_array(account) FROM mentions WHERE message = messages.id) AS mentions`

/** Makes a database of rows, which come table by table; all of them or, if it throws, none that counts. */
export async function writeAll(
  file: string,
  batches: AsyncIterable<{ table: Table; rows: Row[] }>,
): Promise<void> {
  await using(file, async (db) => {
    await migrate(db)
    await db.raw('PRAGMA foreign_keys = ON')
    await db.raw('BEGIN')
    for await (const { rows, table } of batches) {
      await db(table).insert(rows.map(({ mentions: _, ...row }) => row))
      const mentioning = rows.filter(({ mentions }) => typeof mentions === 'string' && mentions !== '[]')
      for (const { id, mentions } of mentioning)
        await db.raw('INSERT INTO mentions (message, account) SELECT ?, value FROM json_each(?)', [
          id ?? null,
          mentions ?? null,
        ])
    }
    await changesAreUnknown(db)
    await db.raw('COMMIT')
  })
}

/** So many rows may come at a time: SQLite puts no more together in one statement. */
export const insertRows = 400

function whole(db: Knex, table: Table): Knex.QueryBuilder {
  return table === 'files' ? db(table).whereNotNull('sha256') : db(table)
}

async function* rowsOf(db: Knex, table: Table): AsyncIterable<Row> {
  for (let after = 0; ; ) {
    const query = whole(db, table).select(db.raw('rowid AS rowid'), ...exchanged[table])
    if (table === 'messages') query.select(db.raw(mentionsOf))
    const rows: (Row & { rowid: number })[] = await query
      .where('rowid', '>', after)
      .orderBy('rowid')
      .limit(slice)
    for (const { rowid: _, ...row } of rows) yield row
    if (rows.length < slice) return
    after = rows.at(-1)?.rowid ?? after
  }
}

async function using<T>(file: string, work: (db: Knex) => Promise<T>): Promise<T> {
  const { reader, writer } = connect({ file, synchronous: 'off' })
  try {
    return await work(writer)
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))
      throw new StoreOpenError(`${file} cannot be used: ${why(error, file)}`, { cause: error })
    throw error
  } finally {
    await Promise.allSettled([reader.destroy(), writer.destroy()])
  }
}
