import { fail } from '../model/failures.ts'
import type { Lost, Vault } from '../ports/vault.ts'
import type { SharedFile } from './file.ts'
import type { Files } from './files.ts'

/** A file of which the registry knows, and whose bytes are missing or not what they were. */
export interface LostFile {
  readonly file: SharedFile
  readonly why: Lost
}

/**
 * Files whose bytes are gone: a disk is not mounted, somebody has removed them, a block went bad. Nobody gets such a
 * file, the operator is told, and nothing is forgotten: when the bytes are back it is as before.
 */
export class LostFiles {
  readonly #files: Files
  readonly #vault: Vault
  readonly #lost = new Map<SharedFile, Lost>()
  readonly #whenLost: ((lost: readonly LostFile[]) => void)[] = []

  constructor({ files, vault }: { files: Files; vault: Vault }) {
    this.#files = files
    this.#vault = vault
  }

  /** Those that were found so far. */
  list(): LostFile[] {
    for (const file of this.#lost.keys()) if (file.removed) this.#lost.delete(file)
    return [...this.#lost].map(([file, why]) => ({ file, why }))
  }

  /** Calls back with files that are found to be lost, once for each. */
  onLost(task: (lost: readonly LostFile[]) => void): void {
    this.#whenLost.push(task)
  }

  /**
   * Refuses a file that is lost; all of its bytes are read for that where that was not done since they came.
   * Throws `file-gone`.
   */
  async require(file: SharedFile): Promise<void> {
    await this.#require(file, true)
  }

  /** As `require`, but only by size and by what is known already: it takes no time. */
  async requireSize(file: SharedFile): Promise<void> {
    await this.#require(file, false)
  }

  /** Looks at the sizes of all files, and through all bytes of those with these numbers. */
  async look(thoroughly: readonly number[] = []): Promise<void> {
    const numbers = new Set(thoroughly)
    const found: LostFile[] = []
    try {
      for (const file of this.#files.whole()) {
        const lost = await this.#look(file, numbers.has(file.id))
        if (lost?.isNew) found.push(lost)
      }
    } finally {
      this.#tell(found)
    }
  }

  async #require(file: SharedFile, thorough: boolean): Promise<void> {
    const lost = await this.#look(file, thorough)
    if (!lost) return
    if (lost.isNew) this.#tell([lost])
    throw fail({ code: 'file-gone', file: file.id, name: file.name })
  }

  #tell(found: readonly LostFile[]): void {
    if (found.length > 0) for (const task of this.#whenLost) task(found)
  }

  async #look(file: SharedFile, thorough: boolean): Promise<(LostFile & { isNew: boolean }) | undefined> {
    const { blob, sha256 = '', size = 0 } = file
    const why = await this.#vault.look(blob, { size, sha256 }, thorough)
    // Deleted meanwhile.
    if (file.removed) return undefined
    const before = this.#lost.get(file)
    if (why === undefined) {
      this.#lost.delete(file)
      return undefined
    }
    this.#lost.set(file, why)
    return { file, why, isNew: why !== before }
  }
}
