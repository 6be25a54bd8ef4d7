import type { Knex } from 'knex'

/** Removed words are gone from the file, too; and an index finds direct messages and notices by age. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.index(['id'], 'messages_elsewhere', { predicate: db.whereNull('channel_id') })
  })
  // Otherwise FTS5 only notes that a message is deleted, and its words stay until segments happen to be merged.
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1)")
  // Merging all segments drops the words of messages that were deleted before.
  await db.raw("INSERT INTO messages_fts (messages_fts) VALUES ('optimize')")
}
