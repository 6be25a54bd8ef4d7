import type { Knex } from 'knex'

/**
 * Bans and mutes say until when, why, and by what right they were set; what was set before can be lifted by whoever leads the
 * channel, as it could. A channel can be closed to guests, or silent for them. The name of whoever said something rests for a
 * while when the account is deleted.
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
