import type { Knex } from 'knex'

/*
 * SQLite remembers the highest number that a row of a table with AUTOINCREMENT ever had, also when that row is gone.
 */

type Numbered = 'messages' | 'changes' | 'files'

/** The highest number that a row of the table ever had; 0 if it never had a row. */
export async function lastNumberOf(db: Knex, table: Numbered): Promise<number> {
  const row: { seq: number } | undefined = await db('sqlite_sequence').where({ name: table }).first('seq')
  return row?.seq ?? 0
}

/** The highest number of the series of messages and changes, in a statement: also of those that are stored in the same step. */
export function lastOfSeries(db: Knex): Knex.Raw<number> {
  return db.raw(`(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name IN ('messages', 'changes'))`)
}

/** Lets the next row of the table have a number above `last`. A higher number that SQLite remembers already stays. */
export async function setLastNumber(db: Knex, table: Numbered, last: number): Promise<void> {
  const before: { seq: number } | undefined = await db('sqlite_sequence').where({ name: table }).first('seq')
  if (!before) await db('sqlite_sequence').insert({ name: table, seq: last })
  else if (before.seq < last) await db('sqlite_sequence').where({ name: table }).update({ seq: last })
}
