import type { ChatEvent } from '../model/events.ts'
import type { Audience, Listener } from '../model/people.ts'

/** Carries what happened to those who should know. */
export interface Bus {
  /** Every listener of the audiences hears the event once, but for `except`: at the latest when this turn ends. */
  publish(event: ChatEvent, audiences: Iterable<Audience>, except?: Listener): void
  /** This listener hears now what was published for it, because something else is to come behind it. */
  settle(listener: Listener): void
}
