import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { passingName, removeLeftovers } from '../lib/leftovers.ts'
import { databaseOf, filesIn, workPrefix } from '../lib/places.ts'
import { type Contents, type NamedFile, settle, snapshot } from '../store/snapshot.ts'
import { version } from '../version.ts'
import { Refused } from './act.ts'
import { databaseName, digest, filesName, type Manifest, manifestName, packed } from './archive.ts'
import { checkFree, intoFile } from './into-file.ts'
import type { Progress } from './progress.ts'
import { refusedDisk } from './refused-disk.ts'
import { whole } from './whole.ts'

/** What a backup has in it. */
export interface BackedUp {
  readonly file: string
  readonly bytes: number
  readonly counts: Manifest['counts']
  /** Names of files whose bytes are not what they were: they are in it as they are. */
  readonly damaged: readonly string[]
}

/**
 * Puts everything in a data directory into one archive, whoever uses it meanwhile: first a copy of the database as
 * it is at one moment, then the files that the copy names. A second name for each keeps its bytes there until they
 * are in the archive; what somebody has deleted before it got one is not in the copy either, as if deleted before.
 * `target` is a file, or `-` for standard output.
 */
export async function backUpTo(
  dataDirectory: string,
  target: string,
  { force, progress }: { force: boolean; progress: Progress },
): Promise<BackedUp> {
  requireDatabase(dataDirectory)
  const isFile = target !== '-'
  if (isFile) checkFree(target, force)
  if (!isFile && process.stdout.isTTY)
    throw refused('A backup is nothing to read on a terminal; send standard output to a file or a program.')
  const vault = filesIn(dataDirectory)
  const work = join(vault, passingName(workPrefix))
  const undo = () => rmSync(work, { recursive: true, force: true })
  try {
    return await whole(undo, async () => {
      mkdirSync(vault, { recursive: true, mode: 0o700 })
      removeLeftovers(vault, workPrefix)
      mkdirSync(join(work, filesName), { recursive: true, mode: 0o700 })
      const { damaged, manifest } = await collect(dataDirectory, work, progress)
      const bytes = isFile
        ? await intoFile(target, force, (to) => send(work, manifest, to, progress, /\.t?gz$/.test(target)))
        : await send(work, manifest, process.stdout, progress)
      rmSync(work, { recursive: true, force: true })
      return { file: target, bytes, counts: manifest.counts, damaged }
    })
  } catch (error) {
    throw refusedDisk(error, `${target} cannot be written`)
  } finally {
    progress.clear()
  }
}

/** Fills the folder with what the archive is to have. */
async function collect(
  dataDirectory: string,
  work: string,
  progress: Progress,
): Promise<{ manifest: Manifest; damaged: string[] }> {
  const at = new Date().toISOString()
  const copy = join(work, databaseName)
  await snapshot(databaseOf(dataDirectory), copy, (bytes, of) => progress.show('Copying', bytes, of))
  const contents = await settle(copy, ({ blob }) =>
    keep(join(filesIn(dataDirectory), blob), join(work, filesName, blob)),
  )
  const { files, damaged, database } = await checkAll(work, contents, progress)
  const manifest: Manifest = {
    format: 'partyline-backup',
    version: 1,
    program: version,
    schema: contents.schema,
    at,
    counts: { ...contents.counts, files: files.length },
    database,
    files,
  }
  writeFileSync(join(work, manifestName), `${JSON.stringify(manifest)}\n`, { mode: 0o600 })
  return { manifest, damaged }
}

async function checkAll(work: string, { files }: Contents, progress: Progress) {
  const of = files.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  const told = (bytes: number) => {
    done += bytes
    progress.show('Checking', done, of)
  }
  const named: Manifest['files'] = []
  const damaged: string[] = []
  const isRight = (file: NamedFile, found: { bytes: number; sha256: string }) =>
    found.bytes === file.size && found.sha256 === file.sha256
  for (const file of files) {
    const found = await digest(join(work, filesName, file.blob), told)
    if (!isRight(file, found)) damaged.push(file.name)
    named.push({ blob: file.blob, ...found })
  }
  return { files: named, damaged, database: await digest(join(work, databaseName), () => undefined) }
}

/** A second name for a file, so that deleting it does not take its bytes; false if it is gone already. */
function keep(file: string, second: string): boolean {
  try {
    linkSync(file, second)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    // A file system without second names.
    return copied(file, second)
  }
}

function copied(file: string, second: string): boolean {
  try {
    copyFileSync(file, second)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
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
export function requireDatabase(dataDirectory: string): void {
  if (existsSync(databaseOf(dataDirectory))) return
  const message = `There is no database in ${dataDirectory}. Is that the right directory?`
  throw new Refused({ code: 'bad-data-directory', message })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function refused(message: string): Refused {
  return new Refused({ code: 'bad-arguments', message })
}
