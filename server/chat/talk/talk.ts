import type { FreeSpace } from '../machine/free-space.ts'
import type { MessageKind } from '../model/events.ts'
import { meansChannel } from '../model/names.ts'
import type { Account, Channel, Listener, Person } from '../model/people.ts'
import type { Directory } from '../people/directory.ts'
import { requireVoice } from '../people/muting.ts'
import type { Store } from '../ports/store.ts'
import { checkPerson, isChannel, isGone, type Target } from './target.ts'
import {
  ChannelWords,
  checkTurn,
  DirectWords,
  Notice,
  type Said,
  type TalkParts,
  type Telling,
} from './utterances.ts'

/** Says messages: it first stores them, then shows them. */
export class Talk {
  readonly #parts: TalkParts
  readonly #directory: Directory
  readonly #space: FreeSpace
  readonly #plainly: Telling

  constructor(parts: TalkParts & { store: Store; directory: Directory; space: FreeSpace }) {
    this.#parts = parts
    this.#directory = parts.directory
    this.#space = parts.space
    this.#plainly = {
      append: (message, teller) => parts.store.append(message, teller),
      event: (message, own) => (own ? { type: 'message', message, own } : { type: 'message', message }),
    }
  }

  /** Finds the target that `#name`, `name`, `@name` or `#7` means, if this person may speak there. */
  target(person: Person, name: string): Target {
    if (meansChannel(name)) return this.#parts.channels.require(name, person)
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
    this.check(from, target)
    const words = { from, kind, text, via, telling }
    return isChannel(target)
      ? new ChannelWords(this.#parts, words, target).say()
      : new DirectWords(this.#parts, words, target).say()
  }

  /** Throws if this person may not say anything there now. */
  check(from: Person, target: Target): void {
    this.#space.require()
    if (isChannel(target)) this.#checkChannel(from, target)
    else checkPerson(from, target)
  }

  #checkChannel(from: Person, channel: Channel): void {
    const { channels, clock } = this.#parts
    if (isGone(from, channel)) throw channels.notIn(channel, from)
    requireVoice(channel, from, clock)
  }

  /** The check for when the turn of a change in a channel has come: see `checkTurn`. */
  gate(from: Person, channel: Channel): () => void {
    return () => checkTurn(this.#parts, from, channel)
  }

  /** Tells everybody; offline members read it at the next login. */
  announce(operator: Account, text: string, via?: Listener): Promise<Said> {
    const words = { from: operator, kind: 'notice', text, via, telling: this.#plainly } as const
    return new Notice(this.#parts, words, operator).say()
  }
}
