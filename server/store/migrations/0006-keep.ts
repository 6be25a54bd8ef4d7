import type { Knex } from 'knex'

/** What is removed is gone from the files, too; and what was said in no channel can be walked through by age. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.index(['id'], 'messages_elsewhere', { predicate: db.whereNull('channel_id') })
  })
  // Otherwise FTS5 only notes that a message is deleted, and its words stay until segments happen to be merged.
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1)")
  // Words of what was deleted before: merging all segments drops them.
  await db.raw("INSERT INTO messages_fts (messages_fts) VALUES ('optimize')")
}
