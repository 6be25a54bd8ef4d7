import { readdirSync } from 'node:fs'
import { chmod, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Knex } from 'knex'
import { StoreOpenError, why } from './errors.ts'
import type { StoreLog } from './log.ts'
import { copyInto } from './sqlite/copy.ts'

/** What backUp has left beside a database, with all that was in it then. */
export function copiesOf(file: string): string[] {
  const folder = dirname(file)
  const names = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.before-`))
  return names.sort().map((name) => join(folder, name))
}

/**
 * Copies a database beside itself before `migration` changes it, for the way back: FILE.before-MIGRATION. A copy that
 * is there already is never touched: it is from before an update that did not come to its end.
 * @throws {StoreOpenError} if there can be no copy; the database and its folder are as before then
 */
export async function backUp(db: Knex, file: string, migration: string, log?: StoreLog): Promise<void> {
  const copy = `${file}.before-${migration}`
  if (await exists(copy)) {
    log?.info({ copy }, 'database is updated; there is a copy from before')
    return
  }
  // A copy has its name only when it is whole.
  const begun = `${copy}.part`
  try {
    await rm(begun, { force: true })
    await copyInto(db, begun)
    await chmod(begun, (await stat(file)).mode)
    await sync(begun)
    await rename(begun, copy)
    await sync(dirname(copy))
  } catch (error) {
    await rm(begun, { force: true }).catch(() => undefined)
    throw new StoreOpenError(
      `${file} has to be updated, and cannot be copied to ${copy} before: ${why(error)}; it was left as it is`,
      { cause: error },
    )
  }
  log?.info({ copy }, 'database is updated; it was copied before')
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

/** A copy that a power failure could take back is none. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}
