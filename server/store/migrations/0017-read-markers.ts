import type { Knex } from 'knex'

/**
 * The number up to which an account has read: `accounts.read_up_to`, which is null if it is `seen`, and a row for each place that
 * differs. `kind` is 'channel' or 'person', `place` is its number; 0 is all guests.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', (table) => {
    table.bigInteger('read_up_to')
  })
  await db.schema.createTable('read_markers', (table) => {
    table.bigInteger('account').notNullable().references('id').inTable('accounts')
    table.text('kind').notNullable()
    table.bigInteger('place').notNullable()
    // What is unread: messages above `read_up_to`, and in `gaps`, a list of {"after":N,"upTo":N} in order.
    table.text('gaps').notNullable()
    table.bigInteger('read_up_to').notNullable()
    table.primary(['account', 'kind', 'place'])
    // Without it, closing a channel would make the writer read through all markers.
    table.index(['kind', 'place'], 'read_markers_place')
  })
  await markWaiting(db)
}

/** Marks the direct messages that wait in an inbox as unread. An import of what was exported before there were markers does so, too. */
export async function markWaiting(db: Knex): Promise<void> {
  await db.raw(
    `INSERT INTO read_markers (account, kind, place, gaps, read_up_to)
     SELECT accounts.id, 'person', COALESCE(messages.from_account, 0),
       json_array(json_object('after', accounts.unread_from, 'upTo', accounts.seen)), accounts.seen
     FROM accounts CROSS JOIN messages
     WHERE accounts.unread_from IS NOT NULL AND accounts.deleted_at IS NULL
       AND messages.to_account = accounts.id AND NOT messages.blocked
       AND messages.id > accounts.unread_from AND messages.id <= accounts.seen
     GROUP BY accounts.id, COALESCE(messages.from_account, 0)`,
  )
}
