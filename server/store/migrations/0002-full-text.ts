import type { Knex } from 'knex'

/** The full-text index, of SQLite only: FTS5 that keeps no second copy of the texts. */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    `CREATE VIRTUAL TABLE messages_fts USING fts5(
       text, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')`,
  )
  await db('meta').insert({ key: 'indexed', value: 0 })
}
