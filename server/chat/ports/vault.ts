/** Keeps the bytes of files. A blob is partial until it is whole, and keeps its name then. */
export interface Vault {
  /**
   * How many bytes of a partial blob are there; 0 if there are none. It also counts a blob that is whole because the process
   * ended between its last byte and the entry in the store.
   */
  partBytes(blob: string): Promise<number>
  /**
   * Opens a partial blob to go on after its first `offset` bytes; bytes after them are dropped.
   * @throws VaultFull, or StoreUnavailable if it cannot be written or read for another reason, as with all that follows
   */
  open(blob: string, offset: number): Promise<Part>
  /**
   * The bytes of a whole blob from `start` up to, but without, `end`. A chunk is good until the next one is asked
   * for: its memory is used again.
   */
  read(blob: string, start: number, end: number): AsyncIterable<Buffer>
  /**
   * What happened to a whole blob on the disk; undefined if it is as it was. Checks its size; `thorough` also checks its bytes,
   * unless that was done and the blob was not written to since.
   */
  look(blob: string, expected: { size: number; sha256: string }, thorough: boolean): Promise<Lost | undefined>
  /** Removes all bytes of it; it is no error if there are none. */
  remove(blob: string): Promise<void>
  /** Removes a partial blob. A whole blob of that name stays: a ticket is never about it. */
  drop(blob: string): Promise<void>
  /** Makes a whole blob partial again. */
  reopen(blob: string): Promise<void>
  /** How much room there is on the disk, in bytes. */
  freeBytes(): Promise<number>
  /**
   * Sets aside every blob that the store does not know, under the day of `now`, and takes back those that it knows again. It
   * removes nothing. If the vault does not belong to the store of that id, it touches nothing.
   */
  tidy(id: number, known: KnownBlobs, now: number): Promise<Tidied>
}

/** The blobs that the store knows. */
export interface KnownBlobs {
  readonly partial: ReadonlySet<string>
  readonly whole: ReadonlySet<string>
  /** Blobs that the store is about to remove: they are not set aside. */
  readonly leaving?: ReadonlySet<string>
}

/** What was done; or why the vault is not the store's. */
export type Tidied =
  | {
      readonly belongs: true
      readonly aside: number
      readonly back: number
      /** It had another id, and blobs that only this store can know. */
      readonly takenOver?: true
    }
  | { readonly belongs: false; readonly why: Stranger }

/** It has another id, and nothing whole that the store knows; or none, and nothing that the store knows is there; or none, and the store knows nothing of it. */
export type Stranger = 'other' | 'missing' | 'unknown'

/** In words, with what to do. */
export const strangerText: Readonly<Record<Stranger, string>> = {
  other: 'they belong to another database: put that one back, or move the folder away',
  missing: 'none of the files that the database knows is there: mount the disk, or put the folder back',
  unknown: 'the database knows none of them: put the one back that does, or move the folder away',
}

/** Whether a vault is the store's. `noted` is the id that it has, if any; `here` are the blobs in it. */
export function strangerOf(
  id: number,
  noted: number | undefined,
  known: KnownBlobs,
  here: ReadonlySet<string>,
): Stranger | undefined {
  // Names of blobs are drawn, and nobody knows them by chance. An older copy of a database that is brought up to date
  // again draws another id than the first time. Where neither has a blob, there is nothing to mistake.
  if (noted !== undefined) {
    const nothing = known.whole.size === 0 && here.size === 0
    return noted === id || nothing || anyOf(known.whole, here) ? undefined : 'other'
  }
  const all = [...known.whole, ...known.partial]
  if (all.some((blob) => here.has(blob))) return undefined
  if (known.whole.size > 0) return 'missing'
  return here.size > 0 ? 'unknown' : undefined
}

function anyOf(blobs: ReadonlySet<string>, here: ReadonlySet<string>): boolean {
  return [...blobs].some((blob) => here.has(blob))
}

/** What can happen to bytes on a disk. */
export type Lost = 'missing' | 'damaged'

/** A partial blob that is being written; one task at a time. */
export interface Part {
  /** How many bytes of it are there. */
  readonly length: number
  /** @throws VaultFull; then as many bytes are there as `length` says */
  append(chunk: Buffer): Promise<void>
  /**
   * Makes the blob whole: then all its bytes are on disk. Answers their SHA-256, in hex. If `check` throws for that, the blob
   * stays partial.
   */
  finish(check?: (sha256: string) => void): Promise<string>
  /** Drops what is behind the first `length` bytes. Then only `close` follows. */
  cut(length: number): Promise<void>
  /** Keeps the bytes that are there, to go on later. */
  close(): Promise<void>
}

/** The vault cannot be opened; the message says why. */
export class VaultUnusable extends Error {
  override readonly name = 'VaultUnusable'
}

/** There is no room on the disk. */
export class VaultFull extends Error {
  override readonly name = 'VaultFull'
}
