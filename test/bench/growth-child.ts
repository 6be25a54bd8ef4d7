/*
 * Started by growth-accounts.ts, with `--expose-gc`, for one data directory. `select`: the bare SELECTs of what a server reads
 * at its start. `load`: the start of the domain, and what it keeps in memory. `work`: what each thing costs then.
 * Prints a line of JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import sqlite3 from 'sqlite3'
import type { Services } from '../../server/commands/services.ts'
import { databaseOf, filesIn } from '../../server/data/places.ts'
import { systemClock } from '../../server/lib/clock.ts'
import { buildServices } from '../../server/services.ts'
import { openStore } from '../../server/store/open.ts'
import { DiskVault } from '../../server/transfer/disk-vault.ts'
import { countedSecrets } from '../support/secrets.ts'
import { testConfig } from '../support/server.ts'
import { workIn } from './population-work.ts'
import { median } from './report.ts'

export interface Taken {
  readonly ms: number
  /** Processor time of all threads, which does not depend on what else the machine does. */
  readonly cpuMs: number
}

export interface Loaded extends Taken {
  /** In bytes: what the garbage collector leaves, and what the process takes, more than before. */
  readonly heap: number
  readonly rss: number
  readonly peak: number
}

const [what, directory = ''] = process.argv.slice(2)

/** Answers what it has taken since. */
function stopwatch(): () => Taken {
  const begin = performance.now()
  const before = process.cpuUsage()
  return () => {
    const { system, user } = process.cpuUsage(before)
    return { ms: performance.now() - begin, cpuMs: (user + system) / 1000 }
  }
}

/** The same rows as the server reads, table by table, with the same library and nothing made of them. */
async function select(): Promise<Taken> {
  const db = new sqlite3.Database(databaseOf(directory), sqlite3.OPEN_READONLY)
  const all = (sql: string) =>
    new Promise<number>((resolve, reject) =>
      db.all(sql, (error: Error | null, rows: unknown[]) => (error ? reject(error) : resolve(rows.length))),
    )
  const taken = stopwatch()
  for (const sql of [
    `SELECT id, name, operator, since, email, settings, seen, seen_at, talked_with, watch, initial_password,
     former FROM accounts WHERE deleted_at IS NULL ORDER BY id`,
    `SELECT id, name, former, private, topic,
     (SELECT max(messages.id) FROM messages WHERE messages.channel_id = channels.id) AS last_id
     FROM channels WHERE closed_at IS NULL ORDER BY id`,
    'SELECT channel, account, role, since FROM memberships ORDER BY channel, since, account',
    'SELECT * FROM requests ORDER BY id',
    'SELECT * FROM bans ORDER BY channel, account',
    'SELECT * FROM mutes ORDER BY channel, account',
    'SELECT * FROM contacts ORDER BY account, other',
    'SELECT * FROM blocks ORDER BY account, other',
    'SELECT cidr, by, at, until FROM address_bans ORDER BY cidr',
    'SELECT key, deleted_at AS at FROM accounts WHERE rests AND deleted_at IS NOT NULL',
    'SELECT * FROM files ORDER BY id',
    'SELECT * FROM file_tokens ORDER BY hash',
  ])
    await all(sql)
  return taken()
}

function memory(): { heap: number; rss: number } {
  for (let time = 0; time < 3; time++) globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, rss }
}

function peak(): number {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024
}

async function load(): Promise<{ loaded: Loaded; services: Services; close(): Promise<void> }> {
  const before = memory()
  writeFileSync('/proc/self/clear_refs', '5')
  const taken = stopwatch()
  const store = await openStore({ file: databaseOf(directory), synchronous: 'off' })
  const vault = await DiskVault.in(filesIn(directory))
  const none = Object.fromEntries(['channels', 'addressBans'].map((name) => [`ceilings.${name}`, 0]))
  const { services } = await buildServices(testConfig(directory, none), store, {
    clock: systemClock,
    // It is not what is measured.
    hasher: { hash: async () => 'hash', verify: async () => true },
    secrets: countedSecrets(),
    vault,
    atEndOfTurn: setImmediate,
  })
  const spent = taken()
  const most = peak()
  // What is left of the start is done.
  await new Promise((resolve) => setTimeout(resolve, 500))
  const after = memory()
  return {
    loaded: {
      ...spent,
      heap: after.heap - before.heap,
      rss: after.rss - before.rss,
      peak: most - before.rss,
    },
    services,
    close: () => store.close(),
  }
}

/** Milliseconds of each thing that somebody does, by the rules and with the store, but without a connection. */
async function measureWork(services: Services): Promise<Record<string, number>> {
  const figures: Record<string, number> = {}
  const repeats = 41
  await workIn(services, repeats, async (name, task) => {
    const all: number[] = []
    for (let turn = 0; turn < repeats; turn++) {
      const begin = performance.now()
      await task(turn)
      all.push(performance.now() - begin)
    }
    figures[name] = median(all)
  })
  return figures
}

async function main(): Promise<object> {
  if (what === 'select') return await select()
  const { close, loaded, services } = await load()
  const work = what === 'work' ? await measureWork(services) : {}
  await close()
  return { loaded, work }
}

process.stdout.write(`${JSON.stringify(await main())}\n`)
process.exit()
