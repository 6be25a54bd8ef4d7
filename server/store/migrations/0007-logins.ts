import type { Knex } from 'knex'

/** The scope and the last use of tokens, and the addresses from which accounts have logged in. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tokens', (table) => {
    // Older tokens were made for everything.
    table.text('scope').notNullable().defaultTo('all')
    table.text('channels')
    table.bigInteger('used_at')
    table.text('used_from')
  })

  await db.schema.createTable('login_addresses', (table) => {
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.text('address').notNullable()
    table.bigInteger('since').notNullable()
    table.bigInteger('last').notNullable()
    table.boolean('told').notNullable()
    table.primary(['account', 'address'])
  })
}
