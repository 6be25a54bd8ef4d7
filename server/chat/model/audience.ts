import type { ChatEvent } from './events.ts'
import { connectionsOf } from './grants.ts'
import type { Channel, Listener, Person } from './people.ts'

/**
 * The people whom an event is for. It names people and channels; the bus finds their connections when the event is
 * published.
 */
export type Audience = (
  | { readonly channel: Pick<Channel, 'listeners'> }
  /** A person, on all connections that make them online. */
  | { readonly person: Person }
  | { readonly everybody: true }
  | { readonly operators: true }
  /** Single connections, where the event is not for all connections of a person. */
  | { readonly connections: ReadonlySet<Listener> }
) & {
  /** The people among them who do not hear it. */
  readonly without?: ReadonlySet<Person>
}

/** The same audience without those who have blocked the person whom the event is about. */
export function unblocked(audience: Audience, from: Person): Audience {
  return from.blockedBy.size === 0 ? audience : besides(audience, from.blockedBy)
}

/** The same audience without these people. */
export function besides(audience: Audience, people: Iterable<Person>): Audience {
  return { ...audience, without: new Set([...(audience.without ?? []), ...people]) }
}

/** The connections of a person that hear a channel. */
export function inChannel(person: Person, channel: Channel): Audience {
  return { connections: new Set(connectionsOf(person).filter((one) => channel.listeners.has(one))) }
}

/** The people who are online now, and their connections. */
export interface Present {
  present(): Iterable<Person>
  operators(): Iterable<Person>
}

const nobody: Present = { present: () => [], operators: () => [] }

/** The connections that hear an event for several audiences: each that at least one audience includes. */
export function hearersOf(audiences: readonly Audience[], event: ChatEvent, present = nobody): Set<Listener> {
  const hearers = new Set<Listener>()
  for (const audience of audiences) {
    const except = new Set<Listener>()
    for (const person of audience.without ?? []) for (const one of connectionsOf(person)) except.add(one)
    const feed = 'channel' in audience ? audience.channel.listeners : undefined
    for (const listener of listenersOf(audience, present))
      if (!except.has(listener) && !feed?.spares(listener, event)) hearers.add(listener)
  }
  return hearers
}

function* listenersOf(audience: Audience, present: Present): Iterable<Listener> {
  if ('channel' in audience) yield* audience.channel.listeners
  else if ('connections' in audience) yield* audience.connections
  else if ('person' in audience) yield* audience.person.listeners
  else
    for (const { listeners } of 'operators' in audience ? present.operators() : present.present())
      yield* listeners
}
