import { readdirSync } from 'node:fs'
import { chmod, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Knex } from 'knex'
import { handOver } from '../lib/ownership.ts'
import { StoreOpenError, why } from './errors.ts'
import type { StoreLog } from './log.ts'
import { copyInto } from './sqlite/copy.ts'

/** The copies that backUp has left beside a database. */
export function copiesOf(file: string): string[] {
  const folder = dirname(file)
  const names = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.before-`))
  return names.sort().map((name) => join(folder, name))
}

/**
 * Copies a database beside itself before `migration` changes it, so that the operator can go back: FILE.before-MIGRATION, with
 * a number after it if a copy with other contents is there. An older copy is never touched: somebody may have gone back to it,
 * and talked on with the older version. If an earlier attempt left the same copy, no second one is made.
 * @throws {StoreOpenError} if the copy cannot be made; the database and its folder are as before then
 */
export async function backUp(db: Knex, file: string, migration: string, log?: StoreLog): Promise<void> {
  const name = `${file}.before-${migration}`
  // The copy gets its name when it is complete.
  const begun = `${name}.part`
  try {
    await rm(begun, { force: true })
    await copyInto(db, begun)
    const { copy, isThere } = await placeFor(begun, name)
    if (isThere) {
      await rm(begun)
      log?.info({ copy }, 'database is updated; there is a copy from before')
      return
    }
    await chmod(begun, (await stat(file)).mode)
    handOver(begun)
    await sync(begun)
    await rename(begun, copy)
    await sync(dirname(copy))
    log?.info({ copy }, 'database is updated; it was copied before')
  } catch (error) {
    await rm(begun, { force: true }).catch(() => undefined)
    throw new StoreOpenError(
      `${file} has to be updated, and cannot be copied to ${name} before: ${why(error)}; it was left as it is`,
      { cause: error },
    )
  }
}

/** Finds the first name for a copy that is free, or that an equal copy has. */
async function placeFor(begun: string, name: string): Promise<{ copy: string; isThere: boolean }> {
  for (let number = 1; ; number++) {
    const copy = number === 1 ? name : `${name}.${number}`
    if (!(await exists(copy))) return { copy, isThere: false }
    if (await areEqual(begun, copy)) return { copy, isThere: true }
  }
}

const chunkBytes = 1024 * 1024
/** The header of SQLite; it counts how often the file was written, and differs between equal databases. */
const headerBytes = 100

/** Whether two fresh copies of databases have the same contents. */
async function areEqual(one: string, other: string): Promise<boolean> {
  const handles = [await open(one, 'r'), await open(other, 'r')] as const
  try {
    const sizes = await Promise.all(handles.map(async (handle) => (await handle.stat()).size))
    if (sizes[0] !== sizes[1]) return false
    const chunks = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)] as const
    for (let at = headerBytes; at < (sizes[0] ?? 0); at += chunkBytes) {
      await handles[0].read(chunks[0], 0, chunkBytes, at)
      await handles[1].read(chunks[1], 0, chunkBytes, at)
      if (!chunks[0].equals(chunks[1])) return false
    }
    return true
  } finally {
    await Promise.all(handles.map((handle) => handle.close()))
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
      throw error
    },
  )
}

/** Writes a file or folder to the disk, so that the copy survives a power failure. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}
