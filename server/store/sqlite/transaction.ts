import type { Knex } from 'knex'
import type { Transactions } from '../batch-writer.ts'
import { isConstraintError } from './errors.ts'

/**
 * Transactions on the one writing connection. `knex.transaction` leaves the transaction open if its COMMIT fails, and then every
 * later one would fail.
 */
export const sqliteTransactions: Transactions = {
  // IMMEDIATE waits for a lock here, where waiting is safe, and not at a later statement.
  begin: async (db: Knex) => void (await db.raw('BEGIN IMMEDIATE')),
  commit: async (db: Knex) => void (await db.raw('COMMIT')),
  rollback: async (db: Knex) => void (await db.raw('ROLLBACK')),
  isConstraintError,
}
