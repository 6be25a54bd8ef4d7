import { statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { filesIn } from '../../data/places.ts'
import { plural } from '../../dialects/text/layout.ts'
import type { NamedFile } from '../../store/snapshot.ts'
import { Refused } from '../control/refused.ts'
import { intoFile } from '../directory/into-file.ts'
import { inTemporaryFolder, isReadOnly, isReadOnlyData } from '../directory/read-only.ts'
import { refusedDisk } from '../directory/refused-disk.ts'
import { requireDatabase } from '../directory/require-database.ts'
import { checkTarget, type Target } from '../directory/target.ts'
import { type Manifest, manifestIn, NewerArchive, packed } from './archive.ts'
import { collect, type Names } from './collect.ts'
import { openInput } from './input.ts'
import type { Progress } from './progress.ts'
import { inVault, NoRoom } from './work-folder.ts'

/** The contents of a new backup. */
export interface BackedUp {
  readonly file: string
  readonly bytes: number
  readonly counts: Manifest['counts']
  /** Names of files whose bytes are damaged: the backup has the damaged bytes. */
  readonly damaged: readonly string[]
  /** Names of files whose bytes cannot be found or read: the backup does not have them. */
  readonly missing: readonly string[]
  /** The numbers of the damaged and missing files. */
  readonly lost: readonly number[]
  /** The path of the replaced archive, if it has something that this one lacks. */
  readonly older: string | undefined
  /** The reason why the replaced archive has much that this one lacks, as in "REASON: is that the right data directory?"; undefined if it has not. */
  readonly less: string | undefined
}

/**
 * Puts everything in a data directory into one archive; a server may use the directory meanwhile. The archive has a copy of the
 * database as it is at one moment, and the files that the copy names. Each file gets a second name, which keeps its bytes until
 * they are in the archive. Files that are deleted before they get one are removed from the copy, too. Returns which other files
 * are missing or damaged. `target` is a file, or `-` for standard output.
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
    throw refused('A backup cannot be shown on a terminal; send standard output to a file or a program.')
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
      // If the disk is full, people want a backup on another disk.
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
 * Says why an older archive has much that the new one lacks: it is of another database, or has more than twice as many accounts
 * or messages. This happens if a disk is not mounted, and an empty database is in its place.
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

/** Whether an archive may have the right bytes of one of these files: an archive that cannot be read may have them. */
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

/** Sends the archive. Returns the number of bytes before compression. */
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

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}
