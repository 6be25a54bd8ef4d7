import type { Clock } from '../../lib/clock.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import type { Grant } from '../model/grant.ts'
import type { Account, Person } from '../model/people.ts'
import type { UploadRow } from '../model/replies/files.ts'
import { isStill } from '../people/access.ts'
import type { SecretSource } from '../ports/secrecy.ts'
import type { Store } from '../ports/store.ts'
import type { Talk } from '../talk/talk.ts'
import { isChannel, type Target } from '../talk/target.ts'
import { checkFileName, type FileTarget, isOver, type SharedFile, type Ticket, targetFields } from './file.ts'
import type { FileRemoval } from './removal.ts'
import { type FileRules, minuteMs } from './rules.ts'
import type { Shelf } from './shelf.ts'

/** Tickets: each lets its owner send one file. */
export class Tickets {
  readonly #store: Store
  readonly #clock: Clock
  readonly #talk: Talk
  readonly #secrets: SecretSource
  readonly #rules: FileRules
  readonly #ceilings: Ceilings
  readonly #shelf: Shelf
  readonly #removal: FileRemoval
  /** Tickets that are being stored. */
  readonly #pending = new Set<SharedFile>()

  constructor(parts: {
    store: Store
    clock: Clock
    talk: Talk
    secrets: SecretSource
    rules: FileRules
    ceilings: Ceilings
    shelf: Shelf
    removal: FileRemoval
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#talk = parts.talk
    this.#secrets = parts.secrets
    this.#rules = parts.rules
    this.#ceilings = parts.ceilings
    this.#shelf = parts.shelf
    this.#removal = parts.removal
  }

  /** Makes a ticket for a file that a person, logged in with that grant, wants to send. */
  async offer(from: Account, to: Target, name: string, grant?: Grant): Promise<Ticket> {
    if (!this.#rules.enabled) throw fail({ code: 'not-allowed', why: 'files-are-off' })
    checkFileName(name)
    const target = fileTarget(to)
    this.#talk.check(from, target)
    const { ticketMinutes, uploadsPerAccount } = this.#rules
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
        await this.#removal.remove([stored])
        throw fail({ code: 'cancelled' })
      }
      return { file: stored, token: stored.token, expires: stored.expires }
    } finally {
      this.#pending.delete(file)
    }
  }

  /** Finds the ticket of an upload. Throws `bad-ticket`. */
  find(token: string): SharedFile {
    const file = this.#shelf.byToken(token.toUpperCase())
    if (!file || file.sha256 !== undefined || (file.upload === undefined && this.#isOver(file)))
      throw fail({ code: 'bad-ticket' })
    return file
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

  /** Ends a ticket whose upload nobody will continue. */
  async withdraw(file: SharedFile): Promise<void> {
    if (!file.removed && file.sha256 === undefined) await this.#removal.remove([file])
  }

  /**
   * Ends the tickets of somebody who has lost access, and the uploads that use them. If this cannot be stored, they would be
   * valid again after a restart for the rest of their minutes.
   */
  end(person: Person, concerned: (grant: Grant | undefined) => boolean): void {
    if (person.kind === 'guest') return
    const tickets = this.#ticketsOf(person).filter(({ grant, id }) => id > 0 && concerned(grant))
    this.#removal.forget(tickets)
    this.#store.removeFiles(tickets.map(({ id }) => id)).catch(() => undefined)
  }

  /** The number of files and tickets of an account, including empty files. */
  #countOf(account: Account): number {
    let count = 0
    for (const file of this.#shelf.from(account.id)) if (!this.#isOver(file)) count++
    for (const file of this.#pending) if (file.from === account.id) count++
    return count
  }

  #ticketsOf(account: Account): SharedFile[] {
    return [...this.#shelf.from(account.id), ...this.#pending].filter(
      (file) =>
        file.from === account.id &&
        file.sha256 === undefined &&
        (file.upload !== undefined || !this.#isOver(file)),
    )
  }

  #isOver(file: SharedFile): boolean {
    return isOver(file, this.#clock.now())
  }
}

function fileTarget(target: Target): FileTarget {
  if (isChannel(target)) return target
  if (target.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
  return target
}
