import type { Knex } from 'knex'

/** The person with whom an account was in a private talk when its connection ended. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', (table) => {
    table.bigInteger('talked_with')
  })
}
