import { randomInt } from 'node:crypto'
import type { Knex } from 'knex'

/** The id by which a database and its folder of files know each other: see Vault.tidy. */
export async function up(db: Knex): Promise<void> {
  await db('meta').insert({ key: 'id', value: randomInt(1, 2 ** 48 - 1) })
}
