/** Where the bytes of files are. A blob is partial until it is whole, and keeps its name then. */
export interface Vault {
  /** How many bytes of a partial blob are there; 0 if there are none. */
  partBytes(blob: string): Promise<number>
  /**
   * Opens a partial blob to go on behind its first `offset` bytes; what is there behind them is dropped.
   * @throws VaultFull, or StoreUnavailable if it cannot be written or read for another reason, as with all that follows
   */
  open(blob: string, offset: number): Promise<Part>
  /**
   * The bytes of a whole blob from `start` up to, but without, `end`. A chunk is good until the next one is asked
   * for: its memory is used again.
   */
  read(blob: string, start: number, end: number): AsyncIterable<Buffer>
  /**
   * What has become of a whole blob, undefined if nothing has. Its size is looked at; `thorough`, its bytes too, unless
   * that was done and it has not been written to since.
   */
  look(blob: string, expected: { size: number; sha256: string }, thorough: boolean): Promise<Lost | undefined>
  /** Removes all that is there of it; it is no error if nothing is. */
  remove(blob: string): Promise<void>
  /** Makes a whole blob partial again. */
  reopen(blob: string): Promise<void>
  /** How much room there is on the disk, in bytes. */
  freeBytes(): Promise<number>
  /** Removes every blob that is neither `partial` nor `whole`, and makes partial what should be. */
  sweep(known: { partial: ReadonlySet<string>; whole: ReadonlySet<string> }): Promise<void>
}

/** What can become of bytes on a disk. */
export type Lost = 'missing' | 'damaged'

/** A partial blob that is being written; one task at a time. */
export interface Part {
  /** How many bytes of it are there. */
  readonly length: number
  /** @throws VaultFull, when as much of it is there as `length` says */
  append(chunk: Buffer): Promise<void>
  /** Makes the blob whole: all of it is on disk then. Answers the SHA-256 of its bytes, in hex. */
  finish(): Promise<string>
  /** Keeps what is there, to go on later. */
  close(): Promise<void>
}

/** There is no room on the disk. */
export class VaultFull extends Error {
  override readonly name = 'VaultFull'
}
