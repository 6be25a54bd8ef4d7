import type { Knex } from 'knex'

/** The first schema. A released migration is never changed: later changes are new files. */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('meta', (table) => {
    table.text('key').primary()
    table.bigInteger('value').notNullable()
  })
  await db('meta').insert({ key: 'pings', value: 0 })

  // A deleted account stays as a row without secrets: messages refer to it and its number is never used again.
  await db.schema.createTable('accounts', (table) => {
    table.bigIncrements('id')
    table.text('name').notNullable()
    table.text('key').notNullable()
    table.boolean('operator').notNullable().defaultTo(false)
    table.text('email')
    table.text('password_hash')
    table.text('recovery_hash')
    table.text('settings').notNullable().defaultTo('{}')
    table.bigInteger('since').notNullable()
    table.bigInteger('seen').notNullable().defaultTo(0)
    table.bigInteger('seen_at').notNullable().defaultTo(0)
    table.bigInteger('unread_from')
    table.bigInteger('deleted_at')
    table.unique(['key'], {
      indexName: 'accounts_key',
      useConstraint: false,
      predicate: db.whereNull('deleted_at'),
    })
  })

  await db.schema.createTable('tokens', (table) => {
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.text('name').notNullable()
    table.text('hash').notNullable()
    table.bigInteger('created_at').notNullable()
    table.primary(['account', 'name'])
  })

  await db.schema.createTable('channels', (table) => {
    table.bigIncrements('id')
    table.text('name').notNullable()
    table.text('key').notNullable()
    table.boolean('private').notNullable()
    table.text('topic').notNullable().defaultTo('')
    table.bigInteger('created_at').notNullable()
    table.bigInteger('closed_at')
    table.unique(['key'], {
      indexName: 'channels_key',
      useConstraint: false,
      predicate: db.whereNull('closed_at'),
    })
  })

  await db.schema.createTable('memberships', (table) => {
    table.bigInteger('channel').notNullable().references('id').inTable('channels')
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.text('role')
    table.bigInteger('since').notNullable()
    table.primary(['channel', 'account'])
    table.index(['account'], 'memberships_account')
  })

  await db.schema.createTable('messages', (table) => {
    table.bigIncrements('id')
    table.bigInteger('at').notNullable()
    table.text('kind').notNullable()
    table.text('text').notNullable()
    table.bigInteger('from_account').references('id').inTable('accounts')
    table.text('from_guest')
    table.bigInteger('channel_id').references('id').inTable('channels')
    table.bigInteger('to_account').references('id').inTable('accounts')
    table.text('to_guest')
    // Partial, so that each message is only in the indexes of its lists.
    const direct = db.whereNotNull('to_account')
    table.index(['channel_id', 'id'], 'messages_channel', { predicate: db.whereNotNull('channel_id') })
    table.index(['to_account', 'id'], 'messages_inbox', { predicate: direct })
    table.index(['to_account', 'from_account', 'id'], 'messages_direct', { predicate: direct })
    // Without it, deleting an account would make the writer read through all messages.
    table.index(['from_account', 'id'], 'messages_author', { predicate: db.whereNotNull('from_account') })
  })
}
