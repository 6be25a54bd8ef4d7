import type { Channels } from '../channels/channels.ts'
import { meansChannel } from '../model/names.ts'
import type { Person } from '../model/people.ts'
import type { CorrectionRow } from '../model/replies.ts'
import type { Directory } from '../people/directory.ts'
import type { LoggedChange } from '../ports/change-log.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import { type History, type Messages, unwantedBy } from './history.ts'

/** More messages than these are not told one by one: whoever was away so long loads them anew. */
const mostMessages = 500

/** Where it was said: a channel, or between the reader and another account; by number. */
type Place = { readonly channel: number } | { readonly other: number }

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
    const where = this.#place(reader, target)
    if (!where) return answer
    const { changes: all, complete } = await this.#store.correctionsAfter(after)
    // Whatever was told is told in the order of its number: where no message came meanwhile, none is below the last change.
    const isLast = !more && this.#timeline.lastId <= next.after
    const upTo = isLast ? Math.max(next.after, all.at(-1)?.number ?? 0) : next.after
    const own = all.filter(
      (change) => change.number <= upTo && (change.message ?? 0) <= after && isThere(change, reader, where),
    )
    const byMessage = new Map(own.map((change) => [change.message ?? 0, change]))
    const isWhole = complete && byMessage.size <= mostMessages
    return {
      ...answer,
      next: { after: upTo },
      changes: isWhole ? await this.#told([...byMessage.values()]) : [],
      complete: isWhole,
    }
  }

  #place(reader: Person, target: string): Place | undefined {
    if (meansChannel(target)) return { channel: this.#channels.require(target, reader).id }
    const other = this.#directory.require(target)
    return other.kind === 'account' ? { other: other.id } : undefined
  }

  async #told(changes: readonly LoggedChange[]): Promise<CorrectionRow[]> {
    const rows = changes.map(async ({ kind, message: id = 0 }): Promise<CorrectionRow> => {
      // What was edited may be gone by now.
      const record = kind === 'edited' ? await this.#store.message(id) : undefined
      return record ? { type: 'edited', message: this.#history.show(record) } : { type: 'deleted', id }
    })
    return Promise.all(rows)
  }
}

/** Whether it was said there, by somebody whom the reader has not blocked. */
function isThere({ account, channel, other }: LoggedChange, reader: Person, where: Place): boolean {
  if (unwantedBy(reader)?.accounts.includes(account ?? 0)) return false
  if ('channel' in where) return channel === where.channel
  if (reader.kind !== 'account' || channel !== undefined) return false
  return (account === reader.id && other === where.other) || (account === where.other && other === reader.id)
}
