import { addressBlock } from '../../lib/addresses.ts'
import type { Clock } from '../../lib/clock.ts'
import { excluding, none } from '../../lib/shared-set.ts'
import { unblocked } from '../model/audience.ts'
import { fail } from '../model/failures.ts'
import { checkName, foldName } from '../model/names.ts'
import type { Account, Guest, Listener } from '../model/people.ts'
import { type Origin, restraintFrom, told } from '../model/restraints.ts'
import type { Directory } from '../people/directory.ts'
import type { Bus } from '../ports/bus.ts'
import type { Store } from '../ports/store.ts'
import type { Leaving } from './leaving.ts'

const ownMachine = 'localhost'

/** Guests: people with only a nick. They exist while they are connected, and are in public channels. */
export class Guests {
  readonly #store: Store
  readonly #directory: Directory
  readonly #leaving: Leaving
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #blockOf: typeof addressBlock
  readonly #rules: { readonly guests: boolean }

  constructor(parts: {
    store: Store
    directory: Directory
    leaving: Leaving
    bus: Bus
    clock: Clock
    blockOf?: typeof addressBlock | undefined
    rules: { readonly guests: boolean }
  }) {
    this.#store = parts.store
    this.#directory = parts.directory
    this.#leaving = parts.leaving
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#blockOf = parts.blockOf ?? addressBlock
    this.#rules = parts.rules
  }

  /** Whether people can talk without an account. */
  get allowed(): boolean {
    return this.#rules.guests
  }

  /** The key that guests of one address share; the server's own machine is one address. */
  originOf(address: string | undefined): string {
    return this.#blockOf(address) ?? ownMachine
  }

  /**
   * Makes a guest of that name, or of a free name if none is given, from an address. The connection was these
   * accounts before.
   */
  enter(nick: string | undefined, address?: string, formerly: readonly Account[] = []): Guest {
    if (!this.allowed) throw fail({ code: 'not-allowed', why: 'no-guests' })
    const from = { origin: this.originOf(address), formerly }
    const guest: Guest = {
      kind: 'guest',
      name: `~${this.checkFree(nick ?? this.#directory.freeNick(from), from)}`,
      ...from,
      away: undefined,
      channels: none(),
      listeners: none(),
      blockedBy: none(),
      settings: {},
    }
    this.#directory.addGuest(guest)
    return guest
  }

  /**
   * Gives a guest another nick, and tells the people in the same channels. Refuses a guest who is muted there,
   * because others read a nick. What the guest said before is told first, under the old nick.
   */
  async rename(guest: Guest, nick: string | undefined, via?: Listener): Promise<void> {
    this.#newName(guest, nick)
    await this.#store.inTurn(() => {
      // The guest may have left, or made an account, while this waited for its turn.
      if (guest.became || guest.listeners.size === 0) throw fail({ code: 'cancelled' })
      const name = this.#newName(guest, nick)
      const user = guest.name
      this.#directory.renameGuest(guest, name)
      const audiences = [...guest.channels].map((channel) => unblocked({ channel }, guest))
      this.#bus.publish({ type: 'renamed', user, name }, [{ person: guest }, ...audiences], via)
    })
  }

  #newName(guest: Guest, nick: string | undefined): string {
    for (const channel of guest.channels) {
      // In a channel where all guests are muted, guests may still change nicks: only their own mute counts.
      const mute = restraintFrom(channel, guest, 'mute', this.#clock.steady())
      if (mute)
        throw fail({ code: 'muted', channel: channel.name, mute: told(mute, this.#clock), nick: true })
    }
    const own = nick !== undefined && foldName(guest.name) === `~${foldName(nick)}`
    return `~${own ? checkName(nick) : this.checkFree(nick ?? this.#directory.freeNick(guest), guest)}`
  }

  /** Removes a guest who is gone from all channels, and frees the nick. */
  async leave(guest: Guest, reason?: string): Promise<void> {
    this.#directory.removeGuest(guest)
    await this.#leaving.leaveAll(guest, undefined, reason)
    guest.listeners = none()
    for (const account of guest.blockedBy) account.blocked = excluding(account.blocked, guest)
  }

  /** Returns the nick if a guest from that address may have it. */
  checkFree(nick: string, by: Origin): string {
    if (this.#directory.isTaken(checkName(nick))) throw fail({ code: 'name-taken', name: nick })
    this.#directory.checkKept(nick, by)
    return nick
  }
}
