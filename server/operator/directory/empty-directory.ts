import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isLeftover, lockFolder, passingName, removeLeftovers, removePassing } from '../../data/leftovers.ts'
import { databaseOf, filesIn, lockOf, workContents } from '../../data/places.ts'
import { handOver } from '../../lib/ownership.ts'
import { controlPath, DataDirectoryInUse } from '../control/control.ts'
import { Refused } from '../control/refused.ts'
import { allOrNothing } from './all-or-nothing.ts'
import { type Held, holdDataDirectory, requireMounted } from './data-directory.ts'
import { completeText, placeRestored, restorePrefix } from './killed-restore.ts'

/**
 * Fills an empty data directory. `build` makes and checks partyline.db, and a folder `files` if there are files, in a
 * temporary folder; it syncs the files itself. When it is done, they are moved to their places. If it fails or is
 * interrupted, everything stays as before. Nobody else can use the directory meanwhile.
 * @throws {Refused} if the directory is not empty
 */
export async function fillDirectory<T>(
  dataDirectory: string,
  build: (folder: string) => Promise<T>,
): Promise<T> {
  const made = !existsSync(dataDirectory)
  requireMounted(dataDirectory)
  requireEmpty(dataDirectory)
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  if (made) handOver(dataDirectory)
  const held: Held = await holdDataDirectory(dataDirectory, 'command').catch((error: unknown) => {
    if (error instanceof DataDirectoryInUse) throw notEmpty(dataDirectory, 'a server runs there')
    if (made) unmake(dataDirectory)
    throw error
  })
  const folder = join(dataDirectory, passingName(restorePrefix))
  const undo = () => {
    removePassing(folder)
    rmSync(controlPath(dataDirectory), { force: true })
    // When everything is in its place, nothing is undone any more.
    if (made && !existsSync(databaseOf(dataDirectory))) unmake(dataDirectory)
  }
  try {
    return await allOrNothing(undo, async () => {
      // Another process may have filled it meanwhile.
      requireEmpty(dataDirectory)
      await removeLeftovers(dataDirectory, restorePrefix, workContents)
      mkdirSync(folder, { mode: 0o700 })
      handOver(folder)
      const lock = await lockFolder(folder)
      const built = await build(folder)
      await syncAll(folder)
      placeRestored(folder, dataDirectory)
      await lock.release()
      return built
    })
  } finally {
    await held.leave()
  }
}

/** Removes a directory that was made here, if it has nothing but the lock. */
function unmake(dataDirectory: string): void {
  rmSync(lockOf(dataDirectory), { force: true })
  rmdirSync(dataDirectory)
}

/** Syncs everything that `build` has made and not synced itself. */
async function syncAll(folder: string): Promise<void> {
  await sync(databaseOf(folder))
  if (existsSync(filesIn(folder))) await sync(filesIn(folder))
}

async function sync(path: string): Promise<void> {
  const handle: FileHandle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

function requireEmpty(dataDirectory: string): void {
  const complete = completeText(dataDirectory)
  if (complete !== undefined) throw new Refused({ code: 'not-empty', message: complete })
  const [name, ...others] = entries(dataDirectory).filter((entry) => !isOurs(dataDirectory, entry))
  if (name === undefined) return
  const more =
    others.length > 0 ? ` and ${others.length} other ${others.length === 1 ? 'entry' : 'entries'}` : ''
  throw notEmpty(dataDirectory, `it contains "${name}"${more}`)
}

function notEmpty(dataDirectory: string, what: string): Refused {
  const message = `${dataDirectory} is not empty: ${what}. Choose another directory with --data, or move the contents away.`
  return new Refused({ code: 'not-empty', message })
}

function isOurs(dataDirectory: string, entry: string): boolean {
  return isLeftover(join(dataDirectory, entry), entry, restorePrefix, workContents)
}

/** The contents of a directory, without the lock and the files of the file system itself. */
function entries(dataDirectory: string): string[] {
  if (!existsSync(dataDirectory)) return []
  const none = ['lost+found', basename(controlPath(dataDirectory)), basename(lockOf(dataDirectory))]
  return readdirSync(dataDirectory).filter((entry) => !none.includes(entry))
}
