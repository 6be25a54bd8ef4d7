import { statSync } from 'node:fs'
import { join } from 'node:path'
import { readDataId } from '../../data/data-id.ts'
import { databaseOf, filesIn } from '../../data/places.ts'
import { StoreOpenError } from '../../store/errors.ts'
import { dataId, findProblems, namedFiles } from '../../store/snapshot.ts'
import { unusedBeside } from '../directory/killed-restore.ts'
import { toRead } from '../directory/read-only.ts'
import { requireDatabase } from '../directory/require-database.ts'
import { digest } from './archive.ts'
import type { Progress } from './progress.ts'

/** The result of a check of a data directory. */
export interface Checked {
  /** The problems of the database; empty if there are none. */
  readonly database: readonly string[]
  /** How many files the database names; undefined if that cannot be read. */
  readonly files: number | undefined
  /** Whether the folder of files says that it belongs to another database. */
  readonly foreign: boolean
  /** Folders of restores and imports that were killed before their end: nothing of them is used. */
  readonly unused: readonly string[]
  readonly lost: readonly {
    readonly id: number
    readonly name: string
    readonly why: 'missing' | 'damaged'
  }[]
}

/** Checks the whole database and all bytes of files, and changes nothing; a server may run meanwhile. */
export async function checkAll(dataDirectory: string, progress: Progress): Promise<Checked> {
  await requireDatabase(dataDirectory)
  return toRead(dataDirectory, (file) => checkIn(dataDirectory, file, progress))
}

/** `file` is the database, or a copy of it. */
async function checkIn(dataDirectory: string, file: string, progress: Progress): Promise<Checked> {
  try {
    progress.show('Checking the database', 0, 1, 'database')
    const database = (await problemsOf(file)).map((what) => what.replaceAll(file, databaseOf(dataDirectory)))
    const files = await namedFiles(file).catch((error: unknown) => {
      if (error instanceof StoreOpenError) return undefined
      throw error
    })
    const of = (files ?? []).reduce((sum, { size }) => sum + size, 0)
    let done = 0
    const lost: { id: number; name: string; why: 'missing' | 'damaged' }[] = []
    for (const { blob, id, name, sha256, size } of files ?? []) {
      const found = await digestOf(join(filesIn(dataDirectory), blob), (bytes) => {
        done += bytes
        progress.show('Checking files', done, of)
      })
      if (!found) lost.push({ id, name, why: 'missing' })
      else if (found.bytes !== size || found.sha256 !== sha256) lost.push({ id, name, why: 'damaged' })
    }
    // A file that was deleted meanwhile is not missing.
    const still = lost.length > 0 ? await namedFiles(file) : []
    const known = new Set(still.map(({ id }) => id))
    return {
      database,
      files: files?.length,
      lost: lost.filter(({ id }) => known.has(id)),
      foreign: await isForeign(dataDirectory, file),
      unused: unusedBeside(dataDirectory),
    }
  } finally {
    progress.clear()
  }
}

async function isForeign(dataDirectory: string, file: string): Promise<boolean> {
  const noted = readDataId(filesIn(dataDirectory))
  const id = await dataId(file).catch(() => undefined)
  return noted !== undefined && id !== undefined && noted !== id
}

async function problemsOf(file: string): Promise<readonly string[]> {
  try {
    return await findProblems(file)
  } catch (error) {
    if (error instanceof StoreOpenError) return [error.message]
    throw error
  }
}

/** The SHA-256 and size of a file; undefined if it is missing, is no file, or cannot be read. */
async function digestOf(
  path: string,
  told: (bytes: number) => void,
): Promise<Awaited<ReturnType<typeof digest>> | undefined> {
  try {
    if (!statSync(path).isFile()) return undefined
    return await digest(path, told)
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined
    throw error
  }
}
