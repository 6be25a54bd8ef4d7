import type { Knex } from 'knex'

/**
 * Takes the list by author away. With many talkers it made nearly each message write a page of its own, which was
 * a quarter of what storing it cost; and it is asked for only when somebody leaves for good and takes everything along.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.dropIndex([], 'messages_author')
  })
}
