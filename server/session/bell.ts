import type { ChatEvent } from '../chat/model/events.ts'

/** What rings the bell of a terminal: what is for the person alone, or every message. */
export type Bell = 'off' | 'mentions' | 'all'

/** The bell of a terminal (BEL, ECMA-48). */
export const ring = Buffer.from('\u0007')

/** It rings no more often than this, in ms, however much arrives. */
const silentMs = 1_000

/** The bell of one connection. It is made for those who want it: most do not. */
export class TerminalBell {
  /** As the account says; it counts where the server sees a terminal: what nc prints may go to a program. */
  remembered: Bell = 'off'
  /** As the person says at this connection, whatever an account remembers. */
  chosen: Bell | undefined
  readonly #isTerminal: () => boolean
  #rangAt = Number.NEGATIVE_INFINITY

  constructor(isTerminal: () => boolean) {
    this.#isTerminal = isTerminal
  }

  /** What rings it now. */
  get for(): Bell {
    return this.chosen ?? (this.#isTerminal() ? this.remembered : 'off')
  }

  /** Whether it is to ring for this event, at this time in ms; `reader` is the name of the person. */
  isDue(event: ChatEvent, reader: string | undefined, now: number): boolean {
    // The clock may be set back.
    if (Math.abs(now - this.#rangAt) < silentMs || !concerns(this.for, event, reader)) return false
    this.#rangAt = now
    return true
  }
}

/** A message that is not for a channel is for the person: a direct one, or a notice. */
function concerns(bell: Bell, event: ChatEvent, reader: string | undefined): boolean {
  if (event.type === 'mention') return bell !== 'off'
  if (event.type !== 'message' || event.own || event.message.from === reader) return false
  return bell === 'all' || (bell === 'mentions' && event.message.channel === undefined)
}
