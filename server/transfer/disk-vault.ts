import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import {
  access,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { Counts } from '../chat/machine/counts.ts'
import { StoreUnavailable } from '../chat/ports/store-errors.ts'
import {
  type KnownBlobs,
  type Lost,
  type Part,
  strangerOf,
  type Tidied,
  type Vault,
  VaultFull,
  VaultUnusable,
} from '../chat/ports/vault.ts'
import { dataIdName, readDataId } from '../data/data-id.ts'
import { removeLeftovers } from '../data/leftovers.ts'
import { workContents, workPrefix } from '../data/places.ts'
import { systemClock } from '../lib/clock.ts'
import { handOver, ownerHint } from '../lib/ownership.ts'
import { Slots } from '../lib/slots.ts'

const partial = '.part'
/** The names that the server gives to blobs: see randomSecrets. Whatever has another name is not its own. */
const blobName = /^[0-9A-HJKMNP-TV-Z]{32}(\.part)?$/
const asidePrefix = 'aside-'
const asideName = /^aside-\d{4}-\d\d-\d\d$/
/** What came in the place of a blob may be a pipe, which is not waited for. */
const reading = constants.O_RDONLY | constants.O_NONBLOCK
const chunkBytes = 256 * 1024
/**
 * How many threads files may take: Node has four for all that waits for a disk, and with them taken up by
 * slow transfers no message could be stored.
 */
const threads = 2
/** So much may be in the kernel's hands only: less to wait for at the end, and to lose with the power. */
const unsyncedBytes = 32 * 1024 * 1024

/**
 * The vault as a folder: a file `BLOB.part` is partial, `BLOB` is whole, `partyline.id` says to which database it belongs,
 * and `aside-2026-11-28/` has what was unknown then. Links and whatever has another name are left alone.
 */
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

  /**
   * Makes the folder if it is missing.
   * @throws {VaultUnusable} if it cannot be used
   */
  static async in(folder: string, counts = new Counts()): Promise<DiskVault> {
    try {
      if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) handOver(folder)
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      throw await unusable(folder, error)
    }
    return new DiskVault(folder, counts)
  }

  /** For one that makes no files: the folder may be missing. */
  static at(folder: string): DiskVault {
    return new DiskVault(folder, new Counts())
  }

  async partBytes(blob: string): Promise<number> {
    const found =
      (await stat(this.#part(blob)).catch(unlessMissing)) ??
      (await stat(this.#whole(blob)).catch(unlessMissing))
    return found?.size ?? 0
  }

  async open(blob: string, offset: number): Promise<Part> {
    const part = this.#part(blob)
    // Another database may know it as whole.
    if (offset === 0 && (await stat(this.#whole(blob)).catch(unlessMissing)) !== undefined)
      await this.#setAside([blob], systemClock.now()).catch(explain)
    if (offset > 0 && (await stat(part).catch(unlessMissing)) === undefined)
      await this.reopen(blob).catch(explain)
    const handle = await open(part, offset === 0 ? 'w' : 'r+', 0o600).catch(explain)
    try {
      handOver(part)
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
    const handle = await open(this.#whole(blob), reading).catch(explain)
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

  async drop(blob: string): Promise<void> {
    await rm(this.#part(blob), { force: true })
  }

  async reopen(blob: string): Promise<void> {
    await rename(this.#whole(blob), this.#part(blob))
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder).catch(explain)
    return bavail * bsize
  }

  async tidy(id: number, known: KnownBlobs, now: number): Promise<Tidied> {
    await removeLeftovers(this.#folder, workPrefix, workContents)
    const here = await blobsIn(this.#folder)
    const noted = readDataId(this.#folder)
    const why = strangerOf(id, noted, known, new Set([...here].map(wholeName)))
    if (why) return { belongs: false, why }
    if (noted !== id) await this.#note(id)
    const back = await this.#takeBack(known, here)
    // The process may have ended between the last byte and the entry in the database: a partial blob may be whole.
    const isKnown = (name: string) =>
      known.leaving?.has(wholeName(name)) ||
      known.partial.has(wholeName(name)) ||
      (known.whole.has(name) && !name.endsWith(partial))
    const unknown = [...here].filter((name) => !isKnown(name))
    await this.#setAside(unknown, now)
    const takenOver = noted !== undefined && noted !== id && here.size > 0
    return { belongs: true, aside: unknown.length, back, ...(takenOver ? { takenOver } : {}) }
  }

  async #setAside(names: readonly string[], now: number): Promise<void> {
    if (names.length === 0) return
    const aside = join(this.#folder, `${asidePrefix}${new Date(now).toISOString().slice(0, 10)}`)
    await mkdir(aside, { recursive: true, mode: 0o700 })
    for (const name of names) await rename(join(this.#folder, name), join(aside, name))
    handOver(aside)
  }

  /** What was set aside beside an older database, and is known again. */
  async #takeBack({ partial: parts, whole }: KnownBlobs, here: ReadonlySet<string>): Promise<number> {
    let back = 0
    for (const entry of await readdir(this.#folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || !asideName.test(entry.name)) continue
      const folder = join(this.#folder, entry.name)
      for (const name of await blobsIn(folder)) {
        const isKnown = name.endsWith(partial) ? parts.has(wholeName(name)) : whole.has(name)
        if (!isKnown || here.has(name)) continue
        await rename(join(folder, name), join(this.#folder, name))
        back++
      }
      // Only if nothing is in it any more.
      await rmdir(folder).catch(() => undefined)
    }
    return back
  }

  /** Where it cannot be written now, the next start does it. */
  async #note(id: number): Promise<void> {
    const file = join(this.#folder, dataIdName)
    // Nothing else than a file is opened: a pipe would be waited for, and a link is somebody's.
    const found = await lstat(file).catch(() => undefined)
    if (found && !found.isFile()) return
    await writeFile(file, `${id}\n`, { mode: 0o600, flush: true }).catch(() => undefined)
    handOver(file)
  }

  /** The SHA-256 of so many bytes, in hex; undefined if they cannot be read. */
  async #digest(blob: string, size: number): Promise<string | undefined> {
    const hash = createHash('sha256')
    const handle = await open(this.#whole(blob), reading).catch(explain)
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

/** The blobs in a folder, by the names of their files. */
async function blobsIn(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { withFileTypes: true })
  return new Set(entries.filter((one) => one.isFile() && blobName.test(one.name)).map(({ name }) => name))
}

function wholeName(name: string): string {
  return name.endsWith(partial) ? name.slice(0, -partial.length) : name
}

async function unusable(folder: string, error: unknown): Promise<VaultUnusable> {
  const link = await readlink(folder).catch(() => undefined)
  const code = codeOf(error)
  const why =
    link !== undefined && (code === 'ENOENT' || code === 'EEXIST')
      ? `it is a link to ${link}, which is not there. Is the disk mounted?`
      : code === 'EROFS'
        ? 'it is mounted read-only. Have it mounted so that it can be written.'
        : code === 'EEXIST' || code === 'ENOTDIR'
          ? 'it is a file. Move it away.'
          : code === 'EACCES' || code === 'EPERM'
            ? `it may not be written.${ownerHint(folder)}`
            : error instanceof Error
              ? error.message
              : String(error)
  return new VaultUnusable(`Cannot use the folder of files ${folder}: ${why}`, { cause: error })
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
