import type { Knex } from 'knex'

/** Copies the database into a new file, as it is at this moment. */
export async function copyInto(db: Knex, file: string): Promise<void> {
  await db.raw('VACUUM INTO ?', [file])
}
