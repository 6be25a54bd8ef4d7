import type { Clock } from '../../lib/clock.ts'
import type { Channels } from '../channels/channels.ts'
import type { Counts } from '../machine/counts.ts'
import { unblocked } from '../model/audience.ts'
import type { ChatEvent, Message, MessageKind } from '../model/events.ts'
import { type Account, type Channel, type Listener, nowOf, type Person } from '../model/people.ts'
import { requireOperator } from '../model/ranks.ts'
import type { Reply } from '../model/replies.ts'
import { noteFor, requireVoice } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { AppendedMessage, Teller } from '../ports/records.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { GuestWords } from './guest-words.ts'
import { type Naming, numbersOf } from './naming.ts'
import { isGone, nobody, type Target } from './target.ts'
import type { Writers } from './writers.ts'

/** What utterances need, the same for all. */
export interface TalkParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly channels: Channels
  readonly timeline: Timeline
  readonly counts: Counts
  readonly naming: Naming
  readonly guestWords: GuestWords
  readonly writers: Writers
}

/** How a message is stored, and then shown. */
export interface Telling {
  readonly append: <T>(message: AppendedMessage, teller: Required<Teller<T>>) => Promise<T>
  readonly event: (message: Message, own?: true) => ChatEvent
}

/** The text of a message, its author and the connection. */
export interface Words {
  readonly from: Person
  readonly kind: MessageKind
  readonly text: string
  readonly via: Listener | undefined
  readonly telling: Telling
}

export type Said = Reply & { code: 'said' }

/** Where a message is stored, and whom it names. */
type Place = Pick<AppendedMessage, 'channel' | 'to' | 'toGuest' | 'blocked' | 'mentions'>

/** To everybody. */
const everywhere: Place = {
  channel: undefined,
  to: undefined,
  toGuest: undefined,
  blocked: false,
  mentions: [],
}

/**
 * Something that is said: first it is stored, and then it is told. It is one object, without functions of its own, because
 * thousands of them may wait for the disk.
 */
abstract class Utterance implements Required<Teller<Said>> {
  protected readonly parts: TalkParts
  protected readonly words: Words
  /** When it is said; ms since the epoch. */
  protected at = 0

  constructor(parts: TalkParts, words: Words) {
    this.parts = parts
    this.words = words
  }

  /** See Teller. */
  abstract check(message: AppendedMessage): void

  /** Tells those whom it concerns; returns the answer for its author. */
  protected abstract publish(id: number): Said

  /** The one way in which anything is said: stores the words, and once they have their number tells them. */
  protected store({ channel, to, toGuest, blocked, mentions }: Place): Promise<Said> {
    const { from, kind, telling, text, via } = this.words
    const { clock, timeline } = this.parts
    const at = timeline.stamp(clock.now())
    this.at = at
    // Field by field, which is quicker: this is done for every message.
    const [number, guest] = [numberOf(from), guestNameOf(from)]
    const message = {
      at,
      kind,
      text,
      from: number,
      fromGuest: guest,
      channel,
      to,
      toGuest,
      blocked,
      mentions,
    }
    return telling.append(keyed(message, via), this)
  }

  /** See Teller. */
  tell(id: number): Said {
    this.parts.timeline.published(id)
    return this.publish(id)
  }

  protected said(id: number): Said {
    return { code: 'said', id, at: this.at }
  }

  /** A guest remembers what they have said. */
  protected remember(id: number, target: Target): void {
    const { from } = this.words
    if (from.kind === 'guest') this.parts.guestWords.said(from, { id, target })
  }
}

/** Words in a channel. */
export class ChannelWords extends Utterance {
  readonly #channel: Channel
  readonly #named: readonly Person[]

  constructor(parts: TalkParts, words: Words, channel: Channel) {
    super(parts, words)
    this.#channel = channel
    this.#named = parts.naming.named(channel, words.from, words.text)
  }

  say(): Promise<Said> {
    const { id: channel } = this.#channel
    const mentions = numbersOf(this.#named)
    return this.store({ channel, to: undefined, toGuest: undefined, blocked: false, mentions })
  }

  check(): void {
    checkTurn(this.parts, this.words.from, this.#channel)
  }

  protected publish(id: number): Said {
    const { bus, counts, naming } = this.parts
    const { from, kind, telling, text, via } = this.words
    const channel = this.#channel
    this.remember(id, channel)
    counts.messages.add('channel')
    channel.lastId = id
    const message = marked({ id, at: this.at, kind, text, from: from.name, channel: channel.name }, via)
    const told = telling.event(message)
    bus.publish(told, [unblocked({ channel }, from)], via)
    if (this.#named.length > 0) naming.tellNamed(this.#named, channel, told, message)
    const names = naming.absent(channel, text)
    const said = this.said(id)
    return names.length > 0 ? { ...said, absent: { channel: channel.name, names } } : said
  }
}

/** Words to one person. */
export class DirectWords extends Utterance {
  readonly #to: Person
  /** A blocked person is not told: it looks as if the message had arrived. */
  #isBlocked: boolean

  constructor(parts: TalkParts, words: Words, to: Person) {
    super(parts, words)
    this.#to = to
    this.#isBlocked = isBlocked(words.from, to)
  }

  say(): Promise<Said> {
    const to = this.#to
    const blocked = this.#isBlocked
    return this.store({
      channel: undefined,
      to: numberOf(to),
      toGuest: guestNameOf(to),
      blocked,
      mentions: [],
    })
  }

  check(message: AppendedMessage): void {
    const to = this.#to
    if (to.kind === 'account' && to.deleted) throw nobody(to)
    this.#isBlocked = isBlocked(this.words.from, to)
    message.blocked = this.#isBlocked
  }

  protected publish(id: number): Said {
    const { bus, clock, counts, guestWords, writers } = this.parts
    const { from, kind, telling, text, via } = this.words
    const to = this.#to
    const reaches = !this.#isBlocked
    this.remember(id, to)
    counts.messages.add('direct')
    const message = marked({ id, at: this.at, kind, text, from: from.name, to: to.name }, via)
    // A guest may have made an account meanwhile: then the account hears it.
    bus.publish(telling.event(message), reaches ? [{ person: nowOf(to) }] : [], via)
    if (from !== to) bus.publish(telling.event(message, true), [{ person: from }], via)
    if (from !== to && reaches) writers.wrote(from, to)
    if (to.kind === 'guest') guestWords.read(to, id)
    return {
      ...this.said(id),
      ...(to.listeners.size === 0 ? { waits: to.name } : {}),
      ...(to.away === undefined
        ? {}
        : { away: { name: to.name, note: noteFor(from, to, clock.steady()) ?? '' } }),
    }
  }
}

/** Words of an operator to everybody; offline members read them at the next login. */
export class Notice extends Utterance {
  readonly #operator: Account

  constructor(parts: TalkParts, words: Words, operator: Account) {
    super(parts, words)
    this.#operator = operator
  }

  say(): Promise<Said> {
    return this.store(everywhere)
  }

  check(): void {
    requireOperator(this.#operator)
  }

  protected publish(id: number): Said {
    const { kind, telling, text, via } = this.words
    const message = marked({ id, at: this.at, kind, text, from: this.#operator.name }, via)
    this.parts.counts.messages.add('notice')
    this.parts.bus.publish(telling.event(message), [{ everybody: true }], via)
    return this.said(id)
  }
}

/**
 * Throws if something may not be said in a channel any more when its turn has come: its author may be muted, banned or removed
 * by then, or the channel closed. A guest whose connection has ended meanwhile is still heard.
 */
export function checkTurn(
  { channels, clock }: Pick<TalkParts, 'channels' | 'clock'>,
  from: Person,
  channel: Channel,
): void {
  const person = nowOf(from)
  const hasLeft = person.kind === 'guest' && person.listeners.size === 0 && !channel.removed
  if (!hasLeft && isGone(person, channel) && isGone(from, channel)) throw channels.notIn(channel, person)
  requireVoice(channel, person, clock)
}

function isBlocked(from: Person, by: Person): boolean {
  return from.blockedBy.size > 0 && by.kind === 'account' && from.blockedBy.has(by)
}

/** The same, marked as `bot` if a login token says it. */
function marked<T extends object>(message: T, via: Listener | undefined): T & { bot?: true } {
  return via?.grant ? { ...message, bot: true } : message
}

/** The message as it is stored, with the key by which it is said only once. */
function keyed(message: AppendedMessage, via: Listener | undefined): AppendedMessage {
  const it = marked(message, via)
  return via?.once === undefined ? it : { ...it, once: via.once }
}

function numberOf(from: Person): number | undefined {
  return from.kind === 'account' ? from.id : undefined
}

function guestNameOf(from: Person): string | undefined {
  return from.kind === 'guest' ? from.name : undefined
}
