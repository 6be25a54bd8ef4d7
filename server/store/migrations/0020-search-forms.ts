import type { Knex } from 'knex'

/**
 * Messages are found in whatever form their characters were typed. The texts that are written otherwise in the index are kept
 * beside the messages. The index begins anew here, and is filled while the server runs (store/search-index).
 */
export async function up(db: Knex): Promise<void> {
  await db.raw(
    'CREATE TABLE search_forms (id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, text TEXT NOT NULL)',
  )
  await db.raw(
    `CREATE VIEW IF NOT EXISTS searched AS
       SELECT messages.id AS id, coalesce(f.text, messages.text) AS text
       FROM messages LEFT JOIN search_forms f ON f.id = messages.id`,
  )
  await db.raw('DROP TABLE messages_fts')
  await db.raw(
    `CREATE VIRTUAL TABLE messages_fts USING fts5(
       text, content = 'searched', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')`,
  )
  await db.raw("INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1)")
  await db('meta').where({ key: 'indexed' }).update({ value: 0 })
}
