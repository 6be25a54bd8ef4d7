import { randomInt } from 'node:crypto'
import type { Knex } from 'knex'
import type {
  Change,
  ChangeKind,
  Changes,
  Corrections,
  CorrectionsPage,
  LogEntry,
  LoggedChange,
  PlaceOfTalk,
} from '../chat/ports/change-log.ts'
import { type MessageRow, messageColumns, toMessage } from './rows.ts'
import { lastNumberOf, setLastNumber } from './sqlite/sequences.ts'

/**
 * The least number of entries that are kept: a megabyte, and more than a server with a thousand people tells in a day besides
 * messages. A limit by age would not limit a busy day.
 */
export const keptChanges = 20_000
/** How many more entries gather before the oldest are removed together. */
const surplus = 1_000

const aboutColumns = ['channel', 'account', 'other', 'message'] as const

type AboutRow = { [column in (typeof aboutColumns)[number]]: number | null }

/** A message, or an entry of the log if it has a `change`. */
type SeriesRow = MessageRow & AboutRow & { number: number; change: ChangeKind | null }

/** One bound JSON string, as for messages: see sqlite/insert.ts. */
const insertSql = `INSERT INTO changes (number, kind, channel, account, other, message)
  SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)`

/** The log of changes that were told besides messages. Its `record` runs within changes of the store, one at a time. */
export class ChangeLog {
  #count: number

  private constructor(count: number) {
    this.#count = count
  }

  static async of(db: Knex): Promise<ChangeLog> {
    return new ChangeLog(await countOf(db))
  }

  /** Entries are counted here when they are written, also in a change that is not committed: so the database is asked before any go. */
  readonly record = async (db: Knex, changes: readonly LoggedChange[]): Promise<void> => {
    const entries: LoggedChange[] = []
    for (const change of changes) {
      const before = change.kind === 'forgotten' ? await takeForgotten(db, change.channel) : []
      entries.push({ ...change, message: before.reduce(later, change.message) })
    }
    await db.raw(insertSql, [JSON.stringify(entries.map(rowOf))])
    this.#count += changes.length
    if (this.#count < keptChanges + surplus) return
    this.#count = await countOf(db)
    if (this.#count >= keptChanges + surplus) await removeOldest(db)
  }
}

function rowOf({ number, kind, channel, account, other, message }: LoggedChange): unknown[] {
  return [number, kind, channel, account, other, message]
}

async function countOf(db: Knex): Promise<number> {
  const rows: { count?: number | string }[] = await db('changes').count({ count: '*' })
  return Number(rows[0]?.count ?? 0)
}

async function removeOldest(db: Knex): Promise<void> {
  const newest = db('changes').select('number').orderBy('number', 'desc')
  const row: { number: number } | undefined = await newest.offset(keptChanges).first()
  if (!row) return
  await db('changes').where('number', '<=', row.number).delete()
  await db('meta').where({ key: 'changes_after' }).update({ value: row.number })
}

/** At least so many numbers lie between the last one of a copy and the next one. */
const farAbove = 1_000_000
/** Where the series goes on is one of so many numbers, at such a distance from each other. */
const starts = { count: 1_000_000, apart: 1_000 } as const

/**
 * Lets the series of a copy go on far above its last number, and returns the number after which it does. The server that it was
 * copied from may have given more numbers since, and programs know these: the log of the copy knows nothing so far up, so they
 * are told to load everything anew. The place is chosen at random: somebody may have restored the same copy before, and used it.
 * Also a database without a log, of an older version, may have it: its log begins there.
 */
export async function goOnFarAbove(db: Knex, last: number): Promise<number> {
  const least = (Math.floor(last / farAbove) + 2) * farAbove
  const after = least + randomInt(starts.count) * starts.apart
  await setLastNumber(db, 'messages', after)
  if (!(await db.schema.hasTable('changes'))) return after
  await setLastNumber(db, 'changes', after)
  await db('meta').where({ key: 'changes_after' }).update({ value: after })
  return after
}

/** The number up to which the log has forgotten the changes that were told. */
async function forgottenUpTo(db: Knex): Promise<number> {
  const row: { value: number } | undefined = await db('meta').where({ key: 'changes_after' }).first('value')
  return Number(row?.value ?? 0)
}

/**
 * The first `limit` messages and other changes above `after` up to `upTo`, by number. Each half is one walk along its own
 * numbers, and both are read at one moment.
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

/** See Store.changesAfter; `told` is the newest number that was told. */
export async function changesAfter(db: Knex, after: number, told: number, limit: number): Promise<Changes> {
  const rows = await changesQuery(db, after, told, limit)
  // Ask after reading the rows: the log may have forgotten some meanwhile.
  const complete = after >= (await forgottenUpTo(db)) && after <= told
  return { changes: rows.map(toChange), complete }
}

/** Takes out earlier entries about forgotten messages of a channel, or of no channel: the new entry covers them. Returns their numbers. */
async function takeForgotten(db: Knex, channel: number | undefined): Promise<readonly number[]> {
  const place = channel === undefined ? { channel: null, account: null, other: null } : { channel }
  const entries = () =>
    db('changes')
      .whereRaw('message IS NOT NULL')
      .where({ ...place, kind: 'forgotten' })
  const upTo: number[] = await entries().pluck('message')
  if (upTo.length > 0) await entries().delete()
  return upTo
}

function later(one: number | undefined, other: number): number {
  return Math.max(one ?? 0, other)
}

/** Walks along the log of a channel; or, for a talk of two accounts, along the entries of either and those about forgotten messages. */
export function correctionsQuery(
  db: Knex,
  { after, upTo, place, limit }: CorrectionsPage,
): Knex.Raw<(AboutRow & { number: number; kind: ChangeKind })[]> {
  const walk = (where: string) => `SELECT * FROM (
    SELECT number, kind, ${aboutColumns.join(', ')} FROM changes
    WHERE ${where} AND message IS NOT NULL AND number > ? AND number <= ?
      AND (message <= ? OR kind = 'forgotten') ORDER BY number LIMIT ?)`
  const rest = [after, upTo, after, limit]
  if ('channel' in place) return db.raw(walk('channel = ?'), [place.channel, ...rest])
  const [one, other] = place.between
  const said = 'channel IS NULL AND account = ? AND other = ?'
  const walks = [
    { where: said, of: [one, other] },
    ...(one === other ? [] : [{ where: said, of: [other, one] }]),
    { where: `channel IS NULL AND account IS NULL AND other IS NULL AND kind = 'forgotten'`, of: [] },
  ]
  return db.raw(`${walks.map(({ where }) => walk(where)).join(' UNION ALL ')} ORDER BY number LIMIT ?`, [
    ...walks.flatMap(({ of }) => [...of, ...rest]),
    limit,
  ])
}

/** See Store.correctionsAfter. */
export async function correctionsAfter(db: Knex, page: CorrectionsPage, told: number): Promise<Corrections> {
  const upTo = Math.min(page.upTo, told)
  const rows = await correctionsQuery(db, { ...page, upTo })
  const ids = rows.flatMap(({ kind, message }) => (kind === 'edited' ? [message] : []))
  const edited: MessageRow[] = await db('messages')
    .whereRaw('id IN (SELECT value FROM json_each(?))', [JSON.stringify(ids)])
    .select(messageColumns)
  const isKnown = page.after >= (await forgottenUpTo(db)) && page.after <= told
  const complete = isKnown && !(await isNewer(db, page.place, page.after))
  return {
    changes: rows.map((row) => ({ kind: row.kind, number: row.number, ...aboutOf(row) })),
    edited: edited.map(toMessage),
    upTo,
    complete,
  }
}

/** Finds a channel, or the second of two accounts, if it got its name behind a number: another one may have had it then. */
export function namedQuery(db: Knex, place: PlaceOfTalk, number: number): Knex.QueryBuilder {
  const [table, id] = 'channel' in place ? ['channels', place.channel] : ['accounts', place.between[1]]
  return db(table).select('id').where({ id }).where('named_after', '>', number)
}

async function isNewer(db: Knex, place: PlaceOfTalk, number: number): Promise<boolean> {
  // Whoever has nothing yet misses nothing.
  return number > 0 && (await namedQuery(db, place, number)).length > 0
}

/** Makes the entries for messages that are being deleted. Passes over numbers of messages that are gone already. */
export async function deletions(db: Knex, ids: readonly number[]): Promise<LogEntry[]> {
  const rows: Pick<MessageRow, 'id' | 'channel_id' | 'from_account' | 'to_account' | 'blocked'>[] = await db(
    'messages',
  )
    .whereRaw('id IN (SELECT value FROM json_each(?))', [JSON.stringify(ids)])
    .select('id', 'channel_id', 'from_account', 'to_account', 'blocked')
  return rows.map(({ id, channel_id, from_account, to_account, blocked }) => ({
    kind: 'deleted',
    channel: channel_id ?? undefined,
    account: from_account ?? undefined,
    other: blocked ? undefined : (to_account ?? undefined),
    message: id,
  }))
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

/** The highest number that an entry of the log ever had, or after which an imported log began. */
export function lastLogged(db: Knex): Promise<number> {
  return lastNumberOf(db, 'changes')
}
