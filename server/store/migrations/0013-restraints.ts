import type { Knex } from 'knex'

/**
 * Bans and mutes have an end, a reason and the rank of the person who set them; everybody who leads the channel can lift older
 * ones, as before. A channel can ban or mute all guests. When an account that said something is deleted, its name rests for a
 * while.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('bans', (table) => {
    table.bigInteger('until')
    table.text('why')
    table.integer('rank').notNullable().defaultTo(1)
  })
  await db.schema.alterTable('mutes', (table) => {
    table.text('why')
    table.integer('rank').notNullable().defaultTo(1)
  })
  await db.schema.createTable('guest_restraints', (table) => {
    table.bigInteger('channel').notNullable().references('id').inTable('channels')
    table.text('kind').notNullable()
    table.bigInteger('until')
    table.text('why')
    table.integer('rank').notNullable()
    table.primary(['channel', 'kind'])
  })
  await db.schema.alterTable('accounts', (table) => {
    table.boolean('rests').notNullable().defaultTo(false)
  })
  await db('accounts')
    .whereNotNull('deleted_at')
    .whereNot({ key: '' })
    .whereExists(db('messages').select('id').whereRaw('messages.from_account = accounts.id'))
    .update({ rests: true })
}
