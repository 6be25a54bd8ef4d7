import type { Knex } from 'knex'
import type { Change, ChangeKind, Changes, Corrections, LoggedChange } from '../chat/ports/change-log.ts'
import { type MessageRow, messageColumns, toMessage } from './rows.ts'

/**
 * So many entries are kept at least: a megabyte, and more than what a server with a thousand people tells in a day besides
 * messages. A bound by age would let a busy day grow as it likes.
 */
export const keptChanges = 20_000
/** So many more gather before the oldest are removed together. */
const surplus = 1_000

const aboutColumns = ['channel', 'account', 'other', 'message'] as const

type AboutRow = { [column in (typeof aboutColumns)[number]]: number | null }

/** A message if it is no `change`. */
type SeriesRow = MessageRow & AboutRow & { number: number; change: ChangeKind | null }

/** As messages are inserted: see sqlite/insert.ts. */
const insertSql = `INSERT INTO changes (number, kind, channel, account, other, message)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`

/** What was told besides messages, as far as it is remembered. Its `record` runs within changes, one at a time. */
export class ChangeLog {
  #count: number

  private constructor(count: number) {
    this.#count = count
  }

  static async of(db: Knex): Promise<ChangeLog> {
    const rows: { count?: number | string }[] = await db('changes').count({ count: '*' })
    return new ChangeLog(Number(rows[0]?.count ?? 0))
  }

  readonly record = async (db: Knex, changes: readonly LoggedChange[]): Promise<void> => {
    await db.raw(insertSql, [JSON.stringify(changes.map(rowOf))])
    this.#count += changes.length
    if (this.#count < keptChanges + surplus) return
    await removeOldest(db)
    this.#count = keptChanges
  }
}

function rowOf({ number, kind, channel, account, other, message }: LoggedChange): unknown[] {
  return [number, kind, channel, account, other, message]
}

async function removeOldest(db: Knex): Promise<void> {
  const newest = db('changes').select('number').orderBy('number', 'desc')
  const row: { number: number } | undefined = await newest.offset(keptChanges).first()
  if (!row) return
  await db('changes').where('number', '<=', row.number).delete()
  await db('meta').where({ key: 'changes_after' }).update({ value: row.number })
}

/** Of the messages there are so far the log does not know what became of them: they are from elsewhere. */
export async function changesAreUnknown(db: Knex): Promise<void> {
  const [row]: { last: number | null }[] = await db('messages').max({ last: 'id' })
  await db('meta')
    .where({ key: 'changes_after' })
    .update({ value: row?.last ?? 0 })
}

/** Up to which number the log has forgotten what was told besides messages. */
async function forgottenUpTo(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'changes_after' }).first('value')
  return Number(row?.value ?? 0)
}

/**
 * The first `limit` changes above `after` up to `upTo`, by number. Each half is one walk along its own numbers, and both
 * are read at one moment.
 */
export function changesQuery(db: Knex, after: number, upTo: number, limit: number): Knex.Raw<SeriesRow[]> {
  const nothing = (columns: readonly string[]) => columns.map((column) => `NULL AS ${column}`).join(', ')
  return db.raw(
    `SELECT * FROM (
       SELECT id AS number, NULL AS change, ${nothing(aboutColumns)}, ${messageColumns.join(', ')}
       FROM messages WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)
     UNION ALL SELECT * FROM (
       SELECT number, kind AS change, ${aboutColumns.join(', ')}, ${nothing(messageColumns)}
       FROM changes WHERE number > ? AND number <= ? ORDER BY number LIMIT ?)
     ORDER BY number LIMIT ?`,
    [after, upTo, limit, after, upTo, limit, limit],
  )
}

/** See Store.changesAfter; `told` is up to where there is anything to be known. */
export async function changesAfter(db: Knex, after: number, told: number, limit: number): Promise<Changes> {
  const rows = await changesQuery(db, after, told, limit)
  // Behind them: what was forgotten meanwhile may be missing.
  const complete = after >= (await forgottenUpTo(db)) && after <= told
  return { changes: rows.map(toChange), complete }
}

/** One walk along the log, which is short. */
export function correctionsQuery(
  db: Knex,
  after: number,
  told: number,
): Knex.QueryBuilder<object, (AboutRow & { number: number; kind: ChangeKind })[]> {
  return db('changes')
    .select('number', 'kind', ...aboutColumns)
    .where('number', '>', after)
    .where('number', '<=', told)
    .whereIn('kind', ['edited', 'deleted'])
    .orderBy('number')
}

/** See Store.correctionsAfter. */
export async function correctionsAfter(db: Knex, after: number, told: number): Promise<Corrections> {
  const rows = await correctionsQuery(db, after, told)
  const complete = after >= (await forgottenUpTo(db)) && after <= told
  return { changes: rows.map((row) => ({ kind: row.kind, number: row.number, ...aboutOf(row) })), complete }
}

function toChange(row: SeriesRow): Change {
  const { number, change } = row
  if (change === null) return { kind: 'message', number, said: toMessage(row) }
  return { kind: change, number, ...aboutOf(row) }
}

function aboutOf(row: AboutRow): Partial<LoggedChange> {
  const about = aboutColumns.flatMap((column) => (row[column] === null ? [] : [[column, row[column]]]))
  return Object.fromEntries(about) as Partial<LoggedChange>
}

/** The highest number of the log that there ever was. */
export async function lastLogged(db: Knex): Promise<number> {
  const [row]: { last: number }[] = await db.raw(
    `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0) AS last`,
  )
  return row?.last ?? 0
}
