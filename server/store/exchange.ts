import type { Knex } from 'knex'
import { goOnFarAbove, lastLogged } from './change-log.ts'
import { StoreOpenError, why } from './errors.ts'
import { markWaiting } from './migrations/0017-read-markers.ts'
import { appliedMigrations, migrate, migrationNames } from './migrations/index.ts'
import { messageColumns } from './rows.ts'
import { connect } from './sqlite/connect.ts'
import { lastMessageId } from './sqlite/insert.ts'
import { lastNumberOf, setLastNumber } from './sqlite/sequences.ts'

/** A row of a table. */
export type Row = Readonly<Record<string, string | number | null>>

/** The tables of an export, without secrets, in an order in which each refers only to those before it. */
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
  read_markers: ['account', 'kind', 'place', 'gaps', 'read_up_to'],
  messages: messageColumns,
  files: ['id', 'name', 'from_account', 'channel', 'to_account', 'size', 'sha256', 'at', 'expires'],
} as const

export type Table = keyof typeof exchanged

/** The last numbers that were given, also to messages and files that are gone; 0 if there was none. */
export interface LastNumbers {
  /** Of the series of messages and other changes. */
  readonly number: number
  readonly file: number
}

/** Reads a database as it is at one moment. */
export interface Reading {
  rows(table: Table): AsyncIterable<Row>
  count(table: Table): Promise<number>
  last(): Promise<LastNumbers>
}

/** How many rows are read at a time. */
const slice = 1000

/**
 * Calls `use` to read a database as it is at one moment; others may write meanwhile.
 * @throws {StoreOpenError} also if it has another schema than this program's
 */
export async function readAll<T>(file: string, use: (reading: Reading) => Promise<T>): Promise<T> {
  return using(file, async (db) => {
    const applied = (await appliedMigrations(db)) ?? []
    if (applied.join() !== migrationNames.join())
      throw new StoreOpenError(`${file} is of another version; start this version of the server once.`)
    await db.raw('BEGIN')
    await db('meta').first('value')
    return use({
      rows: (table) => rowsOf(db, table),
      count: async (table) => {
        const rows: { count?: number | string }[] = await whole(db, table).count({ count: '*' })
        return Number(rows[0]?.count ?? 0)
      },
      last: async () => ({
        number: Math.max(await lastMessageId(db), await lastLogged(db)),
        file: await lastNumberOf(db, 'files'),
      }),
    })
  })
}

/** The accounts that a message mentions, as a JSON list of numbers; writeAll takes it back. */
const mentionsOf = `(SELECT json_group_array(account) FROM mentions WHERE message = messages.id) AS mentions`

/**
 * Makes a database of rows, which come table by table. If it throws, nothing is stored. New numbers come after those that
 * `end` returns, those of the series far above. `end` is called after the last row. Returns the number after which the series
 * goes on.
 */
export async function writeAll(
  file: string,
  batches: AsyncIterable<{ table: Table; rows: Row[] }>,
  end: () => { last: LastNumbers; hasReadMarkers: boolean },
): Promise<number> {
  return using(file, async (db) => {
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
    const { hasReadMarkers, last } = end()
    if (!hasReadMarkers) await markWaiting(db)
    const after = await goOnFarAbove(db, Math.max(last.number, await lastNumberNamed(db)))
    await setLastNumber(db, 'files', last.file)
    await db.raw('COMMIT')
    return after
  })
}

/** The highest number of the series that the rows name. Rows also name messages that are removed, as those that people were shown. */
async function lastNumberNamed(db: Knex): Promise<number> {
  const [row]: { last: number | null }[] = await db.raw(
    `SELECT max(number) AS last FROM (
       SELECT max(id) AS number FROM messages
       UNION ALL SELECT max(max(seen, coalesce(unread_from, 0), coalesce(read_up_to, 0))) FROM accounts
       UNION ALL SELECT max(read_up_to) FROM read_markers)`,
  )
  return row?.last ?? 0
}

/** The most rows in a batch: SQLite takes no more in one statement. */
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
