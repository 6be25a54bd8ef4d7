import { createReadStream, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { databaseOf, filesIn } from '../lib/places.ts'
import { StoreOpenError } from '../store/errors.ts'
import { type Contents, examine } from '../store/snapshot.ts'
import { Refused } from './act.ts'
import { ArchiveError, type Manifest, unpack } from './archive.ts'
import { fillDirectory } from './empty-directory.ts'
import type { Progress } from './progress.ts'
import { refusedDisk } from './refused-disk.ts'

/** What a file packed by gzip begins with: RFC 1952, 2.3.1. */
const gzipMagic = 0x1f8b

/** What was restored, and when it was backed up. */
export interface Restored {
  readonly at: string
  readonly counts: Manifest['counts']
}

/**
 * Puts what is in a backup into an empty data directory. All of it is checked before it gets its place: each
 * checksum, the database from one end to the other, and that it names what is there.
 */
export async function restoreFrom(
  file: string,
  dataDirectory: string,
  progress: Progress,
): Promise<Restored> {
  // Before anything is made: most mistakes are in the name.
  const source = await reading(file, progress).catch((error: unknown) => {
    throw refusedDisk(error, `${file} cannot be read`)
  })
  try {
    return await fillDirectory(dataDirectory, async (folder) => {
      mkdirSync(filesIn(folder), { mode: 0o700 })
      const manifest = await unpack(source, folder)
      check(manifest, await examine(databaseOf(folder)))
      return { at: manifest.at, counts: manifest.counts }
    })
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof StoreOpenError)
      throw new Refused({ code: 'bad-backup', message: `${file}: ${error.message} Nothing was restored.` })
    throw refusedDisk(error, `${dataDirectory} cannot be filled`)
  } finally {
    source.destroy()
    progress.clear()
  }
}

/** The bytes of the archive, unpacked if they are packed. */
async function reading(file: string, progress: Progress): Promise<Readable> {
  const handle = await open(file, 'r')
  try {
    const start = Buffer.alloc(2)
    await handle.read(start, 0, 2, 0)
    const { size } = await handle.stat()
    const raw = Readable.from(counted(file, (bytes) => progress.show('Restoring', bytes, size)))
    // An error of the one becomes one of the other, which is read.
    return start.readUInt16BE() === gzipMagic ? pipeline(raw, createGunzip(), () => undefined) : raw
  } finally {
    await handle.close()
  }
}

async function* counted(file: string, told: (bytes: number) => void): AsyncIterable<Buffer> {
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    told(bytes)
    yield chunk
  }
}

/** Refuses a database that does not belong to the files. */
function check(manifest: Manifest, { files }: Contents): void {
  const there = new Set(manifest.files.map(({ blob }) => blob))
  const missing = files.find(({ blob }) => !there.has(blob))
  if (missing) throw new ArchiveError(`It is not whole: the file ${missing.name} is missing.`)
}
