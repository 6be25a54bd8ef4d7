import type { Knex } from 'knex'
import type { Transactions } from '../committer.ts'
import { isConstraintError } from './errors.ts'

/**
 * Transactions on the one writing connection. Not `knex.transaction`: if its COMMIT fails, it
 * leaves the transaction open, and every later one would fail with it.
 */
export const sqliteTransactions: Transactions = {
  // IMMEDIATE waits for a lock here, where waiting is safe, and not at some later statement.
  begin: async (db: Knex) => void (await db.raw('BEGIN IMMEDIATE')),
  commit: async (db: Knex) => void (await db.raw('COMMIT')),
  rollback: async (db: Knex) => void (await db.raw('ROLLBACK')),
  isConstraintError,
}
