import type { Knex } from 'knex'

/** Browsers that stay logged in, each by a secret of its own. */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('browser_sessions', (table) => {
    table.increments('id')
    table.bigInteger('account').notNullable().references('id').inTable('accounts').index()
    table.text('hash').notNullable().unique()
    table.bigInteger('created_at').notNullable()
    table.bigInteger('used_at').notNullable().index()
    table.text('used_from')
    // What the browser calls itself.
    table.text('agent').notNullable()
  })
}
