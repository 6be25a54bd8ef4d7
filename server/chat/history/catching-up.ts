import type { Channels } from '../channels/channels.ts'
import { meansChannel } from '../model/names.ts'
import type { Person } from '../model/people.ts'
import type { CorrectionRow } from '../model/replies/talk.ts'
import type { Directory } from '../people/directory.ts'
import type { LoggedChange, PlaceOfTalk } from '../ports/change-log.ts'
import type { MessageRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import { type History, type Messages, unwantedBy } from './history.ts'

/** So many changes are in one answer at most; then there is more to ask for. */
const mostChanges = 500

/**
 * What became of older messages, for programs that go on behind a number: with the messages that were said since, nothing is
 * missed. The answers of several pages tell nothing twice, and what a program has heard already is as it has heard it.
 */
export class CatchingUp {
  readonly #store: Store
  readonly #timeline: Timeline
  readonly #channels: Channels
  readonly #directory: Directory
  readonly #history: History

  constructor(parts: {
    store: Store
    timeline: Timeline
    channels: Channels
    directory: Directory
    history: History
  }) {
    this.#store = parts.store
    this.#timeline = parts.timeline
    this.#channels = parts.channels
    this.#directory = parts.directory
    this.#history = parts.history
  }

  /** The same answer with what became, up to where it goes, of messages that are not above the number behind which it begins. */
  async with(answer: Messages, reader: Person, target: string): Promise<Messages> {
    const { after, more, next } = answer
    if (after === undefined || !next || !('after' in next)) return answer
    const place = this.#place(reader, target)
    if (!place) return answer
    const asked = more ? next.after : Number.MAX_SAFE_INTEGER
    const page = { after, upTo: asked, place, limit: mostChanges + 1 }
    const { changes: found, edited, complete, ...known } = await this.#store.correctionsAfter(page)
    // Whatever is told is told in the order of its number: where no message came meanwhile, none is below what is known.
    const isLast = !more && this.#timeline.lastId <= next.after
    const end = isLast && complete ? Math.max(next.after, known.upTo) : next.after
    // One goes on behind the last change that is told; messages above it come again then.
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

  #place(reader: Person, target: string): PlaceOfTalk | undefined {
    if (meansChannel(target)) return { channel: this.#channels.require(target, reader).id }
    const other = this.#directory.require(target)
    return other.kind === 'account' && reader.kind === 'account'
      ? { between: [reader.id, other.id] }
      : undefined
  }

  /** What became of each message in the end, unless somebody said it whom the reader has blocked. */
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
      // What was edited may be gone by now.
      const record = kind === 'edited' ? edited.get(id) : undefined
      // The log does not say what a guest was called.
      if (guests.includes(record?.fromGuest ?? '')) continue
      rows.set(id, record ? { type: 'edited', message: this.#history.show(record) } : { type: 'deleted', id })
    }
    return [...rows.values()]
  }
}
