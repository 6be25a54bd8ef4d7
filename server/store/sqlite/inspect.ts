import type { Knex } from 'knex'

/** Whether the database has no tables, because it was just made. */
export async function isEmpty(db: Knex): Promise<boolean> {
  const rows: unknown[] = await db.raw('SELECT name FROM sqlite_master LIMIT 1')
  return rows.length === 0
}

const smallTables = [
  'meta',
  'accounts',
  'tokens',
  'channels',
  'memberships',
  'requests',
  'bans',
  'mutes',
  'contacts',
  'blocks',
  'invites',
  'address_bans',
]

/**
 * Checks the tables that the server reads at its start, which are small; checking all messages would take too long. Returns the
 * first problem. Rejects if the file cannot be read as a database.
 */
export async function findDamage(db: Knex): Promise<string | undefined> {
  for (const table of smallTables) {
    if (!(await db.schema.hasTable(table))) continue
    const rows: { quick_check: string }[] = await db.raw('PRAGMA quick_check(??)', [table])
    const found = rows[0]?.quick_check
    if (found !== 'ok') return found ?? 'the check gave no answer'
  }
  return undefined
}

/** Whether the database has something that people would miss. */
export async function hasContent(db: Knex): Promise<boolean> {
  for (const table of ['accounts', 'channels', 'messages']) {
    const rows: unknown[] = await db(table).select(db.raw('1')).limit(1)
    if (rows.length > 0) return true
  }
  return false
}

/** Checks the whole database, and returns the first problem; undefined if there is none. */
export async function integrityProblem(db: Knex): Promise<string | undefined> {
  const rows: { integrity_check: string }[] = await db.raw('PRAGMA integrity_check(1)')
  const found = rows[0]?.integrity_check
  return found === 'ok' ? undefined : (found ?? 'the check gave no answer')
}

/** The largest size that a copy can have, in bytes. */
export async function databaseBytes(db: Knex): Promise<number> {
  const [pages, size]: [{ page_count: number }[], { page_size: number }[]] = [
    await db.raw('PRAGMA page_count'),
    await db.raw('PRAGMA page_size'),
  ]
  return (pages[0]?.page_count ?? 0) * (size[0]?.page_size ?? 0)
}
