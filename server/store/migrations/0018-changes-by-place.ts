import type { Knex } from 'knex'

/**
 * An index that finds edits and deletions by the place of the message; and for each place the number behind which it got its
 * name, 0 for those of before: no log reaches back so far.
 */
export async function up(db: Knex): Promise<void> {
  for (const table of ['channels', 'accounts'])
    await db.raw(`ALTER TABLE ${table} ADD COLUMN named_after integer NOT NULL DEFAULT 0`)
  await db.raw(
    `CREATE INDEX changes_channel ON changes (channel, number, message)
     WHERE message IS NOT NULL AND channel IS NOT NULL`,
  )
  await db.raw(
    `CREATE INDEX changes_direct ON changes (account, other, number, message)
     WHERE message IS NOT NULL AND channel IS NULL`,
  )
}
