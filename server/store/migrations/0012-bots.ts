import type { Knex } from 'knex'

/** Marks messages of login tokens, and stores the keys by which programs say something only once. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.boolean('bot')
  })
  await db.schema.createTable('said_once', (table) => {
    table.integer('account').notNullable().references('accounts.id')
    table.string('key', 64).notNullable()
    table.integer('message').notNullable()
    table.bigInteger('at').notNullable().index()
    table.text('answer').notNullable()
    table.primary(['account', 'key'])
  })
}
