import type { Clock } from '../../lib/clock.ts'
import { isIn } from '../model/channel.ts'
import type { FileData, MessageFile } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import { type Paged, pageOf } from '../model/paging.ts'
import type { Account, Channel, Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import type { DeletionMode, MessageRecord } from '../ports/records.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { type Part, type Vault, VaultFull } from '../ports/vault.ts'
import { isChannel, type Target } from '../talk/target.ts'
import { announcedIn, type FileTarget, fileData, isOver, type SharedFile } from './file.ts'
import type { FileRemoval } from './removal.ts'
import type { FileRules } from './rules.ts'
import type { Shelf } from './shelf.ts'

/** The complete files: who may get which, and who may delete it. */
export class Files {
  readonly #store: Store
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #secrets: SecretSource
  readonly #rules: FileRules
  readonly #shelf: Shelf
  readonly #removal: FileRemoval

  constructor(parts: {
    store: Store
    vault: Vault
    clock: Clock
    directory: Directory
    secrets: SecretSource
    rules: FileRules
    shelf: Shelf
    removal: FileRemoval
  }) {
    this.#store = parts.store
    this.#vault = parts.vault
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#secrets = parts.secrets
    this.#rules = parts.rules
    this.#shelf = parts.shelf
    this.#removal = parts.removal
  }

  /** Finds a complete file that this person may get. Throws `no-such-file`. */
  require(person: Person, id: number): SharedFile {
    const file = this.#shelf.get(id)
    if (!file || file.sha256 === undefined || this.#isOver(file) || !this.mayGet(person, file))
      throw fail({ code: 'no-such-file', file: id })
    return file
  }

  /** A page of the files that this person may get, all of them or those of one target, oldest first. */
  page(person: Person, target: Target | undefined, page: number): { files: FileData[]; paged: Paged } {
    const command = target === undefined ? '/files' : `/files ${target.name}`
    const { rows, paged } = pageOf(this.#got(person, target), page, command)
    return { files: rows.map((file) => this.dataOf(file)), paged }
  }

  /** The same, newest first, each when it is wanted. */
  *newestFirst(person: Person): Iterable<FileData> {
    for (const file of this.#near(person, undefined).reverse())
      if (this.#isFor(person, file)) yield this.dataOf(file)
  }

  /** All of it. */
  list(person: Person, target: Target | undefined): FileData[] {
    return [...this.#got(person, target)].map((file) => this.dataOf(file))
  }

  *#got(person: Person, target: Target | undefined): Iterable<SharedFile> {
    for (const file of this.#near(person, target)) {
      if (!this.#isFor(person, file)) continue
      if (target === undefined || isBetween(file, person, target)) yield file
    }
  }

  #isFor(person: Person, file: SharedFile): boolean {
    return file.sha256 !== undefined && !this.#isOver(file) && this.mayGet(person, file)
  }

  /** The lists that may contain files for somebody, oldest first. */
  #near(person: Person, target: Target | undefined): SharedFile[] {
    const places = target === undefined ? [...person.channels] : isChannel(target) ? [target] : []
    const found = new Set(places.flatMap((place) => [...this.#shelf.to(place)]))
    if (person.kind === 'account' && !(target && isChannel(target)))
      for (const files of [this.#shelf.to(person), this.#shelf.from(person.id)])
        for (const file of files) found.add(file)
    return [...found].sort((a, b) => a.id - b.id)
  }

  /**
   * Makes a file without a sender, for one account alone; `write` writes its bytes to the part. Throws `disk-full`.
   */
  async makeFor(
    account: Account,
    name: string,
    keepMs: number,
    write: (part: Part) => Promise<void>,
  ): Promise<SharedFile> {
    if ((await this.#vault.freeBytes()) < this.#rules.freeSpaceBytes) throw fail({ code: 'disk-full' })
    const blob = this.#secrets.token()
    try {
      const part = await this.#vault.open(blob, 0)
      const size = await write(part).then(
        () => part.length,
        async (error: unknown) => {
          await part.close()
          throw error
        },
      )
      const at = this.#clock.now()
      const record = {
        ...{ name, from: account.id, channel: undefined, to: account.id, blob, token: this.#secrets.token() },
        ...{ size, sha256: await part.finish(), at, expires: at + keepMs, blocked: false },
      }
      const id = await this.#store.addFile(record)
      const state = { received: size, upload: undefined, removed: false, grant: undefined }
      const file = { ...record, id, target: account, ...state }
      this.#shelf.add(file)
      // It may have ended meanwhile.
      if (account.deleted) await this.#removal.remove([file])
      return file
    } catch (error) {
      await this.#vault.remove(blob).catch(() => undefined)
      throw error instanceof VaultFull ? fail({ code: 'disk-full' }) : error
    }
  }

  dataOf(file: SharedFile): FileData {
    return fileData(file, this.#directory.nameOf(file.from))
  }

  /**
   * Deletes a file or withdraws a ticket. The sender, the admin of the channel and operators may do it. Returns the
   * file.
   */
  async delete(account: Account, id: number): Promise<SharedFile> {
    const file = this.#shelf.get(id)
    const own = file?.from === account.id
    const known =
      file && (own || account.operator || (file.sha256 !== undefined && this.mayGet(account, file)))
    if (!known || this.#isOver(file)) throw fail({ code: 'no-such-file', file: id })
    if (!own && !account.operator && !isAdmin(account, file.target))
      throw fail({ code: 'not-allowed', why: 'not-your-file' })
    await this.#removal.remove([file])
    return file
  }

  /** Finds the file that a message has announced, if it still exists. */
  announcedBy(record: MessageRecord): SharedFile | undefined {
    const file = this.#shelf.get(announcedIn(record) ?? 0)
    if (!file || file.from !== record.from || file.sha256 === undefined) return undefined
    const { target } = file
    return (isChannel(target) ? record.channel : record.to) === target.id ? file : undefined
  }

  /** The same, as whoever reads the message is shown it. */
  shownBy(record: MessageRecord): MessageFile | undefined {
    const file = this.announcedBy(record)
    if (!file || this.#isOver(file)) return undefined
    const { expires, id, name, sha256 = '', size = 0, token } = file
    return { id, name, size, sha256, get: token, expires }
  }

  /** Forgets a file that the store has forgotten already. */
  forget(file: SharedFile): void {
    this.#removal.forget([file])
  }

  /** Forgets the files of a closed channel, which the store has forgotten already. */
  forgetChannel(channel: Channel): void {
    this.#removal.forget([...this.#shelf.to(channel)])
  }

  /** Forgets files of a deleted account, which the store has forgotten already: see FileStore. */
  forgetAccount(account: Account, fate: DeletionMode): void {
    const gone = ({ from, sha256, target }: SharedFile) =>
      target === account || (from === account.id && (fate !== 'keep' || sha256 === undefined))
    this.#removal.forget(this.#shelf.ofAccount(account).filter(gone))
  }

  /** The number of files that an account has sent or was sent. */
  heldBy(account: Account): number {
    return this.#shelf.ofAccount(account).length
  }

  /** All complete files that have not expired. */
  *whole(): Iterable<SharedFile> {
    for (const file of [...this.#shelf.all()])
      if (file.sha256 !== undefined && !this.#isOver(file)) yield file
  }

  /** Whether a person may get a complete file. */
  mayGet(person: Person, { blocked, from, target }: SharedFile): boolean {
    if (isChannel(target)) return isIn(target, person) && !this.#isBlocked(from, person)
    if (person.kind === 'guest') return false
    return from === person.id || (target === person && !blocked)
  }

  /** A person finds no files of people whom they have blocked, as in the history. */
  #isBlocked(from: number, by: Person): boolean {
    const sender = this.#directory.account(from)
    return by.kind === 'account' && sender !== undefined && by.blocked.has(sender)
  }

  #isOver(file: SharedFile): boolean {
    return isOver(file, this.#clock.now())
  }
}

/** Whether the file was sent to that channel, or between these two people. */
function isBetween(file: SharedFile, person: Person, target: Target): boolean {
  if (isChannel(target) || isChannel(file.target)) return file.target === target
  if (target.kind === 'guest' || person.kind === 'guest') return false
  return (
    (file.target === target && file.from === person.id) || (file.target === person && file.from === target.id)
  )
}

function isAdmin(account: Account, target: FileTarget): boolean {
  return isChannel(target) && target.members.get(account)?.role === 'admin'
}
