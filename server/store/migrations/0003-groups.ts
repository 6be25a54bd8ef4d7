import type { Knex } from 'knex'

/** Groups: roles, bans, mutes, requests, contacts and blocks. New columns have defaults, so that no row has to be rewritten. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', (table) => {
    table.boolean('watch').notNullable().defaultTo(false)
    table.boolean('initial_password').notNullable().defaultTo(false)
  })

  await db.schema.alterTable('messages', (table) => {
    table.boolean('blocked').notNullable().defaultTo(false)
    // Without blocked messages, so that lists of the receiver do not have to walk past them.
    table.dropIndex([], 'messages_inbox')
    table.index(['to_account', 'id'], 'messages_inbox', {
      predicate: db.whereNotNull('to_account').whereRaw('NOT blocked'),
    })
    table.dropIndex([], 'messages_direct')
    table.index(['to_account', 'from_account', 'blocked', 'id'], 'messages_direct', {
      predicate: db.whereNotNull('to_account'),
    })
    table.index(['kind', 'id'], 'messages_notices', { predicate: db.whereRaw("kind = 'notice'") })
  })

  await db.schema.createTable('requests', (table) => {
    table.bigIncrements('id')
    table.bigInteger('channel').notNullable().references('id').inTable('channels')
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.bigInteger('by').notNullable().references('id').inTable('accounts')
    table.bigInteger('at').notNullable()
    table.text('answer').notNullable().defaultTo('pending')
    table.unique(['channel', 'account'], {
      indexName: 'requests_pending',
      useConstraint: false,
      predicate: db.whereRaw("answer = 'pending'"),
    })
    table.index(['channel'], 'requests_channel')
    table.index(['account'], 'requests_account')
    table.index(['by'], 'requests_by')
  })

  await db.schema.createTable('bans', (table) => {
    table.bigInteger('channel').notNullable().references('id').inTable('channels')
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.bigInteger('at').notNullable()
    table.primary(['channel', 'account'])
    table.index(['account'], 'bans_account')
  })

  await db.schema.createTable('mutes', (table) => {
    table.bigInteger('channel').notNullable().references('id').inTable('channels')
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.bigInteger('until')
    table.primary(['channel', 'account'])
    table.index(['account'], 'mutes_account')
  })

  for (const links of ['contacts', 'blocks']) {
    await db.schema.createTable(links, (table) => {
      table.bigInteger('account').notNullable().references('id').inTable('accounts')
      table.bigInteger('other').notNullable().references('id').inTable('accounts')
      table.primary(['account', 'other'])
      table.index(['other'], `${links}_other`)
    })
  }

  await db.schema.createTable('invites', (table) => {
    table.text('hash').primary()
    table.bigInteger('by').notNullable().references('id').inTable('accounts')
    table.bigInteger('at').notNullable()
    table.bigInteger('until').notNullable()
    table.bigInteger('used_by').references('id').inTable('accounts')
    table.index(['by'], 'invites_by')
  })

  await db.schema.createTable('address_bans', (table) => {
    table.text('cidr').primary()
    table.bigInteger('by').notNullable().references('id').inTable('accounts')
    table.bigInteger('at').notNullable()
    table.bigInteger('until')
  })

  await db.schema.createTable('mentions', (table) => {
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.bigInteger('message').notNullable().references('id').inTable('messages').onDelete('CASCADE')
    table.primary(['account', 'message'])
    // Without it, removing a message would make the writer read through all mentions.
    table.index(['message'], 'mentions_message')
  })
}
