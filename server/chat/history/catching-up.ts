import type { Channels } from '../channels/channels.ts'
import { meansChannel } from '../model/names.ts'
import type { Person } from '../model/people.ts'
import type { CorrectionRow } from '../model/replies/talk.ts'
import type { LoggedChange, PlaceOfTalk } from '../ports/change-log.ts'
import type { MessageRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import { type Listing, type Messages, unwantedBy } from './listing.ts'
import type { Partners } from './partners.ts'

/** The most changes in one answer; then there are more to ask for. */
const mostChanges = 500

/**
 * What happened to older messages, for programs that catch up from a number: together with the new messages they miss nothing.
 * Several answers in a row tell no change twice.
 */
export class CatchingUp {
  readonly #store: Store
  readonly #timeline: Timeline
  readonly #channels: Channels
  readonly #partners: Partners
  readonly #listing: Listing

  constructor(parts: {
    store: Store
    timeline: Timeline
    channels: Channels
    partners: Partners
    listing: Listing
  }) {
    this.#store = parts.store
    this.#timeline = parts.timeline
    this.#channels = parts.channels
    this.#partners = parts.partners
    this.#listing = parts.listing
  }

  /** Adds to an answer what happened to messages up to the number behind which it begins, as far as the answer goes. */
  async with(answer: Messages, reader: Person, target: string): Promise<Messages> {
    const { asked: cursor, more, next } = answer
    const after = cursor?.after
    if (after === undefined || !next || !('after' in next)) return answer
    const place = await this.#place(reader, target)
    if (!place) return answer
    const asked = more ? next.after : Number.MAX_SAFE_INTEGER
    const page = { after, upTo: asked, place, limit: mostChanges + 1 }
    const { changes: found, edited, complete, ...known } = await this.#store.correctionsAfter(page)
    // Changes and messages are told in the order of their numbers: if no message came meanwhile, none is below `known`.
    const isLast = !more && this.#timeline.lastId <= next.after
    const end = isLast && complete ? Math.max(next.after, known.upTo) : next.after
    // The program goes on behind the last change that is told, and gets the messages above it again.
    const isCut = found.length > mostChanges
    const upTo = isCut ? Math.min(end, found[mostChanges - 1]?.number ?? end) : end
    const told = found.filter(({ number }) => number <= upTo)
    return {
      ...answer,
      more: more || isCut,
      next: { after: upTo },
      changes: complete ? this.#told(told, new Map(edited.map((record) => [record.id, record])), reader) : [],
      complete,
    }
  }

  async #place(reader: Person, target: string): Promise<PlaceOfTalk | undefined> {
    if (meansChannel(target)) return { channel: this.#channels.require(target, reader).id }
    if (reader.kind === 'guest') return undefined
    const other = await this.#partners.require(reader, target)
    return other.kind === 'guest' ? undefined : { between: [reader.id, other.id] }
  }

  /** The last change of each message, without messages of people whom the reader has blocked. */
  #told(
    changes: readonly LoggedChange[],
    edited: ReadonlyMap<number, MessageRecord>,
    reader: Person,
  ): CorrectionRow[] {
    const rows = new Map<number | 'forgotten', CorrectionRow>()
    const { accounts, guests } = unwantedBy(reader) ?? { accounts: [], guests: [] }
    for (const { kind, account = 0, message: id = 0 } of changes) {
      if (kind === 'forgotten') rows.set(kind, { type: kind, upTo: id })
      if (kind === 'forgotten' || accounts.includes(account)) continue
      // An edited message may be gone by now.
      const record = kind === 'edited' ? edited.get(id) : undefined
      // The log does not have the names of guests.
      if (guests.includes(record?.fromGuest ?? '')) continue
      rows.set(id, record ? { type: 'edited', message: this.#listing.show(record) } : { type: 'deleted', id })
    }
    return [...rows.values()]
  }
}
