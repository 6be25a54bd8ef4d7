import type { Knex } from 'knex'

/**
 * What was begun and is to be finished, whatever comes between: accounts that end, traces that are left in the database's
 * files, and bytes of files that nobody knows any more.
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
  // Whoever deletes a file, by whatever way: its bytes go next, and until they have it stands here.
  await db.raw(
    `CREATE TRIGGER files_discarded AFTER DELETE ON files BEGIN
       INSERT OR REPLACE INTO discarded (blob, whole) VALUES (old.blob, old.sha256 IS NOT NULL);
     END`,
  )
  // 0: nothing; 1: the index and the write-ahead log; 2: all of the file.
  await db('meta').insert({ key: 'scrub', value: 0 })
}
