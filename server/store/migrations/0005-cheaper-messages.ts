import type { Knex } from 'knex'

/**
 * Removes the index by author. With many talkers, nearly each message wrote a page of its own for it, which was a quarter of the
 * cost of storing a message; and the index is only useful when an account is deleted with its messages.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.dropIndex([], 'messages_author')
  })
}
