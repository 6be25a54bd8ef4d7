import type { Clock } from '../../lib/clock.ts'
import { KeyedMutex } from '../../lib/keyed-mutex.ts'
import type { Channels } from '../channels/channels.ts'
import type { Files } from '../files/files.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { type Audience, unblocked } from '../model/audience.ts'
import { isIn } from '../model/channel.ts'
import type { ChatEvent, Message } from '../model/events.ts'
import { fail } from '../model/failures.ts'
import type { Channel } from '../model/people.ts'
import { type Account, type Listener, nowOf, type Person } from '../model/people.ts'
import { rankIn, requireOperator, requireRank } from '../model/ranks.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import type { LogEntry } from '../ports/change-log.ts'
import type { MessageRecord, Page } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { GuestWords } from '../talk/guest-words.ts'
import { type Naming, numbersOf } from '../talk/naming.ts'
import type { Talk } from '../talk/talk.ts'
import { isChannel, type Target } from '../talk/target.ts'
import type { Listing } from './listing.ts'

/** Which message: by its number, or the last of one's own where one talks. */
export interface Which {
  readonly id: number | undefined
  readonly target: Target | undefined
  /** What was said last from where this is asked, wherever it went: without a number that is what is meant. */
  readonly lastSaid?: number | undefined
}

export interface Edited {
  readonly message: Message
  /** The text before. */
  readonly was: string
}

const hourMs = 3_600_000
/** The last of one's own is looked for among so many lines of a place: mostly it is among the first of them. */
const pages = [20, 80, 100] as const

/** What was said and is taken back, or said differently: stored first, then told to those who heard it. */
export class Corrections {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #talk: Talk
  readonly #naming: Naming
  readonly #guestWords: GuestWords
  readonly #listing: Listing
  readonly #files: Files
  /** `editHours`: how long authors may do it, in hours; 0 is for ever. Looked at each time: it may change. */
  readonly #rules: { readonly editHours: number }
  readonly #space: FreeSpace
  /** One change at a time of a message, by its number: what is told last is what is stored. */
  readonly #turns = new KeyedMutex<number>()

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    talk: Talk
    naming: Naming
    guestWords: GuestWords
    listing: Listing
    files: Files
    rules: { readonly editHours: number }
    space: FreeSpace
  }) {
    this.#space = parts.space
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#talk = parts.talk
    this.#naming = parts.naming
    this.#guestWords = parts.guestWords
    this.#listing = parts.listing
    this.#files = parts.files
    this.#rules = parts.rules
  }

  /**
   * Removes a message for good: one's own while there is time, or somebody's by who leads the channel. The file that it
   * announced goes with it. Throws `no-such-message`, `too-late` and `not-allowed`.
   */
  async delete(person: Person, which: Which, via?: Listener): Promise<Message> {
    return this.#exclusively(person, which, (record) => {
      if (this.#isOwn(person, record)) this.#checkTime(record)
      // A script writes, and leads nobody.
      else if (via?.grant) throw fail({ code: 'not-allowed', why: 'not-your-message' })
      else this.#checkLeads(person, record)
      const check = () => {
        if (!this.#isOwn(person, record)) this.#checkLeads(person, record)
      }
      return this.#remove(record, () => person.name, via, check)
    })
  }

  /** The same for whoever runs the server, from the command line. Throws `no-such-message`. */
  deleteAsOperator(id: number): Promise<Message> {
    return this.#turns.run(id, async () => {
      const record = await this.#store.message(id)
      if (!record) throw fail({ code: 'no-such-message', id })
      return this.#remove(record, () => 'an operator')
    })
  }

  /** Says something of one's own differently; answers what it `was` before, too. Throws `no-such-message`, `too-late`, and why one may not speak there. */
  async edit(person: Person, which: Which, text: string, via?: Listener): Promise<Edited> {
    return this.#exclusively(person, which, (record) => this.#edit(person, record, text, via))
  }

  async #edit(person: Person, record: MessageRecord, text: string, via?: Listener): Promise<Edited> {
    if (!this.#isOwn(person, record)) throw fail({ code: 'not-allowed', why: 'not-your-message' })
    if (this.#files.announcedBy(record)) throw fail({ code: 'not-allowed', why: 'a-file-stays' })
    this.#checkTime(record)
    this.#space.require()
    const channel = this.#channelOf(record)
    if (channel) this.#talk.check(person, channel)
    if (record.kind === 'notice') requireOperator(person)
    const named = channel ? this.#naming.named(channel, person, text) : []
    const mentions = numbersOf(named)
    const edited = this.#clock.now()
    // With the names that hold when it is told.
    const show = () => this.#listing.show({ ...record, text, edited })
    // Who is blocked is not told: all is as if it had been changed, and the other side reads nothing new.
    const to = record.to === undefined ? undefined : this.#directory.account(record.to)
    if (to?.blocked.has(person)) return { message: show(), was: record.text }
    const change = { id: record.id, text, edited, mentions }
    const gate = channel && this.#talk.gate(person, channel)
    let isHidden = false
    const editing = this.#store.editMessage(change, {
      log: [this.#entry('edited', record, person)],
      check: () => {
        gate?.()
        if (record.kind === 'notice') requireOperator(person)
        isHidden = to?.blocked.has(person) === true
        if (isHidden) throw fail({ code: 'cancelled' })
      },
      tell: () => {
        const message = show()
        const told: ChatEvent = { type: 'edited', message }
        this.#tell(record, told, via, person)
        if (!channel) return
        const before = this.#naming.named(channel, person, record.text)
        const anew = named.filter((one) => !before.includes(one))
        if (before.length > 0) this.#naming.tellAgain(before, channel, told)
        if (anew.length > 0) this.#naming.tellNamed(anew, channel, told, message)
      },
    })
    const found = await editing.catch((error: unknown) => {
      if (isHidden) return true
      throw error
    })
    // What is kept for some days only may have gone meanwhile.
    if (!found) throw fail({ code: 'no-such-message', id: record.id })
    return { message: show(), was: record.text }
  }

  async #remove(
    record: MessageRecord,
    by: () => string,
    via?: Listener,
    check?: () => void,
  ): Promise<Message> {
    let message = this.#listing.show(record)
    const author = this.#authorOf(record)
    const file = this.#files.announcedBy(record)
    // The file goes in the same step: a deletion that is refused, or cannot be stored, leaves both.
    await this.#store.removeMessages([record.id], {
      log: [this.#entry('deleted', record, author)],
      files: file && [file.id],
      check,
      tell: () => {
        if (file) this.#files.forget(file)
        message = this.#listing.show(record)
        this.#tellRemoved(record, message, author, by(), via)
      },
    })
    return message
  }

  #tellRemoved(
    record: MessageRecord,
    { id, at, from, channel, to }: Message,
    author: Person | undefined,
    by: string,
    via: Listener | undefined,
  ): void {
    const told: ChatEvent = {
      type: 'deleted',
      id,
      at,
      from,
      by,
      ...(channel ? { channel } : {}),
      ...(to ? { to } : {}),
    }
    this.#tell(record, told, via, author)
    const place = this.#channelOf(record)
    if (place && author) this.#naming.tellAgain(this.#naming.named(place, author, record.text), place, told)
  }

  /** Does something to a message as it is when its turn has come: it may be another one by then, or gone. */
  async #exclusively<T>(
    person: Person,
    which: Which,
    task: (record: MessageRecord) => Promise<T>,
  ): Promise<T> {
    const { id } = await this.#find(person, which)
    return this.#turns.run(id, async () => task(await this.#find(person, { ...which, id })))
  }

  /** A number that one may not see is answered like one that is not there. */
  async #find(person: Person, { id, target, lastSaid }: Which): Promise<MessageRecord> {
    const record = id === undefined ? await this.#lastOf(person, target) : await this.#store.message(id)
    if (!record || !this.#maySee(person, record)) throw fail({ code: 'no-such-message', id })
    if (id === undefined && lastSaid !== undefined && lastSaid > record.id)
      throw fail({
        code: 'bad-arguments',
        detail: `What you said last went elsewhere: that is message ${lastSaid}. What you said last here is message ${record.id}. Give the number of the one that you mean.`,
      })
    return record
  }

  async #lastOf(person: Person, target: Target | undefined): Promise<MessageRecord | undefined> {
    if (!target) throw fail({ code: 'no-target' })
    const own = person.kind === 'account' ? await this.#lastStored(person, target) : undefined
    if (own) return own
    const asGuest = this.#guestWords.saidAsGuest(person)
    const last = asGuest.findLast(
      (said) => (isChannel(said.target) ? said.target : nowOf(said.target)) === target,
    )
    return last && this.#store.message(last.id)
  }

  async #lastStored(person: Account, target: Target): Promise<MessageRecord | undefined> {
    let before: number | undefined
    for (const limit of pages) {
      const records = await this.#page(person.id, target, { limit, before })
      const found = records.findLast(({ from }) => from === person.id)
      const oldest = records[0]
      // Of what is older still nothing may be changed.
      if (found || !oldest || records.length < limit || this.#isTooLate(oldest)) return found
      before = oldest.id
    }
    return undefined
  }

  #page(reader: number, target: Target, page: Page): Promise<MessageRecord[]> {
    if (isChannel(target)) return this.#store.channelHistory(target.id, page)
    return target.kind === 'account'
      ? this.#store.directHistory(reader, target.id, page)
      : Promise.resolve([])
  }

  #maySee(person: Person, record: MessageRecord): boolean {
    if (this.#isOwn(person, record)) return true
    if (person.kind === 'account') {
      for (const one of person.blocked)
        if (one.kind === 'account' ? one.id === record.from : one.name === record.fromGuest) return false
    }
    if (record.channel !== undefined) {
      const channel = this.#channelOf(record)
      return (
        channel !== undefined && (isIn(channel, person) || (person.kind === 'account' && person.operator))
      )
    }
    if (record.kind === 'notice') return true
    return person.kind === 'account' && record.to === person.id && !record.blocked
  }

  #isOwn(person: Person, record: MessageRecord): boolean {
    if (person.kind === 'account' && record.from === person.id) return true
    return this.#guestWords.saidAsGuest(person).some(({ id }) => id === record.id)
  }

  #isTooLate({ at }: MessageRecord): boolean {
    const { editHours } = this.#rules
    return editHours > 0 && this.#clock.now() - at > editHours * hourMs
  }

  #checkTime(record: MessageRecord): void {
    if (this.#isTooLate(record)) throw fail({ code: 'too-late', hours: this.#rules.editHours })
  }

  /** Whoever leads a channel may delete what those said who have less to say there; notices are the operators'. */
  #checkLeads(person: Person, record: MessageRecord): void {
    const channel = this.#channelOf(record)
    if (record.to !== undefined) throw fail({ code: 'not-allowed', why: 'between-you' })
    if (person.kind === 'guest' || (!channel && !(record.kind === 'notice' && person.operator)))
      throw fail({ code: 'not-allowed', why: 'not-your-message' })
    if (!channel) return
    requireRank(channel, person, 1)
    const author = record.from === undefined ? undefined : this.#directory.account(record.from)
    if (author && rankIn(channel, author) >= rankIn(channel, person))
      throw fail({ code: 'not-allowed', why: 'outranked' })
  }

  #channelOf({ channel }: MessageRecord): Channel | undefined {
    return channel === undefined ? undefined : this.#channels.byId(channel)
  }

  /** Everybody who may have read it learns it, but who never did because of a block. */
  #tell(
    record: MessageRecord,
    event: ChatEvent,
    via: Listener | undefined,
    author: Person | undefined,
  ): void {
    this.#bus.publish(event, this.#audiencesOf(record, author), via)
  }

  /** Of guests only those whose connection it was: a nick proves nothing. */
  #authorOf({ id, from }: MessageRecord): Person | undefined {
    return from === undefined ? this.#guestWords.whoSaidAsGuest(id) : this.#directory.account(from)
  }

  #audiencesOf(record: MessageRecord, author: Person | undefined): Audience[] {
    const channel = this.#channelOf(record)
    if (channel) return [author ? unblocked({ channel }, author) : { channel }]
    if (record.kind === 'notice') return [{ everybody: true }]
    const reader = this.#readerOf(record, author)
    return [...(author ? [{ person: author }] : []), ...(reader ? [{ person: reader }] : [])]
  }

  /** To whom it was said alone, unless they could not read it. */
  #readerOf(record: MessageRecord, author: Person | undefined): Person | undefined {
    const to =
      record.to === undefined
        ? this.#guestWords.whoReadAsGuest(record.id)
        : this.#directory.account(record.to)
    const reads = to && !record.blocked && !(author && to.kind === 'account' && to.blocked.has(author))
    return reads ? to : undefined
  }

  #entry(kind: 'edited' | 'deleted', record: MessageRecord, author: Person | undefined): LogEntry {
    const reader = record.to === undefined ? undefined : this.#readerOf(record, author)
    const other = reader?.kind === 'account' ? reader.id : undefined
    return { kind, channel: record.channel, account: record.from, other, message: record.id }
  }
}
