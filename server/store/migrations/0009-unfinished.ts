import type { Knex } from 'knex'

/** What was begun and is to be finished, whatever comes between: accounts that end, and traces that are left in files. */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('endings', (table) => {
    table.bigInteger('account').primary().references('id').inTable('accounts')
    table.text('fate').notNullable()
  })
  // 0: nothing; 1: the index and the write-ahead log; 2: all of the file.
  await db('meta').insert({ key: 'scrub', value: 0 })
}
