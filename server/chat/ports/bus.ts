import type { Audience } from '../model/audience.ts'
import type { ChatEvent } from '../model/events.ts'
import type { Listener } from '../model/people.ts'

/** Carries events to the connections that should hear them. */
export interface Bus {
  /**
   * Every connection of the audiences hears the event once, at the latest when this turn ends. The connection that it came
   * `via` does not hear it, since it has the answer, which stands among the events where this one does (`acted`).
   */
  publish(event: ChatEvent, audiences: readonly Audience[], via?: Listener): void
  /** Gives this listener now what was published for it, because something else must come after that. */
  settle(listener: Listener): void
}
