import { besides, inChannel, unblocked } from '../model/audience.ts'
import { defaultsFirst } from '../model/channel.ts'
import type { ChatEvent } from '../model/events.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Channel, Listener, Person } from '../model/people.ts'
import type { Bus } from '../ports/bus.ts'
import type { Channels } from './channels.ts'

/** Somebody left a channel, or was removed from it. */
export type Out = ChatEvent & { type: 'left' | 'removed' }

/** What happened to somebody in a channel where they stay. */
type Happening = ChatEvent & { type: 'joined' | 'admin' | 'role' | 'muted' | 'unmuted' }

/** Tells a channel what happens to its people, and tells each of them in the second person. */
export class Announcements {
  readonly #bus: Bus
  readonly #channels: Channels

  constructor(parts: { bus: Bus; channels: Channels }) {
    this.#bus = parts.bus
    this.#channels = parts.channels
  }

  /** Tells a channel what happened to one of its people. */
  tellOf(event: Happening, channel: Channel, person: Person, via?: Listener): void {
    this.#bus.publish(event, [besides({ channel }, [person])], via)
    this.#tellOwn(event, channel, person, via)
  }

  tellJoined(channel: Channel, person: Person, via?: Listener): void {
    const event = { type: 'joined', channel: channel.name, user: person.name } as const
    const others = besides(unblocked({ channel }, person), [person])
    this.#bus.publish(event, this.#channels.announces(channel) ? [others] : [], via)
    this.#tellOwn(event, channel, person, via)
  }

  /** Tells that somebody is out of a channel; each of their connections learns where its words go now. */
  tellOut(channel: Channel, person: Person, event: Out, via?: Listener): void {
    const others = besides(event.type === 'left' ? unblocked({ channel }, person) : { channel }, [person])
    this.#bus.publish(event, this.#channels.announces(channel) ? [others] : [], via)
    const [next] = defaultsFirst(person.channels)
    for (const listener of connectionsOf(person)) {
      if (listener === via) continue
      const target = listener.takenOut(channel.name, next?.name)
      if (!channel.listeners.has(listener)) continue
      const goes = target === undefined ? (next ? { back: next.name } : {}) : { target }
      this.#bus.publish({ ...event, you: true, ...goes }, [{ connections: new Set([listener]) }])
    }
    for (const listener of connectionsOf(person)) this.#bus.settle(listener)
  }

  #tellOwn(event: Happening, channel: Channel, person: Person, via: Listener | undefined): void {
    this.#bus.publish({ ...event, you: true }, [inChannel(person, channel)], via)
  }
}
