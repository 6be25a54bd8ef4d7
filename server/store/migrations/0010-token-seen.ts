import type { Knex } from 'knex'

/** The number up to which each token has read. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('tokens', (table) => {
    table.bigInteger('seen')
  })
}
