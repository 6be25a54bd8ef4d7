import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import bcrypt from 'bcryptjs'
import type { Knex } from 'knex'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { openDatabase } from '../../server/store/open.ts'

/** How much a database holds: with a million accounts, a hundred thousand of everything else. */
export interface PopulationSize {
  readonly accounts: number
  /** Channels of ten members each, files, bans of accounts, banned addresses, invitations, tokens, contacts: so many of each. */
  readonly others: number
}

export function populationOf(accounts: number): PopulationSize {
  return { accounts, others: Math.ceil(accounts / 10) }
}

/** The account with this number, which counts from 1. */
export function memberOf(account: number): string {
  return `member${account}`
}

/** The channel with this number, which counts from 1; the accounts 10n-9 to 10n are in it, the first is its admin. */
export function channelOf(channel: number): string {
  return `#room${channel}`
}

/** All of them have the password `password`. Its hash is the cheapest there is: it is not bcrypt that is measured. */
const passwordHash = bcrypt.hashSync('password', 4)
/** So much is there before: the default channel. */
const firstChannel = 1
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** Makes a data directory with so many accounts, all of them in the default channel, and nothing else. */
export async function fillAccounts(directory: string, { accounts }: PopulationSize): Promise<void> {
  mkdirSync(directory, { recursive: true })
  await filling(directory, async (insert, at) => {
    await insert(
      'channels (id, name, key, private, created_at)',
      `${firstChannel}, '#lobby', '#lobby', 0, ${at}`,
      1,
    )
    await insert(
      'accounts (name, key, password_hash, recovery_hash, since, seen, seen_at)',
      `'${memberOf(0).slice(0, -1)}' || i, '${memberOf(0).slice(0, -1)}' || i, '${passwordHash}', '', ${at} + i, 1, ${at} + 2 * i`,
      accounts,
    )
    await insert('memberships (channel, account, since)', `${firstChannel}, i, ${at} + i`, accounts)
  })
}

/** Adds everything else to what `fillAccounts` has made. */
export async function fillOthers(directory: string, { accounts, others }: PopulationSize): Promise<void> {
  const member = (number: string) => `1 + (${number}) % ${accounts}`
  await filling(directory, async (insert, at) => {
    const room = channelOf(0).slice(0, -1)
    await insert(
      'channels (id, name, key, private, created_at)',
      `${firstChannel} + i, '${room}' || i, '${room}' || i, i % 100 = 0, ${at}`,
      others,
    )
    await insert(
      'memberships (channel, account, role, since)',
      `${firstChannel} + 1 + (i - 1) / 10, i, CASE WHEN i % 10 = 1 THEN 'admin' END, ${at} + i`,
      others * 10,
    )
    await insert(
      'messages (id, at, kind, text, from_account, channel_id)',
      `i, ${at} + i, 'text', 'hello', 10 * i, ${firstChannel} + i`,
      others,
    )
    // Nobody searches: what is indexed is not measured.
    await insert(undefined, `UPDATE meta SET value = ${others} WHERE key = 'indexed'`, 1)
    const until = `CASE WHEN i % 2 = 0 THEN ${at} + 1e12 + i END`
    await insert(
      'bans (channel, account, at, until)',
      `${firstChannel} + i, ${member('10 * i + 5')}, ${at}, ${until}`,
      others,
    )
    await insert(
      'address_bans (cidr, by, at, until)',
      `'10.' || (i >> 16) || '.' || ((i >> 8) & 255) || '.' || (i & 255), 1, ${at} + i, ${until}`,
      others,
    )
    await insert(
      'requests (channel, account, by, at)',
      `${firstChannel} + i, ${member('10 * i + 25')}, 10 * i - 9, ${at}`,
      others,
    )
    await insert('contacts (account, other)', `10 * i, ${member('10 * i + 1')}`, others)
    await insert(
      'tokens (account, name, hash, created_at, channels)',
      `10 * i, 'bot', printf('%064d', i), ${at}, '${room}' || i`,
      others,
    )
    await insert(
      'files (name, from_account, channel, blob, token, size, sha256, at, expires)',
      `'file.txt', 10 * i, ${firstChannel} + i, printf('%032d', i), printf('1%031d', i), 0, '${emptyDigest}', ${at}, 0`,
      others,
    )
    await insert(
      'file_tokens (hash, file, account, expires)',
      `printf('%064d', i), i, 10 * i, ${at} + 1e12`,
      others,
    )
  })
  mkdirSync(filesIn(directory), { recursive: true, mode: 0o700 })
  for (let file = 1; file <= others; file++)
    writeFileSync(join(filesIn(directory), String(file).padStart(32, '0')), '', { mode: 0o600 })
}

/** Puts rows in, `count` of each kind, numbered by `i` from 1. Without a table, `values` is a statement of its own. */
type Insert = (table: string | undefined, values: string, count: number) => Promise<void>

/** Fills the database directly: by the rules it would take hours. */
async function filling(
  directory: string,
  task: (insert: Insert, at: number) => Promise<void>,
): Promise<void> {
  const connections = await openDatabase({ file: databaseOf(directory), synchronous: 'off' })
  const { reader, scanners, writer } = connections
  const insert: Insert = async (table, values, count) => {
    const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`
    await writer.raw(table === undefined ? values : `${numbers} INSERT INTO ${table} SELECT ${values} FROM n`)
  }
  await task(insert, Date.now() - 86_400_000)
  await writer.raw('PRAGMA wal_checkpoint(TRUNCATE)')
  const all: Knex[] = [writer, reader, ...scanners.map(({ db }) => db)]
  await Promise.all(all.map((db) => db.destroy()))
}
