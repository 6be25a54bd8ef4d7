import { Deadlines } from '../../lib/deadlines.ts'
import { IndexOf } from '../../lib/index-of.ts'
import type { FileTarget, SharedFile } from './file.ts'

/** Files and tickets by number, token, sender and target, and which of them ends next: nothing goes through all of them. */
export class Shelf {
  readonly #byId = new Map<number, SharedFile>()
  readonly #byToken = new Map<string, SharedFile>()
  readonly #from = new IndexOf<number, SharedFile>()
  readonly #to = new IndexOf<FileTarget, SharedFile>()
  /** Tickets. */
  readonly #unfinished = new Set<SharedFile>()
  readonly #ends = new Deadlines<SharedFile, SharedFile>()
  /** What is on disk of all of them. */
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

  /** Oldest first. */
  all(): Iterable<SharedFile> {
    return this.#byId.values()
  }

  /** From now on the file is found by this token. */
  setToken(file: SharedFile, token: string): void {
    this.#byToken.delete(file.token)
    file.token = token
    if (!file.removed) this.#byToken.set(token, file)
  }

  /** So many bytes of it are on disk now. */
  setReceived(file: SharedFile, received: number): void {
    // What was removed is counted no more.
    if (this.#byId.get(file.id) === file) this.#bytes += received - file.received
    file.received = received
  }

  /** It is whole. */
  finished(file: SharedFile): void {
    this.#unfinished.delete(file)
    this.noteEnd(file)
  }

  /** It ends at another time now. */
  noteEnd(file: SharedFile): void {
    if (this.#byId.get(file.id) !== file) return
    if (file.expires === 0) this.#ends.delete(file)
    else this.#ends.set(file, file.expires, file)
  }

  /** Those that are past their time, each once; whoever keeps one notes its end anew. */
  takeOver(now: number): SharedFile[] {
    return this.#ends.take(now)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How many whole files there are, and how many uploads run. */
  counted(): { whole: number; running: number } {
    let running = 0
    for (const { upload } of this.#unfinished) if (upload) running++
    return { whole: this.#byId.size - this.#unfinished.size, running }
  }
}
