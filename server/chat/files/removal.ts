import type { Clock } from '../../lib/clock.ts'
import type { ClockTrust } from '../machine/clock-trust.ts'
import type { Discarded } from '../ports/file-store.ts'
import type { Store } from '../ports/store.ts'
import type { Stranger, Tidied, Vault } from '../ports/vault.ts'
import type { SharedFile } from './file.ts'
import type { PersonalTokens } from './personal-tokens.ts'
import type { Shelf } from './shelf.ts'

/** Removes files and tickets: first from the store and the registry, then their bytes. */
export class FileRemoval {
  readonly #store: Store
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #clockTrust: ClockTrust
  readonly #shelf: Shelf
  readonly #personal: PersonalTokens
  /** Removals of bytes that are under way. */
  readonly #removals = new Set<Promise<void>>()
  /** Whether the vault belongs to the store; undefined until a server has tidied it. */
  #tidied: Tidied | undefined

  constructor(parts: {
    store: Store
    vault: Vault
    clock: Clock
    clockTrust: ClockTrust
    shelf: Shelf
    personal: PersonalTokens
  }) {
    this.#store = parts.store
    this.#vault = parts.vault
    this.#clock = parts.clock
    this.#clockTrust = parts.clockTrust
    this.#shelf = parts.shelf
    this.#personal = parts.personal
  }

  /** Notes what a server found in the vault at its start. */
  noteTidied(tidied: Tidied): void {
    this.#tidied = tidied
  }

  /** The reason why the vault does not belong to the store, found at the start; undefined if it does. */
  get stranger(): Stranger | undefined {
    return this.#tidied?.belongs === false ? this.#tidied.why : undefined
  }

  /** Removes files and tickets. Rejects with StoreUnavailable. */
  async remove(files: readonly SharedFile[]): Promise<void> {
    await this.#store.removeFiles(files.map(({ id }) => id))
    this.forget(files)
  }

  /** Forgets files and tickets that the store has forgotten already, and removes their bytes. */
  forget(files: readonly SharedFile[]): void {
    for (const file of files) {
      // Two may have removed it at the same moment.
      if (file.removed) continue
      file.removed = true
      this.#shelf.delete(file)
      this.#personal.forgetFile(file)
      // If this fails it is noted, and done later: see discard.
      const removal = this.#removeBytes({ blob: file.blob, whole: file.sha256 !== undefined })
        .then(() => this.#store.forgetDiscarded([file.blob]))
        .catch(() => undefined)
        .finally(() => this.#removals.delete(removal))
      this.#removals.add(removal)
    }
  }

  /** Removes expired files and tickets, unless the clock cannot be trusted; returns how many it removed. */
  async expire(): Promise<number> {
    if (this.#clockTrust.holds) return 0
    const now = this.#clock.now()
    const due = this.#shelf.takeOver(now)
    const over = due.filter(({ upload }) => upload === undefined)
    // Files that are not removed now are tried again later.
    const keep = () => {
      for (const file of due) this.#shelf.noteEnd(file)
    }
    if (over.length > 0) await this.remove(over).finally(keep)
    else keep()
    const tokens = this.#personal.takeOver(now)
    if (tokens.length > 0) await this.#store.removeFileTokens(tokens.map(({ hash }) => hash))
    return over.length
  }

  /** Resolves when the bytes of all forgotten files are removed, or removing them has failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals)
  }

  /** The number of forgotten files whose bytes could not be removed yet. */
  async undiscarded(): Promise<number> {
    await this.settled()
    return (await this.#store.discarded()).length
  }

  /** Tries again to remove bytes; returns the number of files for which that failed again. */
  async discard(): Promise<number> {
    if (!this.#tidied?.belongs) return 0
    await this.settled()
    const noted = await this.#store.discarded()
    const gone: string[] = []
    for (const one of noted)
      await this.#removeBytes(one).then(
        () => gone.push(one.blob),
        () => undefined,
      )
    if (gone.length > 0) await this.#store.forgetDiscarded(gone)
    return noted.length - gone.length
  }

  /** For a ticket, only the partial file is removed: a complete blob of that name is another file. */
  #removeBytes({ blob, whole }: Discarded): Promise<void> {
    return whole ? this.#vault.remove(blob) : this.#vault.drop(blob)
  }
}
