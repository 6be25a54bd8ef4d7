import type { Knex } from 'knex'

/**
 * Work that must be finished also after an interruption: deletions of accounts, traces of removed data in the files of the
 * database, and bytes of forgotten files.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('endings', (table) => {
    table.bigInteger('account').primary().references('id').inTable('accounts')
    table.text('fate').notNullable()
  })
  await db.schema.createTable('discarded', (table) => {
    table.text('blob').primary()
    table.boolean('whole').notNullable()
  })
  // Every deleted file, until its bytes are removed, too.
  await db.raw(
    `CREATE TRIGGER files_discarded AFTER DELETE ON files BEGIN
       INSERT OR REPLACE INTO discarded (blob, whole) VALUES (old.blob, old.sha256 IS NOT NULL);
     END`,
  )
  // 0: nothing; 1: the index and the write-ahead log; 2: all of the file.
  await db('meta').insert({ key: 'scrub', value: 0 })
}
