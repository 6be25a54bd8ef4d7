import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Counts } from '../chat/machine/counts.ts'
import type { Part } from '../chat/ports/vault.ts'
import type { Slots } from '../lib/slots.ts'
import { explain } from './vault-errors.ts'

/** The most bytes that only the kernel has: less to wait for at the end, and less to lose in a power failure. */
const unsyncedBytes = 32 * 1024 * 1024

/** A partial file that is being written: hashed on the way, and synced now and then. */
export class DiskPart implements Part {
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

  async finish(check?: (sha256: string) => void): Promise<string> {
    const sha256 = this.#hash.digest('hex')
    check?.(sha256)
    await this.#disk.run(() => this.#handle.sync()).catch(explain)
    await this.#handle.close()
    await this.#keep().catch(explain)
    return sha256
  }

  async cut(length: number): Promise<void> {
    await this.#disk.run(() => this.#handle.truncate(length)).catch(explain)
    this.#length = length
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
