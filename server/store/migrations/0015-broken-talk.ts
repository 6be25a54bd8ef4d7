import type { Knex } from 'knex'

/** With whom an account talked in private when its line ended. */
export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', (table) => {
    table.bigInteger('talked_with')
  })
}
