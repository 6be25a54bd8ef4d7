import type { Knex } from 'knex'

/** Former names of accounts and channels, and until when nobody else may have them: [{name, until}]. */
export async function up(db: Knex): Promise<void> {
  for (const table of ['accounts', 'channels'])
    await db.schema.alterTable(table, (columns) => {
      columns.text('former')
    })
}
