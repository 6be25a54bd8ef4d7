import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, type FileHandle, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Counts } from '../chat/machine/counts.ts'
import type { KnownBlobs, Lost, Part, Tidied, Vault } from '../chat/ports/vault.ts'
import { systemClock } from '../lib/clock.ts'
import { codeOf } from '../lib/error-code.ts'
import { handOver } from '../lib/ownership.ts'
import { Slots } from '../lib/slots.ts'
import { DiskPart } from './disk-part.ts'
import { partial, setAside, tidyFolder } from './tidy-folder.ts'
import { explain, unlessGone, unlessMissing, unusable } from './vault-errors.ts'

/** Open without waiting: a pipe may be in the place of a blob. */
const reading = constants.O_RDONLY | constants.O_NONBLOCK
const chunkBytes = 256 * 1024
/**
 * How many disk threads files may take. Node.js has four, and if slow transfers took all of them, no message could be stored.
 */
const threads = 2

/**
 * A vault in a folder: `BLOB.part` is a partial file, `BLOB` a complete one, `partyline.id` says to which database they belong, and
 * `aside-2026-11-28/` has the files that were unknown on that day. Links, and files with other names, are left alone.
 */
export class DiskVault implements Vault {
  readonly #folder: string
  readonly #disk = new Slots(threads)
  /** The results for blobs whose bytes were all read; `mark` shows whether the file has changed since. */
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

  /** Opens a vault only for reading: the folder may be missing. */
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
    // Another database may know this blob as a complete file. An empty one is more likely this very upload, cut off between its
    // last byte and its entry in the database; it has nothing to lose.
    if (offset === 0 && (await stat(this.#whole(blob)).catch(unlessMissing))?.size)
      await setAside(this.#folder, [blob], systemClock.now()).catch(explain)
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
    return tidyFolder(this.#folder, id, known, now)
  }

  /** The SHA-256 of the first `size` bytes, in hex; undefined if they cannot be read. */
  async #digest(blob: string, size: number): Promise<string | undefined> {
    const hash = createHash('sha256')
    const handle = await open(this.#whole(blob), reading).catch(explain)
    try {
      for await (const chunk of this.#chunks(handle, 0, size)) hash.update(chunk)
      return hash.digest('hex')
    } catch (error) {
      // EIO is a bad block; and somebody may have shortened the file.
      if (codeOf(error) === 'EIO' || error instanceof Shorter) return undefined
      throw error
    } finally {
      await handle.close()
    }
  }

  async #keep(blob: string): Promise<void> {
    await rename(this.#part(blob), this.#whole(blob))
    // Otherwise a power failure could undo the new name, and the database would name a file that is missing.
    const folder = await open(this.#folder, 'r')
    await this.#disk.run(() => folder.sync()).finally(() => folder.close())
  }

  async *#chunks(handle: FileHandle, start: number, end: number): AsyncIterable<Buffer> {
    // Use one buffer, because freed buffers stay in memory for a long time. The caller has to be done with a chunk before it asks
    // for the next: each is larger than what a socket takes at once, so the sender waits.
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

/** A file that has become shorter while it was read. */
class Shorter extends Error {
  override readonly name = 'Shorter'
}
