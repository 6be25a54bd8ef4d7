import type { Audience } from '../model/audience.ts'
import type { ChatEvent } from '../model/events.ts'
import type { Listener } from '../model/people.ts'

/** Carries what happened to those who should know. */
export interface Bus {
  /**
   * Every connection of the audiences hears the event once, at the latest when this turn ends; not the one that it came
   * `via`, which has its answer.
   */
  publish(event: ChatEvent, audiences: readonly Audience[], via?: Listener): void
  /** This listener hears now what was published for it, because something else is to come behind it. */
  settle(listener: Listener): void
}
