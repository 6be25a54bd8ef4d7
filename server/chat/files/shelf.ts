import { Deadlines } from '../../lib/deadlines.ts'
import { IndexOf } from '../../lib/index-of.ts'
import type { Account } from '../model/people.ts'
import type { WholeFile } from '../ports/file-store.ts'
import type { FileTarget, SharedFile } from './file.ts'

/** Files and tickets by number, token, sender, target and next end, so that no search goes through all of them. */
export class Shelf {
  readonly #byId = new Map<number, SharedFile>()
  readonly #byToken = new Map<string, SharedFile>()
  readonly #from = new IndexOf<number, SharedFile>()
  readonly #to = new IndexOf<FileTarget, SharedFile>()
  /** Tickets. */
  readonly #unfinished = new Set<SharedFile>()
  readonly #ends = new Deadlines<SharedFile, SharedFile>()
  /** The bytes on disk of all of them. */
  #bytes = 0

  add(file: SharedFile): void {
    this.#byId.set(file.id, file)
    this.#byToken.set(file.token, file)
    this.#from.add(file.from, file)
    this.#to.add(file.target, file)
    if (file.sha256 === undefined) this.#unfinished.add(file)
    this.#bytes += file.received
    this.noteEnd(file)
  }

  delete(file: SharedFile): void {
    this.#byToken.delete(file.token)
    if (!this.#byId.delete(file.id)) return
    this.#from.delete(file.from, file)
    this.#to.delete(file.target, file)
    this.#unfinished.delete(file)
    this.#ends.delete(file)
    this.#bytes -= file.received
  }

  get(id: number): SharedFile | undefined {
    return this.#byId.get(id)
  }

  byToken(token: string): SharedFile | undefined {
    return this.#byToken.get(token)
  }

  /** Sent by an account, by its number. */
  from(account: number): ReadonlySet<SharedFile> {
    return this.#from.of(account)
  }

  /** Sent to a channel or an account. */
  to(target: FileTarget): ReadonlySet<SharedFile> {
    return this.#to.of(target)
  }

  /** The files that an account has sent or was sent, and its tickets. */
  ofAccount(account: Account): SharedFile[] {
    return [...new Set([...this.from(account.id), ...this.to(account)])]
  }

  /** The bytes of an account's files, including the announced sizes of its running uploads. */
  usedBytes(account: number): number {
    let sum = 0
    for (const { received, size, upload } of this.from(account))
      sum += upload === undefined ? received : Math.max(received, size ?? 0)
    return sum
  }

  /** Oldest first. */
  all(): Iterable<SharedFile> {
    return this.#byId.values()
  }

  /** Gives the file another token. */
  setToken(file: SharedFile, token: string): void {
    this.#byToken.delete(file.token)
    file.token = token
    if (!file.removed) this.#byToken.set(token, file)
  }

  /** Notes how many bytes of the file are on disk. */
  setReceived(file: SharedFile, received: number): void {
    // A removed file no longer counts.
    if (this.#byId.get(file.id) === file) this.#bytes += received - file.received
    file.received = received
  }

  /** Marks a file as complete, so that people can get it. */
  complete(file: SharedFile, { at, blocked, expires, sha256, size, token }: WholeFile): void {
    if (file.sha256 !== undefined) return
    Object.assign(file, { at, blocked, expires, sha256, size, upload: undefined })
    this.setToken(file, token)
    this.#unfinished.delete(file)
    this.noteEnd(file)
  }

  /** Changes the end of a file or ticket. */
  setEnd(file: SharedFile, expires: number): void {
    file.expires = expires
    this.noteEnd(file)
  }

  /** Takes over the end of a file or ticket. */
  noteEnd(file: SharedFile): void {
    if (this.#byId.get(file.id) !== file) return
    if (file.expires === 0) this.#ends.delete(file)
    else this.#ends.set(file, file.expires, file)
  }

  /** Takes out the expired files and tickets, each once; a caller that keeps one sets its end again. */
  takeOver(now: number): SharedFile[] {
    return this.#ends.take(now)
  }

  /** The bytes on disk of all files and tickets. */
  get bytes(): number {
    return this.#bytes
  }

  /** The numbers of complete files and of running uploads. */
  counted(): { whole: number; running: number } {
    let running = 0
    for (const { upload } of this.#unfinished) if (upload) running++
    return { whole: this.#byId.size - this.#unfinished.size, running }
  }
}
