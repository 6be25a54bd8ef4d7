import type { Clock } from '../../lib/clock.ts'
import type { ChatEvent } from '../model/events.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Listener, Person } from '../model/people.ts'
import type { Bus } from '../ports/bus.ts'
import type { Talk } from './talk.ts'
import { isChannel, type Target } from './target.ts'

/** The same is told of somebody no sooner again, in ms. */
const againMs = 2_000

interface Lately {
  readonly target: Target
  readonly stop: boolean
  readonly ticks: number
}

/**
 * Who is typing where. Nothing of it is stored, and only those are told who have asked for it. Who may not say something in a
 * place is not seen typing there, and who is blocked is not seen by who blocks them.
 */
export class Typing {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #talk: Talk
  /** The connections that have asked. */
  readonly #asked = new WeakSet<Listener>()
  /** What was told last of each. */
  readonly #lately = new WeakMap<Person, Lately>()

  constructor(parts: { bus: Bus; clock: Clock; talk: Talk }) {
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#talk = parts.talk
  }

  /** A connection wants to be told from now on, or no more. */
  ask(listener: Listener, on: boolean): void {
    if (on) this.#asked.add(listener)
    else this.#asked.delete(listener)
  }

  /** Somebody types, or has stopped (`stop`). Throws what keeps them from saying something there. */
  tell(from: Person, target: Target, stop: boolean, via: Listener): void {
    this.#talk.check(from, target)
    const before = this.#lately.get(from)
    const ticks = this.#clock.ticks()
    const isSame = before?.target === target && before.stop === stop
    if (isSame && ticks - before.ticks < againMs) return
    this.#lately.set(from, { target, stop, ticks })
    const where = isChannel(target) ? { channel: target.name } : { to: target.name }
    const event: ChatEvent = { type: 'typing', user: from.name, ...where, ...(stop ? { stop: true } : {}) }
    const connections = new Set([...listenersOf(from, target, event)].filter((one) => this.#asked.has(one)))
    if (connections.size > 0) this.#bus.publish(event, [{ connections }], via)
  }
}

/** All connections that hear what this person says there. */
function* listenersOf(from: Person, target: Target, event: ChatEvent): Iterable<Listener> {
  if (!isChannel(target)) {
    if (target === from || (target.kind === 'account' && from.blockedBy.has(target))) return
    yield* target.listeners
    return
  }
  const deaf = new Set<Listener>()
  for (const person of from.blockedBy) for (const one of connectionsOf(person)) deaf.add(one)
  for (const one of target.listeners) if (!deaf.has(one) && !target.listeners.spares(one, event)) yield one
}
