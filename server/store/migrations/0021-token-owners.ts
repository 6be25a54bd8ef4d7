import type { Knex } from 'knex'

/** Whose a token is, where it comes alone: in the address of a request (`POST /say/CHANNEL/TOKEN`). */
export async function up(db: Knex): Promise<void> {
  await db.raw('CREATE INDEX tokens_hash ON tokens (hash)')
}
