import type { Knex } from 'knex'

/** What tokens are for and when they were used, and from where accounts have logged in. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tokens', (table) => {
    // Those from before were made for everything.
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
