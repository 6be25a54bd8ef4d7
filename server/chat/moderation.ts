import { type Clock, timeOfDay } from '../lib/clock.ts'
import { type Ceilings, checkCeiling } from './ceilings.ts'
import { type Channel, isIn } from './channel.ts'
import { type Channels, ownedBy } from './channels.ts'
import type { Directory } from './directory.ts'
import { fail } from './failures.ts'
import { connectionsOf } from './grants.ts'
import type { Guests } from './guests.ts'
import type { Invitations } from './invitations.ts'
import { driftMs, isOver, mutesIn, originMutedUntil } from './muting.ts'
import { foldName } from './names.ts'
import type { Account, Listener, Person } from './people.ts'
import type { Bus, Store } from './ports.ts'
import { requireAbove, requireRank } from './ranks.ts'

/** So long guests are taken for a member who was muted or banned while connected from the same place. */
const restrictedMs = 3_600_000

/** What those who lead a channel do: remove, ban, mute, and hand out roles. */
export class Moderation {
  readonly #store: Store
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #channels: Channels
  readonly #invitations: Invitations
  readonly #guests: Guests
  readonly #ceilings: Ceilings
  /** Where guests are muted, by where they come from. */
  readonly #guestMutes = new Map<string, Set<Channel>>()
  /** What the time of day was ahead of the steady one by when the ends of mutes were stored, in ms. */
  #drift = 0

  constructor(parts: {
    store: Store
    bus: Bus
    clock: Clock
    directory: Directory
    channels: Channels
    invitations: Invitations
    guests: Guests
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#channels = parts.channels
    this.#invitations = parts.invitations
    this.#guests = parts.guests
    this.#ceilings = parts.ceilings
    this.#channels.onRemoved((channel) => {
      for (const origin of channel.mutedGuests.keys()) this.#forgetOrigin(origin, channel)
    })
  }

  /** Takes somebody out of a channel at once; they may come back. Answers the name. */
  async remove(
    actor: Account,
    channel: Channel,
    name: string,
    reason?: string,
    except?: Listener,
  ): Promise<string> {
    return this.#channels.exclusively(channel, async () => {
      const person = this.#member(channel, name)
      requireRank(channel, actor, 1)
      requireAbove(channel, actor, person)
      await this.#channels.takeOut(channel, person, {
        by: except,
        event: removed(channel, actor, person, reason),
      })
      return person.name
    })
  }

  /** Takes somebody out, if they are in, and keeps them out; an invitation does not help them either. */
  async ban(
    actor: Account,
    channel: Channel,
    name: string,
    reason?: string,
    except?: Listener,
  ): Promise<string> {
    return this.#channels.exclusively(channel, async () => {
      const person = this.#directory.require(name)
      requireRank(channel, actor, 1)
      if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
      requireAbove(channel, actor, person)
      // Whoever is being deleted is on the way out already.
      if (person.deleted) throw fail({ code: 'no-such-user', name })
      if (!channel.banned.has(person)) checkCeiling(this.#ceilings, 'channelBans', channel.banned.size)
      this.#restrict(channel, person)
      const store = async (successor?: number) => {
        const roles =
          successor === undefined ? undefined : this.#store.setRole(channel.id, successor, 'admin')
        await Promise.all([this.#store.addBan(channel.id, person.id, this.#clock.now()), roles])
        channel.banned.add(person)
      }
      const wasIn = isIn(channel, person)
      if (wasIn) {
        const event = { ...removed(channel, actor, person, reason), banned: true } as const
        await this.#channels.takeOut(channel, person, { by: except, event, persist: store })
      } else await store()
      this.#channels.banned(channel, person, wasIn)
      return person.name
    })
  }

  async unban(actor: Account, channel: Channel, name: string): Promise<string> {
    return this.#channels.exclusively(channel, async () => {
      requireRank(channel, actor, 1)
      const account = this.#directory.findAccount(name)
      if (!account || !channel.banned.has(account)) throw fail({ code: 'no-such-ban', name })
      await this.#store.removeBan(channel.id, account.id)
      channel.banned.delete(account)
      return account.name
    })
  }

  /**
   * Lets a member read but not speak, for some milliseconds or until unmuted; of a guest all guests from the same
   * address. Answers the name, the end, and whether it is about guests.
   */
  async mute(
    actor: Account,
    channel: Channel,
    name: string,
    forMs: number | undefined,
    except?: Listener,
  ): Promise<{ name: string; until: number | undefined; guests: boolean }> {
    return this.#channels.exclusively(channel, async () => {
      const person = this.#member(channel, name)
      requireRank(channel, actor, 1)
      requireAbove(channel, actor, person)
      const now = this.#clock.steady()
      const end = forMs === undefined ? undefined : Math.round(now + forMs)
      const until = this.#timeOfDay(end)
      const again =
        person.kind === 'account' ? channel.muted.has(person) : channel.mutedGuests.has(person.origin)
      if (!again) checkCeiling(this.#ceilings, 'channelMutes', mutesIn(channel, now))
      const user = person.name
      if (person.kind === 'account') {
        await this.#store.setMute({ channel: channel.id, account: person.id, until })
        channel.muted.set(person, end)
        this.#restrict(channel, person)
      } else {
        channel.mutedGuests.set(person.origin, { name: user, until: end })
        const channels = this.#guestMutes.get(person.origin) ?? new Set()
        this.#guestMutes.set(person.origin, channels.add(channel))
      }
      this.#channels.tellOf(
        {
          type: 'muted',
          channel: channel.name,
          user,
          by: actor.name,
          ...(until === undefined ? {} : { until }),
        },
        channel,
        person,
        except,
      )
      return { name: user, until, guests: person.kind === 'guest' }
    })
  }

  async unmute(actor: Account, channel: Channel, name: string, except?: Listener): Promise<string> {
    return this.#channels.exclusively(channel, async () => {
      requireRank(channel, actor, 1)
      const user = await this.#unmute(channel, name)
      const event = { type: 'unmuted', channel: channel.name, user, by: actor.name } as const
      const person = this.#directory.find(user)
      if (person && isIn(channel, person)) this.#channels.tellOf(event, channel, person, except)
      else this.#bus.publish(event, [channel], except)
      return user
    })
  }

  /** Somebody's mute, or that of a guest who may be gone by now. Answers the name. */
  async #unmute(channel: Channel, name: string): Promise<string> {
    const person = this.#directory.find(name)
    if (person?.kind === 'account' && channel.muted.has(person)) {
      await this.#store.removeMute(channel.id, person.id)
      channel.muted.delete(person)
      return person.name
    }
    const key = `~${foldName(name).replace(/^[@~]*/, '')}`
    for (const [origin, mute] of channel.mutedGuests) {
      if (foldName(mute.name) !== key && !(person?.kind === 'guest' && person.origin === origin)) continue
      channel.mutedGuests.delete(origin)
      this.#forgetOrigin(origin, channel)
      return mute.name
    }
    if (!person) throw fail({ code: 'no-such-user', name })
    throw fail({ code: 'no-such-ban', name })
  }

  /** Who may not speak in a channel, and until when. */
  muted(channel: Channel): { name: string; until: number | undefined }[] {
    const now = this.#clock.steady()
    return [
      ...[...channel.muted].map(([{ name }, until]) => ({ name, until })),
      ...channel.mutedGuests.values(),
    ]
      .filter(({ until }) => !isOver(until, now))
      .map(({ name, until }) => ({ name, until: this.#timeOfDay(until) }))
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  /** Notes where somebody is connected from, who could be a guest from there in a moment. */
  #restrict(channel: Channel, account: Account): void {
    const now = this.#clock.steady()
    for (const [one, { until }] of channel.restricted) if (isOver(until, now)) channel.restricted.delete(one)
    const origins = new Set(connectionsOf(account).map(({ address }) => this.#guests.originOf(address)))
    if (origins.size > 0) channel.restricted.set(account, { origins, until: now + restrictedMs })
  }

  /** A new account from where guests may not speak may not either, in the same channels and as long. */
  async muteNewcomer(account: Account, origin: string): Promise<void> {
    const channels = new Set(this.#guestMutes.get(origin))
    for (const channel of this.#channels.all()) if (channel.restricted.size > 0) channels.add(channel)
    for (const channel of channels) {
      if (originMutedUntil(channel, origin, this.#clock.steady()) === false) continue
      await this.#channels.exclusively(channel, async () => {
        const until = originMutedUntil(channel, origin, this.#clock.steady())
        if (until === false) return
        await this.#store.setMute({ channel: channel.id, account: account.id, until: this.#timeOfDay(until) })
        channel.muted.set(account, until)
      })
    }
  }

  /**
   * To be done now and then: forgets mutes that are over, and stores the ends of the others anew where the clock was set
   * meanwhile. What is stored goes by the time of day, which the next start begins with.
   */
  async keepMutes(): Promise<void> {
    const drift = this.#clock.now() - this.#clock.steady()
    const isMoved = Math.abs(drift - this.#drift) > driftMs
    for (const channel of this.#channels.all()) {
      for (const [account, until] of channel.muted) {
        if (until === undefined || !(isMoved || isOver(until, this.#clock.steady()))) continue
        await this.#channels.exclusively(channel, async () => {
          if (channel.muted.get(account) !== until) return
          if (!isOver(until, this.#clock.steady()))
            return this.#store.setMute({
              channel: channel.id,
              account: account.id,
              until: this.#timeOfDay(until),
            })
          await this.#store.removeMute(channel.id, account.id)
          channel.muted.delete(account)
        })
      }
    }
    this.#drift = drift
  }

  /** Ends are measured by what passes, and told by the time of day. */
  #timeOfDay(end: number | undefined): number | undefined {
    return end === undefined ? undefined : timeOfDay(this.#clock, end)
  }

  #forgetOrigin(origin: string, channel: Channel): void {
    const channels = this.#guestMutes.get(origin)
    channels?.delete(channel)
    if (channels?.size === 0) this.#guestMutes.delete(origin)
  }

  /** Makes a member a moderator, or a moderator a plain member. */
  async setModerator(
    actor: Account,
    channel: Channel,
    name: string,
    on: boolean,
    except?: Listener,
  ): Promise<string> {
    return this.#channels.exclusively(channel, async () => {
      requireRank(channel, actor, 2)
      const account = this.#accountIn(channel, name)
      const membership = channel.members.get(account)
      if (!membership || membership.role === 'admin') throw fail({ code: 'not-allowed', why: 'outranked' })
      const role = on ? 'moderator' : undefined
      if (!on && !account.operator) await this.#invitations.withdrawBy(account, channel)
      await this.#store.setRole(channel.id, account.id, role)
      membership.role = role
      this.#channels.tellOf(
        {
          type: 'role',
          channel: channel.name,
          user: account.name,
          by: actor.name,
          ...(role ? { role } : {}),
        },
        channel,
        account,
        except,
      )
      return account.name
    })
  }

  /** Hands a channel on to another member; who had it becomes a plain member. */
  async transfer(
    actor: Account,
    channel: Channel,
    name: string,
    except?: Listener,
  ): Promise<{ heir: Account; former: Account }> {
    return this.#channels.exclusively(channel, async () => {
      requireRank(channel, actor, 2)
      const account = this.#accountIn(channel, name)
      const [admin] = [...channel.members].find(([, { role }]) => role === 'admin') ?? []
      // The channels that everybody is in belong to the operators.
      if (!admin) throw fail({ code: 'not-allowed', why: 'admins-only' })
      if (account === admin) throw fail({ code: 'not-allowed', why: 'not-oneself' })
      checkCeiling(this.#ceilings, 'channelsOwned', ownedBy(account), account.name)
      if (!admin.operator) await this.#invitations.withdrawBy(admin, channel)
      await this.#store.transfer(channel.id, admin.id, account.id)
      const [before, after] = [channel.members.get(admin), channel.members.get(account)]
      if (before) before.role = undefined
      if (after) after.role = 'admin'
      this.#channels.tellOf(
        { type: 'admin', channel: channel.name, user: account.name, by: actor.name },
        channel,
        account,
        except,
      )
      return { heir: account, former: admin }
    })
  }

  #member(channel: Channel, name: string): Person {
    const person = this.#directory.require(name)
    if (!isIn(channel, person)) throw fail({ code: 'not-a-member', channel: channel.name, name: person.name })
    return person
  }

  #accountIn(channel: Channel, name: string): Account {
    const person = this.#member(channel, name)
    if (person.kind === 'guest') throw fail({ code: 'not-allowed', why: 'not-guests' })
    return person
  }
}

/** Everybody in the channel learns who was taken out, and so does who was; however large it is. */
function removed(channel: Channel, actor: Account, person: Person, reason: string | undefined) {
  return {
    type: 'removed',
    channel: channel.name,
    user: person.name,
    by: actor.name,
    ...(reason === undefined ? {} : { reason }),
  } as const
}
