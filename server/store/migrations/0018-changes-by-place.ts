import type { Knex } from 'knex'

/** What became of messages is asked for by where they were said. */
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
