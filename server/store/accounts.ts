import type { Knex } from 'knex'
import type { Settings } from '../chat/model/people.ts'
import type { AccountRecord, DeletionMode, NewAccount, NewName, Secrets } from '../chat/ports/records.ts'
import type { Store } from '../chat/ports/store.ts'
import { removeBrowsers } from './browsers.ts'
import { formerText, newId, orNameTaken } from './inserts.ts'
import { takeInvite } from './invites.ts'
import { forgetLoginAddresses } from './login-addresses.ts'
import { type AccountRow, toAccount } from './rows.ts'
import { lastOfSeries } from './sqlite/sequences.ts'

type SeenEntry = Parameters<Store['saveSeen']>[0][number]

/** The most entries in a statement. Each has five variables; SQLite allows 32,766 and PostgreSQL 65,535. */
const seenChunk = 1000

function living(db: Knex, account: number) {
  return db('accounts').where({ id: account }).whereNull('deleted_at')
}

const accountColumns = [
  'id',
  'name',
  'operator',
  'since',
  'email',
  'settings',
  'seen',
  'seen_at',
  'talked_with',
  'watch',
  'initial_password',
  'former',
] as const satisfies readonly (keyof AccountRow)[]

/** How many rows are read at a time, so that few are in memory as rows. */
const stretch = 5_000

/** Reads all accounts that are not deleted, by number, a stretch at a time. */
export async function* loadAccounts(db: Knex): AsyncIterable<AccountRecord[]> {
  // Nearly everybody has the same settings: none.
  const known = new Map<string, Settings>()
  for (let after = 0, more = true; more; ) {
    const rows: AccountRow[] = await db('accounts')
      .select(accountColumns)
      .where('id', '>', after)
      .whereNull('deleted_at')
      .orderBy('id')
      .limit(stretch)
    after = rows.at(-1)?.id ?? after
    more = rows.length === stretch
    yield rows.map((row) => toAccount(row, known))
  }
}

/** Makes an account, and returns its number. Rejects with NameTaken or InviteUsed; the caller has to undo the step then. */
export async function createAccount(db: Knex, account: NewAccount): Promise<number> {
  const rows: { id: number }[] = await orNameTaken(
    db('accounts').insert(
      {
        name: account.name,
        key: account.key,
        email: account.email ?? null,
        password_hash: account.passwordHash,
        recovery_hash: account.recoveryHash,
        since: account.since,
        seen_at: account.since,
        operator: account.operator,
        initial_password: account.initialPassword,
        named_after: lastOfSeries(db),
      },
      ['id'],
    ),
  )
  const id = newId(rows)
  if (account.invite !== undefined) await takeInvite(db, account.invite, id, account.since)
  return id
}

export async function secretsOf(db: Knex, account: number): Promise<Secrets | undefined> {
  const row: { password_hash: string; recovery_hash: string } | undefined = await living(db, account).first(
    'password_hash',
    'recovery_hash',
  )
  return row && { passwordHash: row.password_hash, recoveryHash: row.recovery_hash }
}

/** Sets columns of an account that is not deleted. */
export async function updateAccount(
  db: Knex,
  account: number,
  columns: {
    password_hash?: string
    initial_password?: boolean
    recovery_hash?: string
    email?: string | null
    settings?: string
    watch?: boolean
    operator?: boolean
  },
): Promise<void> {
  await living(db, account).update(columns)
}

/** Renames an account. Rejects with NameTaken. */
export async function renameAccount(
  db: Knex,
  account: number,
  { name, key, former }: NewName,
): Promise<void> {
  const row = { name, key, former: formerText(former), named_after: lastOfSeries(db) }
  await orNameTaken(living(db, account).update(row))
}

/** Saves which messages accounts were shown, with one statement for a thousand accounts. */
export async function saveSeen(db: Knex, entries: readonly SeenEntry[]): Promise<void> {
  const latest = [...new Map(entries.map((entry) => [entry.account, entry])).values()]
  for (let start = 0; start < latest.length; start += seenChunk) {
    const chunk = latest.slice(start, start + seenChunk)
    // The casts are for databases that take a bare variable for text.
    const rows = chunk.map(
      () => '(CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS bigint))',
    )
    await db.raw(
      `WITH latest (account, seen, seen_at, talked_with) AS (VALUES ${rows.join(', ')})
       UPDATE accounts SET seen = latest.seen, seen_at = latest.seen_at, talked_with = latest.talked_with
       FROM latest WHERE accounts.id = latest.account AND accounts.deleted_at IS NULL`,
      chunk.flatMap(({ account, seen, seenAt, talkedWith }) => [account, seen, seenAt, talkedWith ?? null]),
    )
  }
}

/**
 * Deletes an account. Leaves a row that messages can refer to, without anything about the person but, unless it is erased, the
 * name. Returns whether nobody else can take the name yet.
 */
export async function deleteAccount(
  db: Knex,
  account: number,
  fate: DeletionMode,
  at: number,
): Promise<boolean> {
  await db('tokens').where({ account }).delete()
  await removeBrowsers(db, account)
  await forgetLoginAddresses(db, account)
  await db('memberships').where({ account }).delete()
  await living(db, account).update({
    ...(fate === 'erase' ? { name: '', key: '', rests: false } : {}),
    deleted_at: at,
    operator: false,
    email: null,
    password_hash: null,
    recovery_hash: null,
    settings: '{}',
    seen: 0,
    seen_at: 0,
    unread_from: null,
    talked_with: null,
    read_up_to: null,
    watch: false,
    initial_password: false,
    former: null,
  })
  const row: { rests: number } | undefined = await db('accounts').where({ id: account }).first('rests')
  return Boolean(row?.rests)
}

export async function restingNames(db: Knex): ReturnType<Store['restingNames']> {
  return db('accounts').select('key', 'deleted_at as at').where({ rests: true }).whereNotNull('deleted_at')
}
