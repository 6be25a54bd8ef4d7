import type { Clock } from '../../lib/clock.ts'
import { foldName } from '../model/names.ts'
import { type Guest, nowOf, type Person } from '../model/people.ts'
import type { Origin } from '../model/restraints.ts'

/** So long the nick of a guest who is here by another name is nobody else's: it still stands on screens; in ms. */
export const nickRestMs = 10 * 60_000
/** Of all, the last; and of one guest, so that nobody holds many names. */
const most = 1_000
const mostOfOne = 3

interface Former {
  readonly guest: Guest
  /** By the steady clock. */
  readonly until: number
}

/** Nicks that guests had until lately, as long as they rest. */
export class FormerNicks {
  /** By the name as it is compared, the oldest first. */
  readonly #byKey = new Map<string, Former>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The guest is called so, and is not from now on. */
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

  /** Who had this nick, with or without `~`, if they are here by another name, or have an account. */
  find(name: string): Person | undefined {
    const guest = this.#holder(name)
    return guest && nowOf(guest)
  }

  /** Whether this nick is kept from `by`: it is not from who had it, nor when that guest is gone. */
  rests(name: string, by: Origin | undefined): boolean {
    const guest = this.#holder(name)
    if (!guest || guest === by) return false
    return !(guest.became && by?.formerly.includes(guest.became))
  }

  /** Somebody is called so now. */
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
