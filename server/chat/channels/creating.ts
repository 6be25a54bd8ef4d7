import type { Clock } from '../../lib/clock.ts'
import type { FreeSpace } from '../machine/free-space.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { ownedBy } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import { checkChannelName, foldName } from '../model/names.ts'
import type { Account, Channel, Listener } from '../model/people.ts'
import { restraintOn } from '../model/restraints.ts'
import type { Store } from '../ports/store.ts'
import { NameTaken } from '../ports/store-errors.ts'
import type { Announcements } from './announcements.ts'
import { type Channels, channelFrom } from './channels.ts'
import type { Members } from './members.ts'

/** Makes channels. */
export class Creating {
  readonly #store: Store
  readonly #clock: Clock
  readonly #space: FreeSpace
  readonly #channels: Channels
  readonly #members: Members
  readonly #announcements: Announcements
  readonly #ceilings: Ceilings
  /** Channels that are being stored; they count, so that simultaneous requests cannot exceed the ceiling. */
  readonly #making = new Set<{ readonly account: Account }>()

  constructor(parts: {
    store: Store
    clock: Clock
    space: FreeSpace
    channels: Channels
    members: Members
    announcements: Announcements
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#space = parts.space
    this.#channels = parts.channels
    this.#members = parts.members
    this.#announcements = parts.announcements
    this.#ceilings = parts.ceilings
  }

  /** Creates a channel with this account as its admin; its connections but `via` are told. Throws `name-taken`. */
  async create(account: Account, name: string, isPrivate: boolean, via?: Listener): Promise<Channel> {
    checkChannelName(name)
    this.#requireMay(account)
    const made = await this.make(account, name, isPrivate, via)
    if (!made) {
      // Nobody outside a private channel learns more than that the name is taken.
      const found = this.#channels.find(name, account)
      const open = found !== undefined && !restraintOn(found, account, 'ban', this.#clock.steady())
      throw fail({ code: 'name-taken', name, ...(open ? { open } : {}) })
    }
    return made
  }

  /** Creates a channel without checking the name. Answers undefined if another channel has the name. */
  async make(
    account: Account,
    name: string,
    isPrivate: boolean,
    via?: Listener,
  ): Promise<Channel | undefined> {
    this.#space.require()
    const { private: privates, public: publics } = this.#channels.counted()
    checkCeiling(this.#ceilings, 'channels', publics + privates + this.#making.size)
    checkCeiling(this.#ceilings, 'channelsJoined', account.channels.size + this.#makingOf(account))
    checkCeiling(this.#ceilings, 'channelsOwned', () => ownedBy(account) + this.#makingOf(account))
    const being = { account }
    this.#making.add(being)
    try {
      const made = await this.#storeOne(account, name, isPrivate)
      if (made) this.#announcements.tellJoined(made, account, via)
      return made
    } finally {
      this.#making.delete(being)
    }
  }

  #makingOf(account: Account): number {
    let count = 0
    for (const being of this.#making) if (being.account === account) count++
    return count
  }

  async #storeOne(account: Account, name: string, isPrivate: boolean): Promise<Channel | undefined> {
    // The name still finds a renamed channel.
    if (this.#channels.formerNames.find(foldName(name))) return undefined
    const at = this.#clock.now()
    const record = { name, key: foldName(name), private: isPrivate, admin: account.id, at }
    let made: Channel | undefined
    try {
      const id = await this.#store.createChannel(record, {
        log: [],
        check: () => this.#requireMay(account),
        tell: (id) => {
          if (account.deleted) return
          made = channelFrom({ id, name, private: isPrivate, topic: '', lastId: 0 }, false)
          this.#channels.add(made)
          this.#members.admit(made, account, { role: 'admin', since: at })
        },
      })
      // The account was deleted meanwhile: nobody is left to lead the channel.
      if (!made) await this.#store.closeChannel(id, at)
    } catch (error) {
      if (error instanceof NameTaken) return undefined
      throw error
    }
    if (!made) throw fail({ code: 'cancelled' })
    return made
  }

  #requireMay(account: Account): void {
    if (!this.#channels.mayCreate(account)) throw fail({ code: 'not-allowed', why: 'only-operators-create' })
  }
}
