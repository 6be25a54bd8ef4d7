import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { create, Parser, type ReadEntry } from 'tar'
import * as z from 'zod'

/** The manifest of a backup. It is the first entry; without it nothing else is read. */
export const manifestName = 'manifest.json'
export const databaseName = 'partyline.db'
export const filesName = 'files'

const count = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const manifestSchema = z.object({
  format: z.literal('partyline-backup'),
  /** The version of this format. */
  version: z.literal(1),
  /** The versions of the program that made the backup, and of the database. */
  program: z.string(),
  schema: z.string(),
  at: z.iso.datetime(),
  /** The id of the data, which is also beside the files; databases have one since schema 0008. */
  id: z.int().optional(),
  counts: z.object({ accounts: count, channels: count, messages: count, files: count }),
  database: z.object({ bytes: count, sha256 }),
  files: z.array(z.object({ blob: z.string().regex(/^\w{1,100}$/), bytes: count, sha256 })),
  /** The missing and the damaged files; only the damaged ones are in the backup. */
  lacks: z.array(z.object({ name: z.string(), why: z.enum(['missing', 'damaged']) })).default([]),
})

export type Manifest = z.output<typeof manifestSchema>

/** An archive that cannot be used; the message follows "FILE: ". */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

/** An archive of a newer version of this program. */
export class NewerArchive extends ArchiveError {}

const mostManifestBytes = 256 * 1024 * 1024
/** The manifest of a backup begins before this many bytes: input without an end must not be read for ever. */
const mostBytesBefore = 1024 * 1024

/** Packs the files of a folder that the manifest names into an archive, as a stream. Follows links. */
export function packed(folder: string, manifest: Manifest): Readable {
  const names = [manifestName, databaseName, ...manifest.files.map(({ blob }) => `${filesName}/${blob}`)]
  return Readable.from(create({ cwd: folder, follow: true, portable: true, strict: true }, names))
}

/**
 * Reads an archive into an empty folder, and checks it against its manifest. No entry of the archive is used as a path: an entry
 * that the manifest may not name is refused.
 * @throws {ArchiveError}
 */
export async function unpack(source: Readable, folder: string): Promise<Manifest> {
  const reading = new Reading(folder)
  const parser = new Parser({ strict: true, onReadEntry: (entry) => reading.take(entry) })
  const ended = new Promise<void>((resolve) => parser.once('end', resolve))
  parser.on('error', (error: unknown) => reading.fail(damaged(error)))
  try {
    let bytes = 0
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (!reading.hasBegun && bytes > mostBytesBefore) reading.fail(new ArchiveError(noBackup))
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), reading.failed])
      if (reading.hasFailed) break
    }
    if (!reading.hasFailed) {
      parser.end()
      await Promise.race([ended, reading.failed])
    }
  } catch (error) {
    // An error of the decompression.
    reading.fail(damaged(error))
  } finally {
    source.destroy()
  }
  return reading.finish()
}

/** Reads the manifest of an archive, and nothing else. @throws {ArchiveError} */
export async function manifestIn(source: Readable): Promise<Manifest> {
  let found: Promise<Manifest> | undefined
  let isDone = false
  const parser = new Parser({
    onReadEntry(entry) {
      if (found) entry.resume()
      else {
        found = manifestFrom(entry)
        found.then(done, done)
      }
    },
  })
  const done = () => {
    isDone = true
  }
  let bytes = 0
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), found])
      if (isDone || (!found && bytes > mostBytesBefore)) break
    }
  } catch (error) {
    throw damaged(error)
  } finally {
    source.destroy()
  }
  if (!found) throw new ArchiveError(noBackup)
  return found
}

async function manifestFrom(entry: ReadEntry): Promise<Manifest> {
  const { path, size, type } = entry
  if (path !== manifestName || type !== 'File' || size > mostManifestBytes) throw new ArchiveError(noBackup)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk)
  return readManifest(Buffer.concat(chunks).toString())
}

/** Reads the entries of one archive in their order. */
class Reading {
  readonly #folder: string
  readonly #missing = new Map<string, { bytes: number; sha256: string }>()
  #manifest: Manifest | undefined
  #hasBegun = false
  #last = Promise.resolve()
  #failure: unknown
  #stop: () => void = () => undefined
  /** Resolves if reading fails. */
  readonly failed = new Promise<void>((resolve) => {
    this.#stop = resolve
  })

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Whether the archive had an entry so far. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  fail(error: unknown): void {
    this.#failure ??= error
    this.#stop()
  }

  /** Takes the entries one after the other, also if the next comes before the last is on disk. */
  take(entry: ReadEntry): void {
    this.#hasBegun = true
    this.#last = this.#last.then(() => this.#take(entry)).catch((error: unknown) => this.fail(error))
  }

  /** Resolves when everything is on disk. Rejects with the failure, or if something is missing. */
  async finish(): Promise<Manifest> {
    await Promise.race([this.#last, this.failed])
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#manifest) throw new ArchiveError(noBackup)
    const [name] = this.#missing.keys()
    if (name !== undefined) throw new ArchiveError(`It is not whole: ${name} is missing.`)
    return this.#manifest
  }

  async #take(entry: ReadEntry): Promise<void> {
    if (!this.#manifest) {
      this.#accept(await manifestFrom(entry))
      return
    }
    const { path, size, type } = entry
    const named = this.#missing.get(path)
    if (!named || type !== 'File')
      throw new ArchiveError(`It has something in it that does not belong there: ${JSON.stringify(path)}.`)
    this.#missing.delete(path)
    if (size !== named.bytes) throw new ArchiveError(`It is damaged: ${path} has the wrong size.`)
    const file = createWriteStream(join(this.#folder, path), { flags: 'wx', mode: 0o600, flush: true })
    const hash = createHash('sha256')
    for await (const chunk of entry) {
      hash.update(chunk)
      if (!file.write(chunk)) await once(file, 'drain')
    }
    file.end()
    await finished(file)
    if (hash.digest('hex') !== named.sha256)
      throw new ArchiveError(`It is damaged: ${path} is not as it was.`)
  }

  #accept(manifest: Manifest): void {
    this.#manifest = manifest
    this.#missing.set(databaseName, manifest.database)
    for (const file of manifest.files) this.#missing.set(`${filesName}/${file.blob}`, file)
  }
}

const noBackup = 'It is no backup of Partyline.'

function damaged(error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error
  const why = error instanceof Error ? error.message : String(error)
  return new ArchiveError(`It is damaged, or no backup of Partyline (${why}).`, { cause: error })
}

function readManifest(text: string): Manifest {
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch {
    throw new ArchiveError('It is no backup of Partyline, or it is damaged.')
  }
  const read = manifestSchema.safeParse(tree)
  if (read.success) return read.data
  const version = z.object({ format: z.literal('partyline-backup'), version: z.number() }).safeParse(tree)
  throw version.success && version.data.version > 1
    ? new NewerArchive('It was made by a newer version of Partyline; restore it with that one.')
    : new ArchiveError('It is no backup of Partyline, or it is damaged.')
}

/** The SHA-256 of a file in hex, and its number of bytes. */
export async function digest(
  path: string,
  told: (bytes: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
    told(chunk.length)
  }
  return { bytes, sha256: hash.digest('hex') }
}
