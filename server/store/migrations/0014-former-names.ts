import type { Knex } from 'knex'

/** What accounts and channels were called before, and until when nobody else may be called so: [{name, until}]. */
export async function up(db: Knex): Promise<void> {
  for (const table of ['accounts', 'channels'])
    await db.schema.alterTable(table, (columns) => {
      columns.text('former')
    })
}
