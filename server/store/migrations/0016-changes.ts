import type { Knex } from 'knex'

/**
 * A short log of the changes that were told besides messages: edits, deletions, topics, roles ... Its numbers and those of
 * messages are one series. Earlier changes have no entry.
 */
export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('changes', (table) => {
    table.bigIncrements('number')
    table.text('kind').notNullable()
    // Without foreign keys: the rows may be gone by now.
    table.bigInteger('channel')
    table.bigInteger('account')
    table.bigInteger('other')
    table.bigInteger('message')
  })
  // The newest messages may be removed: programs know their numbers.
  const [row]: { last: number }[] = await db.raw(
    `SELECT max(coalesce((SELECT max(id) FROM messages), 0),
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0)) AS last`,
  )
  await db('meta').insert({ key: 'changes_after', value: row?.last ?? 0 })
}
