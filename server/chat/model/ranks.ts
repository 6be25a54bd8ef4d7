import { type Failure, fail } from './failures.ts'
import type { Account, Channel, Person, Rank, Restraint } from './people.ts'

export function rankIn(channel: Channel, person: Person): Rank {
  if (person.kind === 'guest') return 0
  if (person.operator) return 3
  const role = channel.members.get(person)?.role
  if (role === 'admin') return 2
  return role === 'moderator' ? 1 : 0
}

/** Throws `not-allowed` if the person's rank is below this one: moderator (1) or admin (2). */
export function requireRank(channel: Channel, account: Account, rank: 1 | 2): void {
  if (rankIn(channel, account) < rank) throw notLeading(channel, rank)
}

/** Throws `not-allowed` if the person is no operator. */
export function requireOperator(person: Person): void {
  if (person.kind === 'guest' || !person.operator) throw fail({ code: 'not-allowed', why: 'operators-only' })
}

/** The reason for people of a lower rank. */
export function notLeading({ isDefault, name }: Channel, rank: 1 | 2): Failure {
  const why = rank === 1 ? 'moderators-only' : 'admins-only'
  return fail({ code: 'not-allowed', why, channel: name, ...(isDefault ? { unled: true } : {}) })
}

/** Throws `not-allowed` if the other person's rank is the same or higher, or if both are the same person. */
export function requireAbove(channel: Channel, account: Account, other: Person): void {
  if (account === other) throw fail({ code: 'not-allowed', why: 'not-oneself' })
  if (rankIn(channel, account) <= rankIn(channel, other))
    throw fail({ code: 'not-allowed', why: 'outranked' })
}

/** Throws `not-allowed` if somebody of a higher rank has set the restraint. */
export function requireAsMuch(set: Restraint, rank: Rank): void {
  if (set.rank > rank) throw fail({ code: 'not-allowed', why: 'set-from-above' })
}
