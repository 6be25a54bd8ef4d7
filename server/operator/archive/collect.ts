import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { filesIn } from '../../data/places.ts'
import { codeOf } from '../../lib/error-code.ts'
import { type NamedFile, namedFiles, settle, snapshot } from '../../store/snapshot.ts'
import { version } from '../../version.ts'
import { toRead } from '../directory/read-only.ts'
import { databaseName, digest, filesName, type Manifest, manifestName } from './archive.ts'
import type { Progress } from './progress.ts'
import { inRoom } from './work-folder.ts'

/** How the bytes of a file are kept within reach: by a hard link, or by a symbolic link from another disk. */
export type Names = 'hard' | 'symbolic'

/** What was found while the contents of an archive were put together. */
export interface Collected {
  readonly manifest: Manifest
  readonly damaged: readonly NamedFile[]
  readonly missing: readonly NamedFile[]
}

/** Fills the folder `work` with the contents of an archive. @throws {NoRoom} */
export function collect(
  dataDirectory: string,
  work: string,
  names: Names,
  progress: Progress,
): Promise<Collected> {
  return inRoom(() => collectIn(dataDirectory, work, names, progress))
}

async function collectIn(
  dataDirectory: string,
  work: string,
  names: Names,
  progress: Progress,
): Promise<Collected> {
  mkdirSync(join(work, filesName), { mode: 0o700 })
  const at = new Date().toISOString()
  const copy = join(work, databaseName)
  await toRead(dataDirectory, (database) =>
    snapshot(database, copy, (bytes, of) => progress.show('Copying', bytes, of)),
  )
  const named: Manifest['files'] = []
  const damaged: NamedFile[] = []
  const missing: NamedFile[] = []
  const contents = await settle(copy, async (files) => {
    // Link all of them first: nobody can delete the bytes of a linked file while others are read.
    const kept = files.filter(({ blob }) =>
      keep(resolve(filesIn(dataDirectory), blob), join(work, filesName, blob), names),
    )
    const of = kept.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    const there = new Set<NamedFile>()
    for (const file of kept) {
      const found = await read(join(work, filesName, file.blob), (bytes) => {
        done += bytes
        progress.show('Checking', done, of)
      })
      if (!found) continue
      there.add(file)
      if (found.bytes !== file.size || found.sha256 !== file.sha256) damaged.push(file)
      named.push({ blob: file.blob, ...found })
    }
    const gone = files.filter((file) => !there.has(file))
    if (gone.length > 0) {
      // The server forgets a file before it removes the bytes: the bytes of a file that it still knows are missing.
      const still = await toRead(dataDirectory, namedFiles)
      const known = new Set(still.map(({ id }) => id))
      missing.push(...gone.filter(({ id }) => known.has(id)))
    }
    return there
  })
  const lacks = (files: readonly NamedFile[], why: 'missing' | 'damaged') =>
    files.map(({ name }) => ({ name, why }))
  const manifest: Manifest = {
    format: 'partyline-backup',
    version: 1,
    program: version,
    schema: contents.schema,
    at,
    ...(contents.id === undefined ? {} : { id: contents.id }),
    counts: { ...contents.counts, files: named.length },
    database: await digest(copy, () => undefined),
    files: named,
    lacks: [...lacks(missing, 'missing'), ...lacks(damaged, 'damaged')],
  }
  writeFileSync(join(work, manifestName), `${JSON.stringify(manifest)}\n`, { mode: 0o600 })
  return { manifest, damaged, missing }
}

/** The codes of errors for files that are missing, cannot be read, or are no files. */
const lostCodes: readonly unknown[] = [
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EIO',
  'EACCES',
  'EPERM',
  'EUCLEAN',
]

/** The size and SHA-256 of a file; undefined if it cannot be read. */
async function read(
  path: string,
  told: (bytes: number) => void,
): Promise<Awaited<ReturnType<typeof digest>> | undefined> {
  try {
    return await digest(path, told)
  } catch (error) {
    if (!lostCodes.includes(codeOf(error))) throw error
    rmSync(path, { force: true })
    return undefined
  }
}

/** Gives a file a second name, so that deleting the file leaves the bytes. Returns false if it is missing, or is no file. */
function keep(file: string, second: string, names: Names): boolean {
  try {
    const isPlain = lstatSync(file).isFile()
    if (!statSync(file).isFile()) return false
    if (names === 'symbolic') symlinkSync(file, second)
    else if (!isPlain || !linked(file, second)) copyFileSync(file, second)
    return true
  } catch (error) {
    if (lostCodes.includes(codeOf(error))) return false
    throw error
  }
}

/** Makes a hard link. Returns false on a file system without hard links. */
function linked(file: string, second: string): boolean {
  try {
    linkSync(file, second)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error
    return false
  }
}
