import type { Clock } from '../../lib/clock.ts'
import type { Channels } from '../channels/channels.ts'
import type { Counts } from '../machine/counts.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import { unblocked } from '../model/audience.ts'
import type { ChatEvent, Message, MessageKind } from '../model/events.ts'
import { meansChannel } from '../model/names.ts'
import type { Channel } from '../model/people.ts'
import { type Account, type Listener, nowOf, type Person } from '../model/people.ts'
import { requireOperator } from '../model/ranks.ts'
import type { Reply } from '../model/replies.ts'
import type { Directory } from '../people/directory.ts'
import { noteFor, requireVoice } from '../people/muting.ts'
import type { Bus } from '../ports/bus.ts'
import type { AppendedMessage } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import type { Timeline } from '../presence/timeline.ts'
import type { GuestWords } from './guest-words.ts'
import { type Naming, numbersOf } from './naming.ts'
import { checkPerson, isChannel, isGone, nobody, type Target } from './target.ts'
import type { Writers } from './writers.ts'

/** How a message is stored, and then shown. */
export interface Telling {
  readonly append: <T>(
    message: AppendedMessage,
    tell: (id: number) => T,
    check: (message: AppendedMessage) => void,
  ) => Promise<T>
  readonly event: (message: Message, own?: true) => ChatEvent
}

/** The text of a message, its author and the connection. */
interface Words {
  readonly from: Person
  readonly kind: MessageKind
  readonly text: string
  readonly via: Listener | undefined
  readonly telling: Telling
}

type Said = Reply & { code: 'said' }

/** Where words go. */
interface Address {
  /** The kind under which the message is counted. */
  readonly kind: 'channel' | 'direct' | 'notice'
  readonly target: Target | undefined
  readonly stored: Pick<AppendedMessage, 'channel' | 'to' | 'toGuest' | 'blocked' | 'mentions'>
  /** With the names that hold when it is told. */
  readonly shown: () => Pick<Message, 'channel' | 'to'>
  /** Called when the turn of the message has come: throws if the person may not say it any more, and notes in it what is decided only then. */
  readonly check: (message: AppendedMessage) => void
  /** Tells those whom it concerns, once it is stored. */
  readonly tell: (message: Message) => void
  /** Adds to the answer what the person wants to know. */
  readonly answer?: (said: Said) => Said
}

/** To everybody. */
const everywhere: Address['stored'] = {
  channel: undefined,
  to: undefined,
  toGuest: undefined,
  blocked: false,
  mentions: [],
}

/** Says messages: it first stores them, then shows them. */
export class Talk {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #timeline: Timeline
  readonly #counts: Counts
  readonly #space: FreeSpace
  readonly #naming: Naming
  readonly #guestWords: GuestWords
  readonly #writers: Writers
  readonly #plainly: Telling

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    timeline: Timeline
    counts: Counts
    space: FreeSpace
    naming: Naming
    guestWords: GuestWords
    writers: Writers
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#timeline = parts.timeline
    this.#counts = parts.counts
    this.#space = parts.space
    this.#naming = parts.naming
    this.#guestWords = parts.guestWords
    this.#writers = parts.writers
    this.#plainly = {
      append: (message, tell, check) => this.#store.append(message, tell, check),
      event: (message, own) => (own ? { type: 'message', message, own } : { type: 'message', message }),
    }
  }

  /** Finds the target that `#name`, `name`, `@name` or `#7` means, if this person may speak there. */
  target(person: Person, name: string): Target {
    if (meansChannel(name)) return this.#channels.require(name, person)
    return this.#directory.require(name)
  }

  /**
   * Says something to a target. Everybody concerned hears it, except the connection that said it. Throws or rejects with a
   * Failure.
   */
  say(
    from: Person,
    target: Target,
    kind: MessageKind,
    text: string,
    via?: Listener,
    telling = this.#plainly,
  ): Promise<Said> {
    this.#space.require()
    const words = { from, kind, text, via, telling }
    return isChannel(target) ? this.#sayInChannel(words, target) : this.#sayTo(words, target)
  }

  /** Throws if this person may not say anything there now. */
  check(from: Person, target: Target): void {
    this.#space.require()
    if (isChannel(target)) this.#checkChannel(from, target)
    else checkPerson(from, target)
  }

  #checkChannel(from: Person, channel: Channel): void {
    if (isGone(from, channel)) throw this.#channels.notIn(channel, from)
    requireVoice(channel, from, this.#clock)
  }

  /**
   * The check for when the turn of a message has come: by then its author may be muted, banned or removed, or the channel
   * closed. A guest whose connection has ended meanwhile is still heard.
   */
  gate(from: Person, channel: Channel): () => void {
    return () => {
      const person = nowOf(from)
      const hasLeft = person.kind === 'guest' && person.listeners.size === 0 && !channel.removed
      if (!hasLeft && isGone(person, channel) && isGone(from, channel))
        throw this.#channels.notIn(channel, person)
      requireVoice(channel, person, this.#clock)
    }
  }

  #sayInChannel(words: Words, channel: Channel): Promise<Said> {
    const { from, text, via, telling } = words
    this.#checkChannel(from, channel)
    const named = this.#naming.named(channel, from, text)
    const mentions = numbersOf(named)
    return this.#utter(words, {
      kind: 'channel',
      target: channel,
      stored: { channel: channel.id, to: undefined, toGuest: undefined, blocked: false, mentions },
      shown: () => ({ channel: channel.name }),
      check: this.gate(from, channel),
      tell: (message) => {
        channel.lastId = message.id
        const told = telling.event(message)
        this.#bus.publish(told, [unblocked({ channel }, from)], via)
        if (named.length > 0) this.#naming.tellNamed(named, channel, told, message)
      },
      answer: (said) => {
        const names = this.#naming.absent(channel, text)
        return names.length > 0 ? { ...said, absent: { channel: channel.name, names } } : said
      },
    })
  }

  #sayTo(words: Words, to: Person): Promise<Said> {
    const { from, via, telling } = words
    checkPerson(from, to)
    // A blocked person is not told: it looks as if the message had arrived.
    let blocked = isBlocked(from, to)
    return this.#utter(words, {
      kind: 'direct',
      target: to,
      stored: { channel: undefined, to: numberOf(to), toGuest: guestNameOf(to), blocked, mentions: [] },
      shown: () => ({ to: to.name }),
      check: (message) => {
        if (to.kind === 'account' && to.deleted) throw nobody(to)
        blocked = isBlocked(from, to)
        message.blocked = blocked
      },
      tell: (message) => {
        // A guest may have made an account meanwhile: then the account hears it.
        this.#bus.publish(telling.event(message), blocked ? [] : [{ person: nowOf(to) }], via)
        if (from !== to) this.#bus.publish(telling.event(message, true), [{ person: from }], via)
        if (from !== to && !blocked) this.#writers.wrote(from, to)
        if (to.kind === 'guest') this.#guestWords.read(to, message.id)
      },
      answer: (said) => ({
        ...said,
        ...(to.listeners.size === 0 ? { waits: to.name } : {}),
        ...(to.away === undefined
          ? {}
          : { away: { name: to.name, note: noteFor(from, to, this.#clock.steady()) ?? '' } }),
      }),
    })
  }

  /** Tells everybody; offline members read it at the next login. */
  announce(operator: Account, text: string, via?: Listener): Promise<Said> {
    const telling = this.#plainly
    return this.#utter(
      { from: operator, kind: 'notice', text, via, telling },
      {
        kind: 'notice',
        target: undefined,
        stored: everywhere,
        shown: () => ({}),
        check: () => requireOperator(operator),
        tell: (message) => this.#bus.publish(telling.event(message), [{ everybody: true }], via),
      },
    )
  }

  /** The one way in which anything is said: stores the words, and once they have their number tells them. */
  #utter(
    { from, kind, text, via, telling }: Words,
    { kind: counted, target, stored, shown, check, tell, answer }: Address,
  ): Promise<Said> {
    const at = this.#timeline.stamp(this.#clock.now())
    // Field by field, which is quicker: this is done for every message.
    const { channel, to, toGuest, blocked, mentions } = stored
    const [number, guest] = [numberOf(from), guestNameOf(from)]
    const words = { at, kind, text, from: number, fromGuest: guest, channel, to, toGuest, blocked, mentions }
    const published = (id: number) => {
      if (from.kind === 'guest' && target) this.#guestWords.said(from, { id, target })
      this.#counts.messages.add(counted)
      this.#timeline.published(id)
      tell(marked({ id, at, kind, text, from: from.name, ...shown() }, via))
      const said: Said = { code: 'said', id, at }
      return answer ? answer(said) : said
    }
    return telling.append(keyed(words, via), published, check)
  }
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
