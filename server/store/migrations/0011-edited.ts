import type { Knex } from 'knex'

/** When a message was last edited. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('messages', (table) => {
    table.bigInteger('edited_at')
  })
}
