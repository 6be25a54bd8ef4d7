import { fail } from '../model/failures.ts'
import type { Lost, Vault } from '../ports/vault.ts'
import type { SharedFile } from './file.ts'
import type { Files } from './files.ts'

/** A file in the registry whose bytes are missing or damaged. */
export interface LostFile {
  readonly file: SharedFile
  readonly why: Lost
}

/**
 * Files whose bytes are missing or damaged: a disk is not mounted, somebody has removed them, a block is broken.
 * Nobody gets such a file, the operator is told, and nothing is forgotten: when the bytes are back, everything works
 * as before.
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

  /** The lost files found so far. */
  list(): LostFile[] {
    for (const file of this.#lost.keys()) if (file.removed) this.#lost.delete(file)
    return [...this.#lost].map(([file, why]) => ({ file, why }))
  }

  /** Calls back with newly found lost files, once for each. */
  onLost(task: (lost: readonly LostFile[]) => void): void {
    this.#whenLost.push(task)
  }

  /**
   * Refuses a lost file. It reads all bytes of the file unless that was done since they arrived. Throws `file-gone`.
   */
  async require(file: SharedFile): Promise<void> {
    await this.#require(file, true)
  }

  /** Like `require`, but checks only the size and what is known already, so that it is quick. */
  async requireSize(file: SharedFile): Promise<void> {
    await this.#require(file, false)
  }

  /** Checks the sizes of all files, and all bytes of the files with these numbers. */
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
