import type { Clock } from '../../lib/clock.ts'
import { exclusively } from '../channels/exclusively.ts'
import { inChannel } from '../model/audience.ts'
import { isIn } from '../model/channel.ts'
import type { Channel, Person } from '../model/people.ts'
import { driftMs, endTold, isOver } from '../model/restraints.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import type { Ending, RestraintBook } from './restraint-book.ts'

/** The longest time of a timer (Node allows 2^31 ms); later ends are checked again then. */
const longestMs = 86_400_000

/** Forgets bans and mutes that are over, and tells people that they may speak again. They also end without this. */
export class RestraintEnds {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #book: RestraintBook
  /** The next end, by Clock.steady, and the timer for it. */
  #next: { readonly at: number; readonly cancel: () => void } | undefined

  /** The difference between the time of day and the steady clock when the ends were stored, in ms. */
  #drift = 0

  constructor(parts: { store: Store; bus: Bus; clock: Clock; book: RestraintBook }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#book = parts.book
  }

  /** Notes a new restraint and its end; undefined means without end. */
  note(until: number | undefined): void {
    if (until === undefined || (this.#next && this.#next.at <= until)) return
    this.#next?.cancel()
    const ms = Math.min(Math.max(until - this.#clock.steady(), 0), longestMs)
    const cancel = this.#clock.after(ms, () => {
      this.#next = undefined
      this.look()
    })
    this.#next = { at: until, cancel }
  }

  /** Ends restraints that are over, and waits for the next one. Called at the start, when everything is loaded. */
  look(): void {
    for (const ending of this.#book.over(this.#clock.steady())) this.#end(ending)
    this.note(this.#book.nextEnd)
  }

  /**
   * Stores the ends anew if the clock was set meanwhile; the chores call this now and then. Stored ends are times of day,
   * because the next start knows no other clock.
   */
  async keep(): Promise<void> {
    this.look()
    const drift = this.#clock.now() - this.#clock.steady()
    if (Math.abs(drift - this.#drift) <= driftMs) return
    for (const ending of [...this.#book.ending()]) await this.#keepOne(ending)
    this.#drift = drift
  }

  async #keepOne({ channel, kind, set, whom }: Ending): Promise<void> {
    if (isOver(set.until, this.#clock.steady())) return
    const stored = { channel: channel.id, ...set, until: endTold(set.until, this.#clock) }
    if ('guests' in whom && channel[kind].guests === set)
      await this.#store.setGuestRestraint({ kind, ...stored })
    if (!('account' in whom)) return
    const { account } = whom
    await exclusively(channel, async () => {
      // Somebody lifted it, or set another one, meanwhile.
      if (channel[kind].accounts.get(account) !== set) return
      const record = { account: account.id, ...stored }
      await (kind === 'ban' ? this.#store.addBan(record, this.#clock.now()) : this.#store.setMute(record))
    })
  }

  #end({ channel, kind, whom }: Ending): void {
    if ('account' in whom) {
      const { account } = whom
      this.#book.lift(channel, kind, account)
      this.#forget(channel, async () => {
        // Somebody set another one meanwhile.
        if (channel[kind].accounts.has(account)) return
        // It ended, and people were told.
        const about = { channel: channel.id, account: account.id }
        const told = (kind: 'unbanned' | 'unmuted') => ({ log: [{ kind, ...about }], tell: () => undefined })
        if (kind === 'ban') await this.#store.removeBan(channel.id, account.id, told('unbanned'))
        else await this.#store.removeMute(channel.id, account.id, told('unmuted'))
      })
      if (kind === 'mute' && isIn(channel, account)) this.#tell(channel, [account])
    } else if ('origin' in whom) {
      this.#book.liftOrigin(channel, kind, whom.origin)
      const guests = [...channel.guests].filter((guest) => guest.origin === whom.origin)
      if (kind === 'mute') this.#tell(channel, guests)
    } else {
      this.#book.setGuests(channel, kind, undefined)
      this.#forget(channel, async () => {
        if (!channel[kind].guests) await this.#store.removeGuestRestraint(channel.id, kind)
      })
      if (kind === 'mute') this.#tell(channel, [...channel.guests])
    }
  }

  /**
   * Removes a restraint from the store. If that fails, the restraint is over all the same, and the next start removes
   * it.
   */
  #forget(channel: Channel, removal: () => Promise<void>): void {
    exclusively(channel, removal).catch(() => undefined)
  }

  #tell(channel: Channel, people: readonly Person[]): void {
    for (const person of people) {
      const event = { type: 'unmuted', channel: channel.name, user: person.name, you: true } as const
      this.#bus.publish(event, [inChannel(person, channel)])
    }
  }
}
