import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { lockFolder, passingName, removeLeftovers } from '../../data/leftovers.ts'
import { databaseOf, filesIn, workContents, workPrefix } from '../../data/places.ts'
import { plural } from '../../dialects/text/layout.ts'
import { handOver } from '../../lib/ownership.ts'
import { StoreOpenError } from '../../store/errors.ts'
import { type NamedFile, namedFiles, settle, snapshot } from '../../store/snapshot.ts'
import { version } from '../../version.ts'
import { Refused } from '../control/refused.ts'
import { allOrNothing } from '../directory/all-or-nothing.ts'
import { requireMounted } from '../directory/data-directory.ts'
import { intoFile } from '../directory/into-file.ts'
import { killedRestoreText } from '../directory/killed-restore.ts'
import { inTemporaryFolder, isReadOnly, isReadOnlyData, toRead } from '../directory/read-only.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { noDatabase } from '../directory/remains.ts'
import { checkTarget, type Target } from '../directory/target.ts'
import {
  databaseName,
  digest,
  filesName,
  type Manifest,
  manifestIn,
  manifestName,
  NewerArchive,
  packed,
} from './archive.ts'
import { openInput } from './input.ts'
import type { Progress } from './progress.ts'

/** What a backup has in it. */
export interface BackedUp {
  readonly file: string
  readonly bytes: number
  readonly counts: Manifest['counts']
  /** Names of files whose bytes are not what they were: they are in it as they are. */
  readonly damaged: readonly string[]
  /** Names of files whose bytes cannot be found or read: they are not in it. */
  readonly missing: readonly string[]
  /** Their numbers, of both kinds. */
  readonly lost: readonly number[]
  /** Where the archive is that this one took the place of, if it has what this one lacks. */
  readonly older: string | undefined
  /** Why that one has much that this one lacks, as in "REASON: is that the right data directory?"; undefined if it has not. */
  readonly less: string | undefined
}

/**
 * Puts everything in a data directory into one archive, whoever uses it meanwhile: first a copy of the database as
 * it is at one moment, then the files that the copy names. A second name for each keeps its bytes there until they
 * are in the archive; what somebody has deleted before it got one is not in the copy either, as if deleted before.
 * What is missing or damaged otherwise is answered. `target` is a file, or `-` for standard output.
 */
export async function backUpTo(
  dataDirectory: string,
  target: string,
  { force, progress }: { force: boolean; progress: Progress },
): Promise<BackedUp> {
  await requireDatabase(dataDirectory)
  const isFile = target !== '-'
  const to: Target = { file: target, force, dataDirectory, kind: 'backup', isKind: isBackup }
  if (isFile) await checkTarget(to)
  if (!isFile && process.stdout.isTTY)
    throw refused('A backup is nothing to read on a terminal; send standard output to a file or a program.')
  const makeIn = async (work: string, names: Names): Promise<BackedUp> => {
    const { damaged, manifest, missing } = await collect(dataDirectory, work, names, progress)
    const lost = [...missing, ...damaged]
    let less: string | undefined
    const { bytes, older } = isFile
      ? await intoFile(
          to,
          (stream) => send(work, manifest, stream, progress, /\.t?gz$/.test(target)),
          async () => {
            less = await lessThan(target, manifest)
            return less !== undefined || (await hasAnyOf(target, lost))
          },
        )
      : { bytes: await send(work, manifest, process.stdout, progress), older: undefined }
    return {
      file: target,
      bytes,
      counts: manifest.counts,
      damaged: damaged.map(({ name }) => name),
      missing: missing.map(({ name }) => name),
      lost: lost.map(({ id }) => id),
      older,
      less,
    }
  }
  const elsewhere = () => inTemporaryFolder((work) => makeIn(work, 'symbolic'))
  try {
    if (isReadOnlyData(dataDirectory) || isReadOnly(filesIn(dataDirectory))) return await elsewhere()
    return await inVault(filesIn(dataDirectory), (work) => makeIn(work, 'hard')).catch((error: unknown) => {
      // A full disk is when a backup on another one is wanted.
      if (!(error instanceof NoRoom)) throw error
      return elsewhere()
    })
  } catch (error) {
    throw error instanceof NoRoom
      ? refused(
          `There is no room for a copy of the database, neither in ${filesIn(dataDirectory)} nor in ${tmpdir()}. Name another folder: TMPDIR=/FOLDER partyline backup ...`,
        )
      : refusedDisk(error, `${isFile ? target : 'Standard output'} cannot be written`)
  } finally {
    progress.clear()
  }
}

/** What keeps the bytes of a file within reach: a second name, or one that leads there from another disk. */
type Names = 'hard' | 'symbolic'

/** What is put together has no room where it is. */
class NoRoom extends Error {
  override readonly name = 'NoRoom'
}

/** Calls `use` with a folder in that of the files, which goes afterwards, also if this process is interrupted. */
async function inVault<T>(vault: string, use: (work: string) => Promise<T>): Promise<T> {
  const work = join(vault, passingName(workPrefix))
  let madeVault = false
  const undo = () => {
    rmSync(work, { recursive: true, force: true })
    // Where a disk is to be mounted, nothing may be in the way.
    if (madeVault) removeEmpty(vault)
  }
  return allOrNothing(undo, async () => {
    const lock = await inRoom(async () => {
      madeVault = mkdirSync(vault, { recursive: true, mode: 0o700 }) !== undefined
      await removeLeftovers(vault, workPrefix, workContents)
      mkdirSync(work, { mode: 0o700 })
      // Whoever owns the directory is to be able to remove what is left if this is killed.
      handOver(madeVault ? vault : work)
      // Whoever looks for what others have left lets it be, as long as this process lives.
      return await lockFolder(work)
    })
    const answer = await use(work)
    undo()
    await lock.release()
    return answer
  })
}

/** @throws {NoRoom} in place of what says that a disk is full */
async function inRoom<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const code = error instanceof StoreOpenError ? codeOf(error.cause) : codeOf(error)
    throw ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'].includes(String(code))
      ? new NoRoom('No room', { cause: error })
      : error
  }
}

/** Whether a file is a backup, also of a newer version. */
async function isBackup(file: string): Promise<boolean> {
  try {
    const { source } = await openInput(file)
    await manifestIn(source)
    return true
  } catch (error) {
    return error instanceof NewerArchive
  }
}

/**
 * What says that an archive has much that the new one lacks: it is of other data, or of more people and messages than
 * come and go between two backups. An empty database in the place of one whose disk is not mounted is like that.
 */
async function lessThan(archive: string, made: Manifest): Promise<string | undefined> {
  if (statSync(archive).size === 0) return undefined
  const older = await openInput(archive)
    .then(({ source }) => manifestIn(source))
    .catch(() => undefined)
  if (!older) return 'it cannot be compared with the older one'
  if (older.id !== undefined && made.id !== undefined && older.id !== made.id)
    return 'it is of another database than the older one'
  for (const what of ['accounts', 'messages'] as const)
    if (made.counts[what] * 2 < older.counts[what])
      return `it has ${plural(made.counts[what], what.slice(0, -1))}, and the older one has ${older.counts[what]}`
  return undefined
}

/** Whether an archive has the right bytes of one of these files; what cannot be read as one may have them. */
async function hasAnyOf(archive: string, files: readonly NamedFile[]): Promise<boolean> {
  if (files.length === 0) return false
  try {
    const { source } = await openInput(archive)
    const there = new Set((await manifestIn(source)).files.map(({ sha256 }) => sha256))
    return files.some(({ sha256 }) => there.has(sha256))
  } catch {
    return true
  }
}

interface Collected {
  readonly manifest: Manifest
  readonly damaged: readonly NamedFile[]
  readonly missing: readonly NamedFile[]
}

/** Fills the folder with what the archive is to have. @throws {NoRoom} */
function collect(dataDirectory: string, work: string, names: Names, progress: Progress): Promise<Collected> {
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
    // All of them at once: what is named here cannot be deleted any more while others are read.
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
      // The server forgets a file before it removes the bytes: what it still knows should be there.
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

/** What the disk says of bytes that it has lost, or that are no file. */
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

/** A second name for a file, so that deleting it does not take its bytes; false if it is not there, or is no file. */
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

/** False on a file system without second names. */
function linked(file: string, second: string): boolean {
  try {
    linkSync(file, second)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error
    return false
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody has put something into it.
  }
}

/** Answers how many bytes were sent, before they are packed together. */
async function send(
  work: string,
  manifest: Manifest,
  to: Writable,
  progress: Progress,
  compress = false,
): Promise<number> {
  const of = manifest.files.reduce((sum, file) => sum + file.bytes, manifest.database.bytes)
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      progress.show('Writing', bytes, of)
      done(undefined, chunk)
    },
  })
  await pipeline([packed(work, manifest), counter, ...(compress ? [createGzip()] : []), to])
  return bytes
}

/** Refuses a directory in which no server was ever. */
export async function requireDatabase(dataDirectory: string): Promise<void> {
  requireMounted(dataDirectory)
  if (existsSync(databaseOf(dataDirectory))) return
  const message = (await killedRestoreText(dataDirectory)) ?? noDatabase(dataDirectory)
  throw new Refused({ code: 'bad-data-directory', message })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}
