import type { Clock } from '../../lib/clock.ts'
import type { Ceilings } from '../model/ceilings.ts'
import { isIn, ownedBy } from '../model/channel.ts'
import { checkCeiling } from '../model/check-ceiling.ts'
import { fail } from '../model/failures.ts'
import type { Account, Channel, Listener, Person } from '../model/people.ts'
import { requireAbove, requireRank } from '../model/ranks.ts'
import type { Directory } from '../people/directory.ts'
import { requireVoiceFor } from '../people/muting.ts'
import type { ToldWithdrawing } from '../ports/group-store.ts'
import type { Store } from '../ports/store.ts'
import type { Announcements } from './announcements.ts'
import { exclusively } from './exclusively.ts'
import type { Leaving } from './leaving.ts'
import type { Withdrawals } from './withdrawals.ts'

/** What those who lead a channel do: remove people, and hand out roles. */
export class Moderation {
  readonly #store: Store
  readonly #clock: Clock
  readonly #directory: Directory
  readonly #leaving: Leaving
  readonly #announcements: Announcements
  readonly #withdrawals: Withdrawals
  readonly #ceilings: Ceilings

  constructor(parts: {
    store: Store
    clock: Clock
    directory: Directory
    leaving: Leaving
    announcements: Announcements
    withdrawals: Withdrawals
    ceilings: Ceilings
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#directory = parts.directory
    this.#leaving = parts.leaving
    this.#announcements = parts.announcements
    this.#withdrawals = parts.withdrawals
    this.#ceilings = parts.ceilings
  }

  /** Takes somebody out of a channel at once; they may come back. Answers the name. */
  async remove(
    actor: Account,
    channel: Channel,
    name: string,
    reason?: string,
    via?: Listener,
    sure = false,
  ): Promise<string> {
    return exclusively(channel, async () => {
      const person = this.#member(channel, name)
      const check = () => {
        requireRank(channel, actor, 1)
        requireVoiceFor(reason, channel, actor, this.#clock)
        requireAbove(channel, actor, person)
      }
      check()
      await this.#leaving.takeOut(channel, person, {
        via,
        check,
        actor,
        sure,
        event: {
          type: 'removed',
          channel: channel.name,
          user: person.name,
          by: actor.name,
          ...(reason === undefined ? {} : { reason }),
        },
      })
      return person.name
    })
  }

  /** Makes a member a moderator, or a moderator a plain member. */
  async setModerator(
    actor: Account,
    channel: Channel,
    name: string,
    on: boolean,
    via?: Listener,
  ): Promise<string> {
    return exclusively(channel, async () => {
      requireRank(channel, actor, 2)
      const account = this.#accountIn(channel, name)
      const membership = channel.members.get(account)
      if (!membership || membership.role === 'admin') throw fail({ code: 'not-allowed', why: 'outranked' })
      const role = on ? 'moderator' : undefined
      const withdrawn = on ? undefined : this.#withdrawals.ofFormer(account, channel)
      const entry = { kind: 'role', channel: channel.id, account: account.id, other: actor.id } as const
      await this.#store.setRole(channel.id, account.id, role, {
        log: [...(withdrawn?.log ?? []), entry],
        requests: withdrawn?.requests,
        check: () => requireRank(channel, actor, 2),
        tell: () => {
          withdrawn?.tell()
          membership.role = role
          const event = { type: 'role', channel: channel.name, user: account.name, by: actor.name } as const
          this.#announcements.tellOf(role ? { ...event, role } : event, channel, account, via)
        },
      })
      return account.name
    })
  }

  /** Makes another member the admin; the former admin, if there is one, becomes a plain member. */
  async transfer(
    actor: Account,
    channel: Channel,
    name: string,
    via?: Listener,
  ): Promise<{ heir: Account; former: Account | undefined }> {
    return exclusively(channel, async () => {
      requireRank(channel, actor, 2)
      const account = this.#accountIn(channel, name)
      // Operators lead the default channel.
      if (channel.isDefault) throw fail({ code: 'not-allowed', why: 'default-unled' })
      const admin = adminOf(channel)
      if (account === admin) throw fail({ code: 'not-allowed', why: 'not-oneself' })
      checkCeiling(this.#ceilings, 'channelsOwned', ownedBy(account), account.name)
      const withdrawn = admin && this.#withdrawals.ofFormer(admin, channel)
      // A former default channel, or one that an operator created for others, has no admin.
      const entry = { kind: 'role', channel: channel.id, other: actor.id } as const
      const told: ToldWithdrawing = {
        requests: withdrawn?.requests,
        log: [
          ...(withdrawn?.log ?? []),
          ...(admin ? [{ ...entry, account: admin.id }] : []),
          { ...entry, account: account.id },
        ],
        check: () => requireRank(channel, actor, 2),
        tell: () => {
          withdrawn?.tell()
          const before = admin && channel.members.get(admin)
          const after = channel.members.get(account)
          if (before) before.role = undefined
          if (after) after.role = 'admin'
          const event = { type: 'admin', channel: channel.name, user: account.name, by: actor.name } as const
          this.#announcements.tellOf(event, channel, account, via)
        },
      }
      await (admin
        ? this.#store.transfer(channel.id, admin.id, account.id, told)
        : this.#store.setRole(channel.id, account.id, 'admin', told))
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

function adminOf({ members }: Channel): Account | undefined {
  for (const [account, { role }] of members) if (role === 'admin') return account
  return undefined
}
