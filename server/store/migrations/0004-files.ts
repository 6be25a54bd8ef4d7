import type { Knex } from 'knex'

/** Files; their bytes are in a folder beside the database. */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('files', (table) => {
    table.bigIncrements('id')
    table.text('name').notNullable()
    table.bigInteger('from_account').notNullable().references('id').inTable('accounts')
    table.bigInteger('channel').references('id').inTable('channels')
    table.bigInteger('to_account').references('id').inTable('accounts')
    table.text('blob').notNullable()
    table.text('token')
    table.bigInteger('size')
    table.text('sha256')
    table.bigInteger('at').notNullable()
    table.bigInteger('expires').notNullable()
    table.boolean('blocked').notNullable().defaultTo(false)
    table.index(['channel'], 'files_channel')
    table.index(['from_account'], 'files_from')
    table.index(['to_account'], 'files_to')
  })

  await db.schema.createTable('file_tokens', (table) => {
    table.text('hash').primary()
    table.bigInteger('file').notNullable().references('id').inTable('files').onDelete('CASCADE')
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.bigInteger('expires').notNullable()
    table.index(['file'], 'file_tokens_file')
    table.index(['account'], 'file_tokens_account')
  })
}
