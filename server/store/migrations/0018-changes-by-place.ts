import type { Knex } from 'knex'

/** An index that finds edits and deletions by the place of the message. */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    `CREATE INDEX changes_channel ON changes (channel, number, message)
     WHERE message IS NOT NULL AND channel IS NOT NULL`,
  )
  await db.raw(
    `CREATE INDEX changes_direct ON changes (account, other, number, message)
     WHERE message IS NOT NULL AND channel IS NULL`,
  )
}
