import type { Clock } from '../../lib/clock.ts'
import { foldName } from '../model/names.ts'
import { type Guest, nowOf, type Person } from '../model/people.ts'
import type { Origin } from '../model/restraints.ts'

/**
 * How long an old nick of a guest who is here by another name is kept from others, because it still stands on screens
 * (ms).
 */
export const nickRestMs = 10 * 60_000
/** How many old nicks are kept: in total the newest, and of one guest only a few, so that nobody holds many names. */
const most = 1_000
const mostOfOne = 3

interface Former {
  readonly guest: Guest
  /** The end, by the steady clock. */
  readonly until: number
}

/** The nicks that guests had until recently, as long as they are kept from others. */
export class FormerNicks {
  /** Keyed by the name in its form for comparison, the oldest first. */
  readonly #byKey = new Map<string, Former>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps the nick that a guest gives up. */
  add(guest: Guest): void {
    const now = this.#clock.steady()
    const key = foldName(guest.name)
    this.#byKey.delete(key)
    const own: string[] = []
    for (const [one, former] of this.#byKey)
      if (former.until <= now) this.#byKey.delete(one)
      else if (former.guest === guest) own.push(one)
    if (own.length >= mostOfOne) this.take(own[0] ?? '')
    this.#byKey.set(key, { guest, until: now + nickRestMs })
    const [first] = this.#byKey.keys()
    if (first !== undefined && this.#byKey.size > most) this.take(first)
  }

  /** The person who had this nick (with or without `~`), if they are here by another name, or have an account. */
  find(name: string): Person | undefined {
    const guest = this.#holder(name)
    return guest && nowOf(guest)
  }

  /** Whether `by` may not take this nick. Its former owner may; and when that guest is gone, everybody may. */
  rests(name: string, by: Origin | undefined): boolean {
    const guest = this.#holder(name)
    if (!guest || guest === by) return false
    return !(guest.became && by?.formerly.includes(guest.became))
  }

  /** Forgets an old nick, because somebody has it now. */
  take(key: string): void {
    this.#byKey.delete(key)
  }

  #holder(name: string): Guest | undefined {
    const former = this.#byKey.get(`~${foldName(name).replace(/^~/, '')}`)
    if (!former || former.until <= this.#clock.steady()) return undefined
    const { guest } = former
    const isHere = guest.became ? !guest.became.deleted : guest.listeners.size > 0
    return isHere ? guest : undefined
  }
}
