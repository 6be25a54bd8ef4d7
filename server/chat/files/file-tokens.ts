import { createHash } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import type { Account, Channel, Person } from '../model/people.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import { isChannel } from '../talk/target.ts'
import { isOver, type SharedFile, type Ticket } from './file.ts'
import type { Files } from './files.ts'
import type { PersonalTokens } from './personal-tokens.ts'
import { type FileRules, minuteMs } from './rules.ts'
import type { Shelf } from './shelf.ts'

/** The tokens by which files are downloaded: each file has one for its channel or person, and people get tokens of their own. */
export class FileTokens {
  readonly #store: Store
  readonly #clock: Clock
  readonly #secrets: SecretSource
  readonly #rules: FileRules
  readonly #shelf: Shelf
  readonly #personal: PersonalTokens
  readonly #files: Files

  constructor(parts: {
    store: Store
    clock: Clock
    secrets: SecretSource
    rules: FileRules
    shelf: Shelf
    personal: PersonalTokens
    files: Files
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#secrets = parts.secrets
    this.#rules = parts.rules
    this.#shelf = parts.shelf
    this.#personal = parts.personal
    this.#files = parts.files
  }

  /** Makes a new token for a file that this person may get, for them alone. Throws `no-such-file`. */
  async tokenFor(person: Person, id: number, grant?: Grant): Promise<Ticket> {
    const file = this.#files.require(person, id)
    const token = this.#secrets.token()
    const minutes = this.#clock.now() + this.#rules.ticketMinutes * minuteMs
    const expires = file.expires === 0 ? minutes : Math.min(minutes, file.expires)
    const hash = hashOf(token)
    // A guest exists as long as the connection, and so do files for them.
    if (person.kind === 'account')
      await this.#store.addFileToken({ hash, file: id, account: person.id, expires })
    this.#personal.add({ hash, file, person, expires, grant })
    return { file, token, expires }
  }

  /** Finds the complete file of a download, if its token is still valid. Throws `bad-ticket`. */
  download(token: string): SharedFile {
    const key = token.toUpperCase()
    const file = this.#shelf.byToken(key) ?? this.#fileOfPersonal(key)
    if (!file || file.sha256 === undefined || isOver(file, this.#clock.now()))
      throw fail({ code: 'bad-ticket' })
    return file
  }

  #fileOfPersonal(token: string): SharedFile | undefined {
    const personal = this.#personal.get(hashOf(token))
    if (!personal || personal.expires <= this.#clock.now()) return undefined
    const { file, person } = personal
    const gone = person.kind === 'guest' ? person.listeners.size === 0 : person.deleted
    return gone || !this.#files.mayGet(person, file) ? undefined : file
  }

  /** Replaces the tokens of a channel's files, because somebody who knows them has lost the right to the files. */
  rotate(channel: Channel): void {
    this.#rotate([...this.#shelf.to(channel)].filter(({ sha256 }) => sha256 !== undefined))
  }

  /**
   * Replaces the tokens of an account's files, because somebody who logged in by the old password has seen them.
   * Tokens of public channels stay if guests may come in and get the files anyway.
   */
  rotateFor(account: Account, { guests }: { readonly guests: boolean }): void {
    for (const channel of account.channels) if (channel.private || !guests) this.rotate(channel)
    const isTheirs = ({ from, target }: SharedFile) =>
      target === account || (from === account.id && !isChannel(target))
    this.#rotate(this.#shelf.ofAccount(account).filter((file) => file.sha256 !== undefined && isTheirs(file)))
  }

  #rotate(files: readonly SharedFile[]): void {
    for (const file of files) this.#shelf.setToken(file, this.#secrets.token())
    if (files.length === 0) return
    // If that fails the store has none, and they are made at the next start: the old ones went when it
    // was stored that somebody is out.
    this.#store.setFileTokens(files.map(({ id, token }) => ({ id, token }))).catch(() => undefined)
  }

  /**
   * Ends the tokens to get files of somebody who has lost access. If this cannot be stored, they would be valid again after a
   * restart for the rest of their minutes.
   */
  end(person: Person, concerned: (grant: Grant | undefined) => boolean): void {
    const tokens = this.#personal.of(person).filter(({ grant }) => concerned(grant))
    for (const token of tokens) this.#personal.delete(token)
    if (person.kind === 'guest') return
    this.#store.removeFileTokens(tokens.map(({ hash }) => hash)).catch(() => undefined)
  }

  /** Removes the tokens of one person. */
  forgetPerson(person: Person): void {
    for (const token of this.#personal.of(person)) this.#personal.delete(token)
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
