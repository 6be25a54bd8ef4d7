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

/** What uploads work with. */
export interface UploadParts {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly bus: Bus
  readonly directory: Directory
  readonly talk: Talk
  readonly secrets: SecretSource
  readonly files: Files
  readonly counts: Counts
}

/** What an uploader says before the bytes; `size` is undefined where only their end will tell. */
export interface Announced {
  readonly size: number | undefined
  readonly offset: number
  /** Told how far it is, now and then. */
  readonly onProgress?: (progress: Progress) => void
}

/** The first word on how it goes comes after this time: what is quick is done without. */
const progressMs = 2_000
/** Then one at each tenth of the file, but at least after so many times that. */
const progressTicks = 15
/** How often the free space is looked at while bytes come in. */
const freeCheckBytes = 16 * 1024 * 1024
const minuteMs = 60_000
const hourMs = 3_600_000

/** Takes the bytes of files in by their tickets, one uploader for each, and offers what is whole. */
export class Uploads {
  readonly #parts: UploadParts
  /** Bytes that came since the free space was looked at, of all uploads together. */
  readonly #unchecked = { bytes: 0 }

  constructor(parts: UploadParts) {
    this.#parts = parts
  }

  /**
   * Begins an upload or goes on with one. Throws `bad-ticket`, `ticket-in-use`, `wrong-size`, `wrong-offset`
   * and what the limits say; the ticket stays usable then.
   */
  async begin(token: string, announced: Announced): Promise<Upload> {
    const { directory, files, store, talk, vault } = this.#parts
    const file = files.ticket(token)
    if (file.upload) throw fail({ code: 'ticket-in-use' })
    const from = directory.account(file.from)
    if (!from) throw fail({ code: 'bad-ticket' })
    const { offset, size } = announced
    if (offset !== file.received) throw fail({ code: 'wrong-offset', offset: file.received })
    if (file.received > 0 && file.size !== undefined && size !== file.size)
      throw fail({ code: 'wrong-size', size: file.size })
    if (size !== undefined && offset > size) throw fail({ code: 'wrong-size', size: file.received })
    talk.check(from, file.target)
    // From here on the ticket is taken; before, nothing was awaited.
    const upload = new Upload({ ...this.#parts, unchecked: this.#unchecked }, file, from, announced)
    file.upload = upload
    const before = file.size
    file.size = size
    try {
      upload.checkLimits()
      await upload.checkSpace()
      await store.setUpload(file.id, { size, expires: file.expires })
      const part = await vault.open(file.blob, offset).catch(full)
      if (file.removed) {
        await part.close()
        await vault.remove(file.blob)
        throw fail({ code: 'bad-ticket' })
      }
      upload.start(part)
      return upload
    } catch (error) {
      file.upload = undefined
      file.size = before
      throw error
    }
  }
}

/** One uploader at work on a ticket. Calls must not overlap. */
export class Upload {
  readonly file: SharedFile
  readonly #parts: UploadParts & { readonly unchecked: { bytes: number } }
  readonly #from: Account
  readonly #announced: Announced
  readonly #begun: number
  #part: Part | undefined
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

  /** Bytes to come; undefined if only their end will tell. */
  get missing(): number | undefined {
    const { received, size } = this.file
    return size === undefined ? undefined : size - received
  }

  /** Throws `file-too-large` or `quota-exceeded`. */
  checkLimits(): void {
    const { file } = this
    const { files } = this.#parts
    const { accountBytes, maxBytes } = files.rules
    if (Math.max(file.size ?? 0, file.received) > maxBytes)
      throw fail({ code: 'file-too-large', limit: maxBytes })
    if (files.usedBytes(file.from) > accountBytes)
      throw fail({ code: 'quota-exceeded', what: 'account', limit: accountBytes })
    // Of others, what has arrived: an announcement costs nothing, and keeps nobody out.
    this.#checkTotal(this.missing ?? 0)
  }

  /** Throws `quota-exceeded` if so many more bytes are too many for all files together. */
  #checkTotal(more: number): void {
    const { files } = this.#parts
    const { totalBytes } = files.rules
    if (files.bytes + more > totalBytes)
      throw fail({ code: 'quota-exceeded', what: 'server', limit: totalBytes })
  }

  /** Throws `disk-full` if with this file the disk would have less room than the configuration wants. */
  async checkSpace(): Promise<void> {
    const { files, vault } = this.#parts
    if ((await vault.freeBytes()) - (this.missing ?? 0) < files.rules.freeSpaceBytes)
      throw fail({ code: 'disk-full' })
  }

  /** The bytes can come. */
  start(part: Part): void {
    this.#part = part
    this.#wait()
  }

  /** Takes bytes. What they are too many of is for the caller to drop: see `missing`. */
  async write(chunk: Buffer): Promise<void> {
    const { file } = this
    const { files, unchecked } = this.#parts
    const part = this.#required()
    this.#checkTotal(chunk.length)
    try {
      await part.append(chunk).catch(full)
    } catch (error) {
      throw this.#orGone(error)
    } finally {
      files.setReceived(file, part.length)
    }
    if (file.removed) throw fail({ code: 'bad-ticket' })
    if (file.size === undefined) this.checkLimits()
    unchecked.bytes += chunk.length
    if (unchecked.bytes < freeCheckBytes) return
    unchecked.bytes = 0
    await this.checkSpace()
  }

  /**
   * All bytes are there: the file is whole, and offered to everybody concerned but the connection that sent it.
   * Throws what keeps it from that; the ticket stays usable.
   */
  async finish(by?: Listener): Promise<FileData> {
    const { file } = this
    const { files, store, talk, vault } = this.#parts
    if (this.missing) throw fail({ code: 'upload-broken', received: file.received, size: file.size })
    if (file.removed) throw fail({ code: 'bad-ticket' })
    const sha256 = await this.#required()
      .finish()
      .catch(full)
      .catch((error: unknown) => {
        throw this.#orGone(error)
      })
    this.#part = undefined
    try {
      if (file.removed) throw fail({ code: 'bad-ticket' })
      const text = announcementOf(file)
      let whole: WholeFile | undefined
      await talk.say(this.#from, file.target, 'action', text, by, {
        append: (message, tell) => {
          whole = this.#whole(sha256, message)
          return store.completeFile(whole, message, tell)
        },
        event: (_message, own) => {
          if (whole) files.complete(file, whole)
          return { type: 'file', file: files.dataOf(file), ...(own ? { own } : {}) }
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

  /** Where the ticket was withdrawn, or its sender's account deleted, whatever fails then fails for that. */
  #orGone(error: unknown): unknown {
    return this.file.removed ? fail({ code: 'bad-ticket' }) : error
  }

  #whole(sha256: string, { at, blocked }: AppendedMessage): WholeFile {
    const { files, secrets } = this.#parts
    const { id, received } = this.file
    const { keepHours } = files.rules
    const expires = keepHours === 0 ? 0 : at + keepHours * hourMs
    return { id, size: received, sha256, token: secrets.token(), at, expires, blocked }
  }

  /** It does not go on at all, and its ticket ends. */
  async cancel(): Promise<void> {
    const { file } = this
    this.#cancelTimer()
    await this.#part?.close()
    this.#part = undefined
    await this.#dropLost()
    file.upload = undefined
    // If it cannot be stored, the ticket ends by itself.
    await this.#parts.files.withdraw(file).catch(() => undefined)
  }

  /** It does not go on now. What is there is kept for the rest of the ticket's time, which begins anew. */
  async breakOff(): Promise<void> {
    const { file } = this
    const { store } = this.#parts
    this.#cancelTimer()
    await this.#part?.close()
    this.#part = undefined
    if (file.upload !== this) return
    this.#parts.counts.transfers.add('upload broken')
    await this.#dropLost()
    file.upload = undefined
    this.#parts.files.setEnd(file, this.#nextEnd())
    const { expires, id, name, received, size, token } = file
    if (file.removed) return
    // If it cannot be stored the ticket just ends sooner, after a restart.
    await store.setUpload(id, { size, expires }).catch(() => undefined)
    this.#tell({ type: 'upload', id, name, state: 'broken', received, size, token })
  }

  /** The ticket's time begins anew, but with a byte now and then it lives no longer than a file would. */
  #nextEnd(): number {
    const { clock, files } = this.#parts
    const { keepHours, ticketMinutes } = files.rules
    const anew = clock.now() + ticketMinutes * minuteMs
    return keepHours === 0 ? anew : Math.min(anew, this.file.at + keepHours * hourMs)
  }

  /**
   * Removes bytes that nobody can go on with: where the size was not said, or where the ticket was withdrawn while
   * they were written. No limit counts them any more.
   */
  async #dropLost(): Promise<void> {
    const { file } = this
    if (file.size !== undefined && !file.removed) return
    this.#parts.files.setReceived(file, 0)
    // What is left behind is set aside at the next start.
    await this.#parts.vault.remove(file.blob).catch(() => undefined)
  }

  /** For the person at the other end; the sender's chat is told alike. */
  #report(): void {
    const { file, progress } = this
    const { id, name } = file
    this.#announced.onProgress?.(progress)
    this.#tell({ type: 'upload', id, name, state: 'running', ...progress })
  }

  #tell(event: Parameters<Bus['publish']>[0]): void {
    this.#parts.bus.publish(event, [this.#from])
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

function full(error: unknown): never {
  throw error instanceof VaultFull ? fail({ code: 'disk-full' }) : error
}
