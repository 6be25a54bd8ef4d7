import { createHash } from 'node:crypto'
import {
  type KnownBlobs,
  type Lost,
  type Part,
  type Tidied,
  type Vault,
  VaultFull,
} from '../../server/chat/ports/vault.ts'

/** The Vault port in memory, for tests of what stands on it. */
export class MemoryVault implements Vault {
  /** The bytes for which there is room. */
  capacity = Number.MAX_SAFE_INTEGER
  /** While true nothing can be removed, as from a disk that is mounted read-only. */
  keeping = false
  readonly parts = new Map<string, Buffer>()
  readonly whole = new Map<string, Buffer>()

  async partBytes(blob: string): Promise<number> {
    return (this.parts.get(blob) ?? this.whole.get(blob))?.length ?? 0
  }

  async open(blob: string, offset: number): Promise<Part> {
    const { parts, whole } = this
    if (offset > 0 && !parts.has(blob)) await this.reopen(blob)
    const room = () => this.capacity - this.#used()
    parts.set(blob, (parts.get(blob) ?? Buffer.alloc(0)).subarray(0, offset))
    const bytes = () => parts.get(blob) ?? Buffer.alloc(0)
    return {
      get length() {
        return bytes().length
      },
      async append(chunk) {
        const fits = chunk.subarray(0, Math.max(0, room()))
        parts.set(blob, Buffer.concat([bytes(), fits]))
        if (fits.length < chunk.length) throw new VaultFull('There is no room.')
      },
      async finish(check) {
        const sha256 = createHash('sha256').update(bytes()).digest('hex')
        check?.(sha256)
        whole.set(blob, bytes())
        parts.delete(blob)
        return sha256
      },
      async cut(length) {
        parts.set(blob, bytes().subarray(0, length))
      },
      async close() {},
    }
  }

  async *read(blob: string, start: number, end: number): AsyncIterable<Buffer> {
    const bytes = this.whole.get(blob)
    if (!bytes) throw new Error(`There is no blob ${blob}.`)
    yield bytes.subarray(start, end)
  }

  async look(blob: string, { sha256, size }: { size: number; sha256: string }): Promise<Lost | undefined> {
    const bytes = this.whole.get(blob)
    if (!bytes) return 'missing'
    const isRight = bytes.length === size && createHash('sha256').update(bytes).digest('hex') === sha256
    return isRight ? undefined : 'damaged'
  }

  async remove(blob: string): Promise<void> {
    this.#checkRemoval()
    this.parts.delete(blob)
    this.whole.delete(blob)
  }

  async reopen(blob: string): Promise<void> {
    this.parts.set(blob, this.whole.get(blob) ?? Buffer.alloc(0))
    this.whole.delete(blob)
  }

  async freeBytes(): Promise<number> {
    return this.capacity - this.#used()
  }

  /** What was unknown, by name. */
  readonly aside = new Map<string, Buffer>()

  async drop(blob: string): Promise<void> {
    this.#checkRemoval()
    this.parts.delete(blob)
  }

  async tidy(_id: number, known: KnownBlobs): Promise<Tidied> {
    const { aside, parts, whole } = this
    let back = 0
    for (const [blob, bytes] of aside)
      if (known.whole.has(blob)) {
        whole.set(blob, bytes)
        aside.delete(blob)
        back++
      }
    const before = aside.size
    for (const [blob, bytes] of whole)
      if (!known.whole.has(blob) && !known.partial.has(blob) && !known.leaving?.has(blob)) {
        aside.set(blob, bytes)
        whole.delete(blob)
      }
    for (const [blob, bytes] of parts)
      if (!known.partial.has(blob) && !known.leaving?.has(blob)) {
        aside.set(`${blob}.part`, bytes)
        parts.delete(blob)
      }
    return { belongs: true, aside: aside.size - before, back }
  }

  #checkRemoval(): void {
    if (this.keeping) throw new Error('EROFS: read-only file system')
  }

  #used(): number {
    return [...this.parts.values(), ...this.whole.values()].reduce((sum, { length }) => sum + length, 0)
  }
}
