import { type Failure, fail } from './failures.ts'
import type { Account, Channel, Person, Rank } from './people.ts'

export function rankIn(channel: Channel, person: Person): Rank {
  if (person.kind === 'guest') return 0
  if (person.operator) return 3
  const role = channel.members.get(person)?.role
  if (role === 'admin') return 2
  return role === 'moderator' ? 1 : 0
}

/** Refuses who has less than the rank of a moderator (1) or an admin (2). */
export function requireRank(channel: Channel, account: Account, rank: 1 | 2): void {
  if (rankIn(channel, account) < rank) throw notLeading(channel, rank)
}

/** Why somebody of a lower rank than that may not do it there. */
export function notLeading({ isDefault, name }: Channel, rank: 1 | 2): Failure {
  const why = rank === 1 ? 'moderators-only' : 'admins-only'
  return fail({ code: 'not-allowed', why, channel: name, ...(isDefault ? { unled: true } : {}) })
}

/** Refuses to act on somebody of the same rank or a higher one, and on oneself. */
export function requireAbove(channel: Channel, account: Account, other: Person): void {
  if (account === other) throw fail({ code: 'not-allowed', why: 'not-oneself' })
  if (rankIn(channel, account) <= rankIn(channel, other))
    throw fail({ code: 'not-allowed', why: 'outranked' })
}
