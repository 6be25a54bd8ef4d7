import { mkdirSync } from 'node:fs'
import { databaseOf, filesIn } from '../../data/places.ts'
import { StoreOpenError } from '../../store/errors.ts'
import { type Contents, examine, goOnAfterCopy } from '../../store/snapshot.ts'
import { Refused } from '../control/refused.ts'
import { fillDirectory } from '../directory/empty-directory.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { ArchiveError, type Manifest, unpack } from './archive.ts'
import { openInput } from './input.ts'
import type { Progress } from './progress.ts'

/** The contents of a restored backup, and when it was made. */
export interface Restored {
  readonly at: string
  /** New messages and other changes have numbers above this one. */
  readonly numbersAfter: number
  readonly counts: Manifest['counts']
  /** Files that were missing or damaged already when the backup was made. */
  readonly lacks: Manifest['lacks']
}

/**
 * Restores a backup into an empty data directory. Before anything gets its place, checks every checksum, the whole database, and
 * that every file that the database names is there. `file` may be a pipe, or `-` for standard input.
 */
export async function restoreFrom(
  file: string,
  dataDirectory: string,
  progress: Progress,
): Promise<Restored> {
  // Open the file before anything is made: most mistakes are in the name.
  const show = (bytes: number, of: number) => {
    if (of > 0) progress.show('Restoring', bytes, of)
  }
  const { name, source } = await openInput(file, show).catch((error: unknown) => {
    throw refusedDisk(error, `${file} cannot be read`)
  })
  try {
    return await fillDirectory(dataDirectory, async (folder) => {
      mkdirSync(filesIn(folder), { mode: 0o700 })
      const manifest = await unpack(source, folder)
      check(manifest, await examine(databaseOf(folder)))
      const numbersAfter = await goOnAfterCopy(databaseOf(folder))
      return { at: manifest.at, numbersAfter, counts: manifest.counts, lacks: manifest.lacks }
    })
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof StoreOpenError)
      throw new Refused({ code: 'bad-backup', message: `${name}: ${error.message} Nothing was restored.` })
    throw refusedDisk(error, `${dataDirectory} cannot be filled`)
  } finally {
    source.destroy()
    progress.clear()
  }
}

/** Refuses a database that does not belong to the files. */
function check(manifest: Manifest, { files }: Contents): void {
  const there = new Set(manifest.files.map(({ blob }) => blob))
  const missing = files.find(({ blob }) => !there.has(blob))
  if (missing) throw new ArchiveError(`It is not whole: the file ${missing.name} is missing.`)
}
