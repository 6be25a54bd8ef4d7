import { createHash } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { ClockTrust } from '../machine/clock-trust.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { isIn } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import type { FileData } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import type { Paged } from '../model/paging.ts'
import { pageOf } from '../model/paging.ts'
import type { Account, Channel, Person } from '../model/people.ts'
import type { UploadRow } from '../model/replies/files.ts'
import { isStill } from '../people/access.ts'
import type { Directory } from '../people/directory.ts'
import type { Discarded, FileRecord, FileTokenRecord, WholeFile } from '../ports/file-store.ts'
import type { DeletionMode, MessageRecord } from '../ports/records.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { type Part, type Stranger, type Tidied, type Vault, VaultFull } from '../ports/vault.ts'
import { isChannel, type Talk, type Target } from '../talk/talk.ts'
import {
  announcedIn,
  checkFileName,
  type FileTarget,
  fileData,
  type SharedFile,
  targetFields,
} from './file.ts'
import { PersonalTokens } from './personal-tokens.ts'
import { Shelf } from './shelf.ts'

/** What a server finds when it takes over the stored files at its start. */
export interface LoadedFiles {
  readonly tidied: Tidied
  /** The number of files for a missing channel or account: nobody gets them, and they stay. */
  readonly astray: number
  /** The number of expired files and tickets that were removed. */
  readonly expired: number
}

/** The settings of the configuration; sizes in bytes. */
export interface FileRules {
  readonly enabled: boolean
  readonly maxBytes: number
  readonly accountBytes: number
  readonly totalBytes: number
  readonly keepHours: number
  readonly freeSpaceBytes: number
  readonly ticketMinutes: number
  readonly uploadsPerAccount: number
}

/** A token to paste, and its end (ms since the epoch). */
export interface Ticket {
  readonly file: SharedFile
  readonly token: string
  readonly expires: number
}

/** The registry of files and of tickets for future files: who may get which file, and how long. */
export class Files {
  readonly rules: FileRules
  readonly #ceilings: Ceilings
  readonly #shelf = new Shelf()
  readonly #personal = new PersonalTokens()
  readonly #removals = new Set<Promise<void>>()
  /** Whether the vault belongs to the store, and this process tidies it. */
  #isOwn = false
  #stranger: Stranger | undefined
  readonly #store: Store
  readonly #vault: Vault
  readonly #clock: Clock
  readonly #clockTrust: ClockTrust
  readonly #directory: Directory
  readonly #talk: Talk
  readonly #secrets: SecretSource

  constructor(parts: {
    store: Store
    vault: Vault
    clock: Clock
    clockTrust: ClockTrust
    directory: Directory
    talk: Talk
    secrets: SecretSource
    rules: FileRules
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#vault = parts.vault
    this.#clock = parts.clock
    this.#clockTrust = parts.clockTrust
    this.#directory = parts.directory
    this.#talk = parts.talk
    this.#secrets = parts.secrets
    this.rules = parts.rules
    this.#ceilings = parts.ceilings
  }

  /**
   * Takes over the stored files. A server (`tidies`) also removes expired files, and lets the vault set unknown files
   * aside; an operator's command leaves everything as it is.
   */
  async load(
    { files, tokens }: { files: readonly FileRecord[]; tokens: readonly FileTokenRecord[] },
    channelOf: (id: number) => Channel | undefined,
    tidies: boolean,
  ): Promise<LoadedFiles | undefined> {
    const astray: FileRecord[] = []
    const anew: SharedFile[] = []
    for (const record of files) {
      const target =
        record.channel === undefined ? this.#directory.account(record.to ?? 0) : channelOf(record.channel)
      if (!target) {
        astray.push(record)
        continue
      }
      const { token = this.#secrets.token(), from, ...same } = record
      const state = { received: 0, upload: undefined, removed: false, grant: undefined }
      const file = { ...same, token, from, target, ...state }
      this.#shelf.add(file)
      if (record.token === undefined) anew.push(file)
    }
    for (const { hash, file: id, account: accountId, expires } of tokens) {
      const file = this.#shelf.get(id)
      const person = this.#directory.account(accountId)
      if (file && person) this.#personal.add({ hash, file, person, expires, grant: undefined })
    }
    if (!tidies) return undefined
    await this.#store.setFileTokens(anew)
    // All files in the database are known, also those that nobody can get: their channel may come back with another
    // copy.
    const known = (whole: boolean) =>
      new Set(files.filter((one) => (one.sha256 !== undefined) === whole).map((one) => one.blob))
    const leaving = new Set((await this.#store.discarded()).map(({ blob }) => blob))
    const blobs = { partial: known(false), whole: known(true), leaving }
    const tidied = await this.#vault.tidy(await this.#store.dataId(), blobs, this.#clock.now())
    this.#isOwn = tidied.belongs
    this.#stranger = tidied.belongs ? undefined : tidied.why
    for (const file of this.#shelf.all()) {
      if (file.sha256 !== undefined) this.setReceived(file, file.size ?? 0)
      else if (file.size !== undefined) this.setReceived(file, await this.#vault.partBytes(file.blob))
      // Without an announced size, nobody could continue the upload.
      else await this.#vault.drop(file.blob).catch(() => undefined)
    }
    return { tidied, astray: astray.length, expired: await this.expire() }
  }

  /** Makes a ticket for a file that a person, logged in with that grant, wants to send. */
  async offer(from: Account, to: Target, name: string, grant?: Grant): Promise<Ticket> {
    if (!this.rules.enabled) throw fail({ code: 'not-allowed', why: 'files-are-off' })
    checkFileName(name)
    const target = fileTarget(to)
    this.#talk.check(from, target)
    const { ticketMinutes, uploadsPerAccount } = this.rules
    if (uploadsPerAccount > 0 && this.#ticketsOf(from).length >= uploadsPerAccount)
      throw fail({ code: 'quota-exceeded', what: 'uploads', limit: uploadsPerAccount })
    checkCeiling(this.#ceilings, 'files', this.#countOf(from))
    const at = this.#clock.now()
    const record = {
      name,
      from: from.id,
      channel: isChannel(target) ? target.id : undefined,
      to: isChannel(target) ? undefined : target.id,
      blob: this.#secrets.token(),
      token: this.#secrets.token(),
      size: undefined,
      sha256: undefined,
      at,
      expires: at + ticketMinutes * minuteMs,
      blocked: false,
    }
    // Count it before it is stored, so that simultaneous requests cannot exceed the ceiling.
    const state = { received: 0, upload: undefined, removed: false, grant }
    const file: SharedFile = { ...record, id: 0, target, ...state }
    const { access } = from
    this.#pending.add(file)
    try {
      const id = await this.#store.addFile(record)
      const stored = { ...file, id }
      this.#shelf.add(stored)
      // The person may have left the channel by now.
      if (!isStill(from, access)) {
        await this.#remove([stored])
        throw fail({ code: 'cancelled' })
      }
      return { file: stored, token: stored.token, expires: stored.expires }
    } finally {
      this.#pending.delete(file)
    }
  }

  /** The number of files and tickets of an account, including empty files. */
  #countOf(account: Account): number {
    let count = 0
    for (const file of this.#shelf.from(account.id)) if (!this.#isOver(file)) count++
    for (const file of this.#pending) if (file.from === account.id) count++
    return count
  }

  /** Tickets that are being stored. */
  readonly #pending = new Set<SharedFile>()

  /** Finds the ticket of an upload. Throws `bad-ticket`. */
  ticket(token: string): SharedFile {
    const file = this.#shelf.byToken(token.toUpperCase())
    if (!file || file.sha256 !== undefined || (file.upload === undefined && this.#isOver(file)))
      throw fail({ code: 'bad-ticket' })
    return file
  }

  /** Finds the complete file of a download, if its token is still valid. Throws `bad-ticket`. */
  download(token: string): SharedFile {
    const key = token.toUpperCase()
    const file = this.#shelf.byToken(key) ?? this.#fileOfPersonal(key)
    if (!file || file.sha256 === undefined || this.#isOver(file)) throw fail({ code: 'bad-ticket' })
    return file
  }

  /** Makes a new token for a file that this person may get, for them alone. Throws `no-such-file`. */
  async tokenFor(person: Person, id: number, grant?: Grant): Promise<Ticket> {
    const file = this.require(person, id)
    const token = this.#secrets.token()
    const minutes = this.#clock.now() + this.rules.ticketMinutes * minuteMs
    const expires = file.expires === 0 ? minutes : Math.min(minutes, file.expires)
    const hash = hashOf(token)
    // A guest exists as long as the connection, and so do files for them.
    if (person.kind === 'account')
      await this.#store.addFileToken({ hash, file: id, account: person.id, expires })
    this.#personal.add({ hash, file, person, expires, grant })
    return { file, token, expires }
  }

  /** Finds a complete file that this person may get. Throws `no-such-file`. */
  require(person: Person, id: number): SharedFile {
    const file = this.#shelf.get(id)
    if (!file || file.sha256 === undefined || this.#isOver(file) || !this.#mayGet(person, file))
      throw fail({ code: 'no-such-file', file: id })
    return file
  }

  /** A page of the files that this person may get, all of them or those of one target, oldest first. */
  page(person: Person, target: Target | undefined, page: number): { files: FileData[]; paged: Paged } {
    const command = target === undefined ? '/files' : `/files ${target.name}`
    const { rows, paged } = pageOf(this.#got(person, target), page, command)
    return { files: rows.map((file) => this.dataOf(file)), paged }
  }

  /** All of it. */
  list(person: Person, target: Target | undefined): FileData[] {
    return [...this.#got(person, target)].map((file) => this.dataOf(file))
  }

  *#got(person: Person, target: Target | undefined): Iterable<SharedFile> {
    for (const file of this.#near(person, target)) {
      if (file.sha256 === undefined || this.#isOver(file) || !this.#mayGet(person, file)) continue
      if (target === undefined || isBetween(file, person, target)) yield file
    }
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
    if ((await this.#vault.freeBytes()) < this.rules.freeSpaceBytes) throw fail({ code: 'disk-full' })
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
      if (account.deleted) await this.#remove([file])
      return file
    } catch (error) {
      await this.#vault.remove(blob).catch(() => undefined)
      throw error instanceof VaultFull ? fail({ code: 'disk-full' }) : error
    }
  }

  /** The running and announced uploads of this person. */
  uploads(person: Person): UploadRow[] {
    if (person.kind === 'guest') return []
    return this.#ticketsOf(person)
      .filter(({ id }) => id > 0)
      .map((file) => {
        const { id, name, received, size, token, expires, upload } = file
        const state = upload ? 'running' : received > 0 ? 'broken' : 'waiting'
        const { rate, left } = upload?.progress ?? {}
        return { id, name, ...targetFields(file), state, received, size, rate, left, token, expires }
      })
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
      file && (own || account.operator || (file.sha256 !== undefined && this.#mayGet(account, file)))
    if (!known || this.#isOver(file)) throw fail({ code: 'no-such-file', file: id })
    if (!own && !account.operator && !isAdmin(account, file.target))
      throw fail({ code: 'not-allowed', why: 'not-your-file' })
    await this.#remove([file])
    return file
  }

  /** Finds the file that a message has announced, if it still exists. */
  announcedBy(record: MessageRecord): SharedFile | undefined {
    const file = this.#shelf.get(announcedIn(record) ?? 0)
    if (!file || file.from !== record.from || file.sha256 === undefined) return undefined
    const { target } = file
    return (isChannel(target) ? record.channel : record.to) === target.id ? file : undefined
  }

  async removeAnnouncedBy(record: MessageRecord): Promise<void> {
    const file = this.announcedBy(record)
    if (file) await this.#remove([file])
  }

  /** Ends a ticket whose upload nobody will continue. */
  async withdraw(file: SharedFile): Promise<void> {
    if (!file.removed && file.sha256 === undefined) await this.#remove([file])
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
    if (over.length > 0) await this.#remove(over).finally(keep)
    else keep()
    const tokens = this.#personal.takeOver(now)
    if (tokens.length > 0) await this.#store.removeFileTokens(tokens.map(({ hash }) => hash))
    return over.length
  }

  /** Replaces the tokens of a channel's files, because somebody who knows them has lost the right to the files. */
  rotate(channel: Channel): void {
    this.#rotate([...this.#shelf.to(channel)].filter(({ sha256 }) => sha256 !== undefined))
  }

  #rotate(files: readonly SharedFile[]): void {
    for (const file of files) this.setToken(file, this.#secrets.token())
    if (files.length === 0) return
    // If that fails the store has none, and they are made at the next start: the old ones went when it
    // was stored that somebody is out.
    this.#store.setFileTokens(files.map(({ id, token }) => ({ id, token }))).catch(() => undefined)
  }

  /** Gives the file another token. */
  setToken(file: SharedFile, token: string): void {
    this.#shelf.setToken(file, token)
  }

  /** Forgets the files of a closed channel, which the store has forgotten already. */
  forgetChannel(channel: Channel): void {
    this.#forget([...this.#shelf.to(channel)])
  }

  /** Forgets files of a deleted account, which the store has forgotten already: see FileStore. */
  forgetAccount(account: Account, fate: DeletionMode): void {
    const gone = ({ from, sha256, target }: SharedFile) =>
      target === account || (from === account.id && (fate !== 'keep' || sha256 === undefined))
    this.#forget(this.#of(account).filter(gone))
    this.forgetPerson(account)
  }

  /** The reason why the vault does not belong to the store, found at the start; undefined if it does. */
  get stranger(): Stranger | undefined {
    return this.#stranger
  }

  /** The number of files that an account has sent or was sent. */
  heldBy(account: Account): number {
    return this.#of(account).length
  }

  /** The files that an account has sent or was sent, and its tickets. */
  #of(account: Account): SharedFile[] {
    return [...new Set([...this.#shelf.from(account.id), ...this.#shelf.to(account)])]
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
    if (!this.#isOwn) return 0
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

  /**
   * Ends the tickets of somebody who has lost access, the uploads that use them, and their tokens to get files. If
   * this cannot be stored, they would be valid again after a restart for the rest of their minutes.
   */
  endTickets(person: Person, concerned: (grant: Grant | undefined) => boolean): void {
    const tokens = this.#personal.of(person).filter(({ grant }) => concerned(grant))
    for (const token of tokens) this.#personal.delete(token)
    if (person.kind === 'guest') return
    const tickets = this.#ticketsOf(person).filter(({ grant, id }) => id > 0 && concerned(grant))
    this.#forget(tickets)
    Promise.all([
      this.#store.removeFileTokens(tokens.map(({ hash }) => hash)),
      this.#store.removeFiles(tickets.map(({ id }) => id)),
    ]).catch(() => undefined)
  }

  /**
   * Replaces the tokens of an account's files, because somebody who logged in by the old password has seen them.
   * Tokens of public channels stay if guests may come in and get the files anyway.
   */
  rotateFor(account: Account, { guests }: { readonly guests: boolean }): void {
    for (const channel of account.channels) if (channel.private || !guests) this.rotate(channel)
    const isTheirs = ({ from, target }: SharedFile) =>
      target === account || (from === account.id && !isChannel(target))
    this.#rotate(this.#of(account).filter((file) => file.sha256 !== undefined && isTheirs(file)))
  }

  /** Removes the tokens of one person. */
  forgetPerson(person: Person): void {
    for (const token of this.#personal.of(person)) this.#personal.delete(token)
  }

  /** All complete files that have not expired. */
  *whole(): Iterable<SharedFile> {
    for (const file of [...this.#shelf.all()])
      if (file.sha256 !== undefined && !this.#isOver(file)) yield file
  }

  /** The numbers of complete files and of running uploads. */
  counted(): { whole: number; running: number } {
    return this.#shelf.counted()
  }

  /** Notes how many bytes of the file are on disk. */
  setReceived(file: SharedFile, received: number): void {
    this.#shelf.setReceived(file, received)
  }

  /** Marks a file as complete, so that people can get it. */
  complete(file: SharedFile, { at, blocked, expires, sha256, size, token }: WholeFile): void {
    if (file.sha256 !== undefined) return
    Object.assign(file, { at, blocked, expires, sha256, size, upload: undefined })
    this.#shelf.setToken(file, token)
    this.#shelf.finished(file)
  }

  /** Changes the end of a file or ticket. */
  setEnd(file: SharedFile, expires: number): void {
    file.expires = expires
    this.#shelf.noteEnd(file)
  }

  /** Bytes that are here. */
  get bytes(): number {
    return this.#shelf.bytes
  }

  /** The bytes of an account's files, including the announced sizes of its running uploads. */
  usedBytes(account: number): number {
    let sum = 0
    for (const { received, size, upload } of this.#shelf.from(account))
      sum += upload === undefined ? received : Math.max(received, size ?? 0)
    return sum
  }

  #fileOfPersonal(token: string): SharedFile | undefined {
    const personal = this.#personal.get(hashOf(token))
    if (!personal || personal.expires <= this.#clock.now()) return undefined
    const { file, person } = personal
    const gone = person.kind === 'guest' ? person.listeners.size === 0 : person.deleted
    return gone || !this.#mayGet(person, file) ? undefined : file
  }

  #mayGet(person: Person, { blocked, from, target }: SharedFile): boolean {
    if (isChannel(target)) return isIn(target, person) && !this.#isBlocked(from, person)
    if (person.kind === 'guest') return false
    return from === person.id || (target === person && !blocked)
  }

  /** A person finds no files of people whom they have blocked, as in the history. */
  #isBlocked(from: number, by: Person): boolean {
    const sender = this.#directory.account(from)
    return by.kind === 'account' && sender !== undefined && by.blocked.has(sender)
  }

  #ticketsOf(account: Account): SharedFile[] {
    return [...this.#shelf.from(account.id), ...this.#pending].filter(
      (file) =>
        file.from === account.id &&
        file.sha256 === undefined &&
        (file.upload !== undefined || !this.#isOver(file)),
    )
  }

  #isOver({ expires, removed }: SharedFile): boolean {
    return removed || (expires !== 0 && expires <= this.#clock.now())
  }

  async #remove(files: readonly SharedFile[]): Promise<void> {
    await this.#store.removeFiles(files.map(({ id }) => id))
    this.#forget(files)
  }

  #forget(files: readonly SharedFile[]): void {
    for (const file of files) {
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

  /** For a ticket, only the partial file is removed: a complete blob of that name is another file. */
  #removeBytes({ blob, whole }: Discarded): Promise<void> {
    return whole ? this.#vault.remove(blob) : this.#vault.drop(blob)
  }
}

const minuteMs = 60_000

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function fileTarget(target: Target): FileTarget {
  if (isChannel(target)) return target
  if (target.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
  return target
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
