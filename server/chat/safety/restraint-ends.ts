import type { Clock } from '../../lib/clock.ts'
import type { Channels } from '../channels/channels.ts'
import { isIn } from '../model/channel.ts'
import { connectionsOf } from '../model/grants.ts'
import type { Channel, Person } from '../model/people.ts'
import { driftMs, endTold, isOver } from '../model/restraints.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import type { Ending, RestraintBook } from './restraint-book.ts'

/** No timer runs longer, because none can (2^31 ms): what ends later is looked at again then. */
const longestMs = 86_400_000

/** Forgets bans and mutes that are over, and tells who may speak again. They end by their time, whether it does so or not. */
export class RestraintEnds {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #channels: Channels
  readonly #book: RestraintBook
  /** The next one to end, as Clock.steady has it, and the timer for it. */
  #next: { readonly at: number; readonly cancel: () => void } | undefined

  /** What the time of day was ahead of the steady one by when the ends were stored, in ms. */
  #drift = 0

  constructor(parts: { store: Store; bus: Bus; clock: Clock; channels: Channels; book: RestraintBook }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#channels = parts.channels
    this.#book = parts.book
  }

  /** Something is set that ends then; undefined is without end. */
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

  /** Ends what is over, and waits for the next. To be called at start, once everything is there. */
  look(): void {
    for (const ending of this.#book.over(this.#clock.steady())) this.#end(ending)
    this.note(this.#book.nextEnd)
  }

  /**
   * To be done now and then: stores the ends anew where the clock was set meanwhile. What is stored goes by the time of day,
   * which the next start begins with.
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
    await this.#channels.exclusively(channel, async () => {
      // Lifted, or set anew, meanwhile.
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
        // Set anew meanwhile.
        if (channel[kind].accounts.has(account)) return
        // It is over already, and told so.
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

  /** What cannot be removed now is over all the same, and is removed at the next start. */
  #forget(channel: Channel, removal: () => Promise<void>): void {
    this.#channels.exclusively(channel, removal).catch(() => undefined)
  }

  #tell(channel: Channel, people: readonly Person[]): void {
    for (const person of people) {
      const listeners = new Set(connectionsOf(person).filter((one) => channel.listeners.has(one)))
      const event = { type: 'unmuted', channel: channel.name, user: person.name, you: true } as const
      this.#bus.publish(event, [{ listeners }])
    }
  }
}
