import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Counts } from '../chat/counts.ts'
import { StoreUnavailable } from '../chat/ports.ts'
import { type Lost, type Part, type Vault, VaultFull } from '../chat/vault.ts'
import { removeLeftovers } from '../lib/leftovers.ts'
import { workPrefix } from '../lib/places.ts'
import { Slots } from '../lib/slots.ts'

const partial = '.part'
const chunkBytes = 256 * 1024
/**
 * How many threads files may take: Node has four for all that waits for a disk, and with them taken up by
 * slow transfers no message could be stored.
 */
const threads = 2
/** So much may be in the kernel's hands only: less to wait for at the end, and to lose with the power. */
const unsyncedBytes = 32 * 1024 * 1024

/** The vault as a folder: a file `BLOB.part` is partial, `BLOB` is whole. */
export class DiskVault implements Vault {
  readonly #folder: string
  readonly #disk = new Slots(threads)
  /** Blobs whose bytes were read through, and what they were like then. */
  readonly #looked = new Map<string, { readonly mark: string; readonly isRight: boolean }>()

  readonly #counts: Counts

  private constructor(folder: string, counts: Counts) {
    this.#folder = folder
    this.#counts = counts
  }

  /** Makes the folder if it is missing. */
  static async in(folder: string, counts = new Counts()): Promise<DiskVault> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new DiskVault(folder, counts)
  }

  async partBytes(blob: string): Promise<number> {
    const found = await stat(this.#part(blob)).catch(unlessMissing)
    return found?.size ?? 0
  }

  async open(blob: string, offset: number): Promise<Part> {
    const handle = await open(this.#part(blob), offset === 0 ? 'w' : 'r+', 0o600).catch(explain)
    try {
      if (offset > 0) await handle.truncate(offset)
      const hash = createHash('sha256')
      for await (const chunk of this.#chunks(handle, 0, offset)) hash.update(chunk)
      const keep = () => this.#keep(blob)
      return new DiskPart({ handle, hash, disk: this.#disk, counts: this.#counts, length: offset, keep })
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async *read(blob: string, start: number, end: number): AsyncIterable<Buffer> {
    const handle = await open(this.#whole(blob), 'r').catch(explain)
    try {
      for await (const chunk of this.#chunks(handle, start, end)) {
        this.#counts.fileBytesSent += chunk.length
        yield chunk
      }
    } finally {
      await handle.close()
    }
  }

  async look(
    blob: string,
    { sha256, size }: { size: number; sha256: string },
    thorough: boolean,
  ): Promise<Lost | undefined> {
    const found = await stat(this.#whole(blob)).catch(unlessGone)
    if (!found) return 'missing'
    if (!found.isFile() || found.size !== size) return 'damaged'
    const mark = `${found.ino} ${found.size} ${found.mtimeMs}`
    const known = this.#looked.get(blob)
    if (known?.mark === mark) return known.isRight ? undefined : 'damaged'
    if (!thorough) return undefined
    const isRight = (await this.#digest(blob, size)) === sha256
    this.#looked.set(blob, { mark, isRight })
    return isRight ? undefined : 'damaged'
  }

  async remove(blob: string): Promise<void> {
    this.#looked.delete(blob)
    await rm(this.#part(blob), { force: true })
    await rm(this.#whole(blob), { force: true })
  }

  async reopen(blob: string): Promise<void> {
    await rename(this.#whole(blob), this.#part(blob))
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder).catch(explain)
    return bavail * bsize
  }

  async sweep(known: { partial: ReadonlySet<string>; whole: ReadonlySet<string> }): Promise<void> {
    removeLeftovers(this.#folder, workPrefix)
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      // Where a disk is mounted there is lost+found; and a backup may be under way.
      if (entry.isDirectory()) continue
      const { name } = entry
      const isPart = name.endsWith(partial)
      const blob = isPart ? name.slice(0, -partial.length) : name
      // The process ended between the last byte and the entry in the database.
      if (!isPart && known.partial.has(blob)) await this.reopen(blob)
      else if (!(isPart ? known.partial : known.whole).has(blob))
        await rm(join(this.#folder, name), { force: true })
    }
  }

  /** The SHA-256 of so many bytes, in hex; undefined if they cannot be read. */
  async #digest(blob: string, size: number): Promise<string | undefined> {
    const hash = createHash('sha256')
    const handle = await open(this.#whole(blob), 'r').catch(explain)
    try {
      for await (const chunk of this.#chunks(handle, 0, size)) hash.update(chunk)
      return hash.digest('hex')
    } catch (error) {
      // A bad block; and it may be cut while it is read.
      if (codeOf(error) === 'EIO' || error instanceof Shorter) return undefined
      throw error
    } finally {
      await handle.close()
    }
  }

  async #keep(blob: string): Promise<void> {
    await rename(this.#part(blob), this.#whole(blob))
    // Without it a power cut could undo the new name, and the database would speak of a file that is not there.
    const folder = await open(this.#folder, 'r')
    await this.#disk.run(() => folder.sync()).finally(() => folder.close())
  }

  async *#chunks(handle: FileHandle, start: number, end: number): AsyncIterable<Buffer> {
    // One for all of it: memory that is thrown away is not given back for a long time. Every chunk but the last is
    // larger than what a socket takes without making one wait until it is sent.
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(0, end - start)))
    for (let at = start; at < end; ) {
      const length = Math.min(buffer.length, end - at)
      const { bytesRead } = await this.#disk.run(() => handle.read(buffer, 0, length, at))
      if (bytesRead === 0) throw new Shorter('A file in the vault is shorter than it was.')
      at += bytesRead
      yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
    }
  }

  #part(blob: string): string {
    return join(this.#folder, `${blob}${partial}`)
  }

  #whole(blob: string): string {
    return join(this.#folder, blob)
  }
}

class DiskPart implements Part {
  readonly #handle: FileHandle
  readonly #hash: Hash
  readonly #disk: Slots
  readonly #counts: Counts
  readonly #keep: () => Promise<void>
  #length: number
  #unsynced = 0

  constructor(parts: {
    handle: FileHandle
    hash: Hash
    disk: Slots
    counts: Counts
    length: number
    keep: () => Promise<void>
  }) {
    this.#handle = parts.handle
    this.#hash = parts.hash
    this.#disk = parts.disk
    this.#counts = parts.counts
    this.#length = parts.length
    this.#keep = parts.keep
  }

  get length(): number {
    return this.#length
  }

  async append(chunk: Buffer): Promise<void> {
    for (let left = chunk; left.length > 0; ) {
      const { bytesWritten } = await this.#disk
        .run(() => this.#handle.write(left, 0, left.length, this.#length))
        .catch(explain)
      this.#hash.update(left.subarray(0, bytesWritten))
      this.#length += bytesWritten
      this.#counts.fileBytesReceived += bytesWritten
      this.#unsynced += bytesWritten
      left = left.subarray(bytesWritten)
    }
    if (this.#unsynced < unsyncedBytes) return
    this.#unsynced = 0
    await this.#disk.run(() => this.#handle.datasync()).catch(explain)
  }

  async finish(): Promise<string> {
    await this.#disk.run(() => this.#handle.sync()).catch(explain)
    await this.#handle.close()
    await this.#keep().catch(explain)
    return this.#hash.digest('hex')
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** EFBIG: more than the operator lets the process write into a file, which is as good as a full disk. */
const fullCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** What the kernel says, as what it means for the uploader. */
function explain(error: unknown): never {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) throw error
  if (fullCodes.includes(error.code)) throw new VaultFull('There is no room on the disk.', { cause: error })
  throw new StoreUnavailable('The folder of files cannot be used now', { cause: error })
}

class Shorter extends Error {
  override readonly name = 'Shorter'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Also where the way to it is gone. */
function unlessGone(error: unknown): undefined {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
  explain(error)
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
