import type { Clock } from '../../lib/clock.ts'
import type { Counts } from '../machine/counts.ts'
import type { FileData } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Account, Listener } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import type { WholeFile } from '../ports/file-store.ts'
import type { AppendedMessage } from '../ports/records.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { type Part, type Vault, VaultFull } from '../ports/vault.ts'
import type { Talk } from '../talk/talk.ts'
import { announcementOf, type Progress, type SharedFile } from './file.ts'
import type { Files } from './files.ts'
import { type FileRules, hourMs, minuteMs } from './rules.ts'
import type { Shelf } from './shelf.ts'
import type { Tickets } from './tickets.ts'

/** The parts of the server that uploads use. */
export interface UploadParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly bus: Bus
  readonly directory: Directory
  readonly talk: Talk
  readonly secrets: SecretSource
  readonly files: Files
  readonly tickets: Tickets
  readonly shelf: Shelf
  readonly rules: FileRules
  readonly counts: Counts
}

/** The announcement of an upload; `size` is undefined if only the end of the bytes will tell it. */
export interface Announced {
  readonly size: number | undefined
  readonly offset: number
  /** Gets the progress from time to time. */
  readonly onProgress?: (progress: Progress) => void
}

/** The time until the first report of progress (ms): quick uploads end without one. */
const progressMs = 2_000
/** Then there is a report at each tenth of the file, or after this multiple of that time. */
const progressTicks = 15
/** The number of bytes after which the free space is checked again. */
const freeCheckBytes = 16 * 1024 * 1024

/** An uploader that works on a ticket. Calls must not overlap. */
export class Upload {
  readonly file: SharedFile
  readonly #parts: UploadParts & { readonly unchecked: { bytes: number } }
  readonly #from: Account
  readonly #announced: Announced
  readonly #begun: number
  /** The SHA-256 that the file has to have, in hex; as often as it was stated. */
  readonly #stated: string[] = []
  #part: Part | undefined
  /** What came does not have the checksum that was stated: only so many bytes of it are good. */
  #good: number | undefined
  #cancelTimer: () => void = () => {}
  #ticks = 0
  #toldTicks = 0
  #toldTenth = 0

  constructor(
    parts: UploadParts & { readonly unchecked: { bytes: number } },
    file: SharedFile,
    from: Account,
    announced: Announced,
  ) {
    this.#parts = parts
    this.file = file
    this.#from = from
    this.#announced = announced
    this.#begun = parts.clock.ticks()
  }

  get progress(): Progress {
    const { received, size } = this.file
    const seconds = Math.max(0.001, (this.#parts.clock.ticks() - this.#begun) / 1000)
    const rate = (received - this.#announced.offset) / seconds
    const left = size === undefined || rate === 0 ? undefined : (size - received) / rate
    return { received, size, rate, left }
  }

  /** The number of bytes to come; undefined if only their end will tell. */
  get missing(): number | undefined {
    const { received, size } = this.file
    return size === undefined ? undefined : size - received
  }

  /** Throws `file-too-large` or `quota-exceeded`. */
  checkLimits(): void {
    const { file } = this
    const { rules, shelf } = this.#parts
    const { accountBytes, maxBytes } = rules
    if (Math.max(file.size ?? 0, file.received) > maxBytes)
      throw fail({ code: 'file-too-large', limit: maxBytes })
    if (shelf.usedBytes(file.from) > accountBytes)
      throw fail({ code: 'quota-exceeded', what: 'account', limit: accountBytes })
    // Uploads of others count by the bytes that have arrived: an announcement costs nothing, so it must keep nobody
    // out.
    this.#checkTotal(this.missing ?? 0)
  }

  /** Throws `quota-exceeded` if this many more bytes are too many for all files together. */
  #checkTotal(more: number): void {
    const { rules, shelf } = this.#parts
    const { totalBytes } = rules
    if (shelf.bytes + more > totalBytes)
      throw fail({ code: 'quota-exceeded', what: 'server', limit: totalBytes })
  }

  /** Throws `disk-full` if this file would leave less room on the disk than the configuration requires. */
  async checkSpace(): Promise<void> {
    const { rules, vault } = this.#parts
    if ((await vault.freeBytes()) - (this.missing ?? 0) < rules.freeSpaceBytes)
      throw fail({ code: 'disk-full' })
  }

  /** Begins to write the bytes to `part`. */
  start(part: Part): void {
    this.#part = part
    this.#wait()
  }

  /** The file must have this SHA-256, in hex: otherwise `finish` throws. */
  expect(sha256: string): void {
    this.#stated.push(sha256)
  }

  /**
   * Compares the SHA-256 of what came, from its offset on, with the one that was stated. Throws `wrong-checksum`; then nothing of
   * it is kept, but what came before it.
   */
  compare(found: string, stated: string, offset = this.#announced.offset): void {
    if (found === stated) return
    this.#good = offset
    throw fail({ code: 'wrong-checksum', stated, found, offset })
  }

  /** Takes bytes. The caller drops bytes beyond the announced size: see `missing`. */
  async write(chunk: Buffer): Promise<void> {
    const { file } = this
    const { shelf, unchecked } = this.#parts
    const part = this.#required()
    this.#checkTotal(chunk.length)
    try {
      await part.append(chunk).catch(full)
    } catch (error) {
      throw this.#orGone(error)
    } finally {
      shelf.setReceived(file, part.length)
    }
    if (file.removed) throw fail({ code: 'bad-ticket' })
    if (file.size === undefined) this.checkLimits()
    unchecked.bytes += chunk.length
    if (unchecked.bytes < freeCheckBytes) return
    unchecked.bytes = 0
    await this.checkSpace()
  }

  /**
   * Completes the file when all bytes are there, and offers it to everybody concerned but the connection that sent
   * it. If it throws, the ticket stays usable. Throws `wrong-checksum`: see `expect`.
   */
  async finish(via?: Listener): Promise<FileData> {
    const { file } = this
    const { files, shelf, store, talk, vault } = this.#parts
    if (this.missing) throw fail({ code: 'upload-broken', received: file.received, size: file.size })
    if (file.removed) throw fail({ code: 'bad-ticket' })
    const sha256 = await this.#required()
      .finish((found) => {
        for (const stated of this.#stated) this.compare(found, stated, 0)
      })
      .catch(full)
      .catch((error: unknown) => {
        throw this.#orGone(error)
      })
    this.#part = undefined
    try {
      if (file.removed) throw fail({ code: 'bad-ticket' })
      const text = announcementOf(file)
      let whole: WholeFile | undefined
      await talk.say(this.#from, file.target, 'action', text, via, {
        append: (message, teller) => {
          const now = this.#whole(sha256, message)
          whole = now
          return store.completeFile(now, message, {
            // Whether the receiver has blocked the sender is decided when the message has its turn: the file follows it.
            check(checked) {
              teller.check(checked)
              now.blocked = checked.blocked
            },
            tell: (id) => teller.tell(id),
          })
        },
        event: ({ id }, own) => {
          if (whole) shelf.complete(file, whole)
          return { type: 'file', file: { ...files.dataOf(file), message: id }, ...(own ? { own } : {}) }
        },
      })
    } catch (error) {
      if (file.removed) await vault.remove(file.blob)
      else await vault.reopen(file.blob)
      throw this.#orGone(error)
    }
    this.#cancelTimer()
    this.#parts.counts.transfers.add('upload done')
    return files.dataOf(file)
  }

  /** If the ticket was withdrawn, or the sender's account deleted, that is the reason of any failure. */
  #orGone(error: unknown): unknown {
    return this.file.removed ? fail({ code: 'bad-ticket' }) : error
  }

  #whole(sha256: string, { at, blocked }: AppendedMessage): WholeFile {
    const { rules, secrets } = this.#parts
    const { id, received } = this.file
    const { keepHours } = rules
    const expires = keepHours === 0 ? 0 : at + keepHours * hourMs
    return { id, size: received, sha256, token: secrets.token(), at, expires, blocked }
  }

  /** Gives the upload up, and ends its ticket. */
  async cancel(): Promise<void> {
    const { file } = this
    this.#cancelTimer()
    await this.#part?.close()
    this.#part = undefined
    await this.#dropLost()
    file.upload = undefined
    // If it cannot be stored, the ticket ends by itself.
    await this.#parts.tickets.withdraw(file).catch(() => undefined)
  }

  /** Interrupts the upload. Its bytes are kept as long as the ticket is valid, whose time begins again. */
  async breakOff(): Promise<void> {
    const { file } = this
    const { store } = this.#parts
    this.#cancelTimer()
    await this.#cutWrong()
    await this.#part?.close()
    this.#part = undefined
    if (file.upload !== this) return
    this.#parts.counts.transfers.add('upload broken')
    await this.#dropLost()
    file.upload = undefined
    this.#parts.shelf.setEnd(file, this.#nextEnd())
    const { expires, id, name, received, size, token } = file
    if (file.removed) return
    // If it cannot be stored the ticket just ends sooner, after a restart.
    await store.setUpload(id, { size, expires }).catch(() => undefined)
    const why = this.#good !== undefined ? ({ reason: 'wrong-checksum' } as const) : {}
    this.#tell({ type: 'upload', id, name, state: 'broken', ...why, received, size, token })
  }

  /** Starts the time of the ticket again, but in total it is valid no longer than a file would be. */
  #nextEnd(): number {
    const { clock, rules } = this.#parts
    const { keepHours, ticketMinutes } = rules
    const anew = clock.now() + ticketMinutes * minuteMs
    return keepHours === 0 ? anew : Math.min(anew, this.file.at + keepHours * hourMs)
  }

  /** What came with a wrong checksum goes, and what came before it stays. */
  async #cutWrong(): Promise<void> {
    if (!this.#good || !this.#part) return
    try {
      await this.#part.cut(this.#good)
      this.#parts.shelf.setReceived(this.file, this.#good)
    } catch {
      this.#good = 0
    }
  }

  /**
   * Removes bytes of an upload that nobody can continue, because its size was not announced, its ticket was withdrawn during
   * writing, or they are not those of the file. No limit counts them any more.
   */
  async #dropLost(): Promise<void> {
    const { file } = this
    if (file.size !== undefined && !file.removed && this.#good !== 0) return
    this.#parts.shelf.setReceived(file, 0)
    // The next start sets remaining bytes aside.
    await this.#parts.vault.remove(file.blob).catch(() => undefined)
  }

  /** For the uploading client; the sender's chat gets the same report. */
  #report(): void {
    const { file, progress } = this
    const { id, name } = file
    this.#announced.onProgress?.(progress)
    this.#tell({ type: 'upload', id, name, state: 'running', ...progress })
  }

  #tell(event: Parameters<Bus['publish']>[0]): void {
    this.#parts.bus.publish(event, [{ person: this.#from }])
  }

  #wait(): void {
    this.#cancelTimer = this.#parts.clock.after(progressMs, () => {
      const { received, size } = this.file
      const tenth = size ? Math.floor((received / size) * 10) : 0
      this.#ticks++
      if (this.#ticks === 1 || tenth > this.#toldTenth || this.#ticks - this.#toldTicks >= progressTicks) {
        this.#toldTicks = this.#ticks
        this.#toldTenth = tenth
        this.#report()
      }
      this.#wait()
    })
  }

  #required(): Part {
    if (!this.#part) throw new Error('The upload does not run.')
    return this.#part
  }
}

/** Says of a full vault what an uploader reads. */
export function full(error: unknown): never {
  throw error instanceof VaultFull ? fail({ code: 'disk-full' }) : error
}
