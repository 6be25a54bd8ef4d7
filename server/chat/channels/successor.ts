import type { Account, Channel, Membership, Role } from '../model/people.ts'
import { isMuted } from '../people/muting.ts'

/** The next admin: the longest-standing moderator, or else member; muted people come last. */
export function successorIn(
  channel: Channel,
  leaving: Account,
  now: number,
): [Account, Membership] | undefined {
  const rank = (role: Role | undefined) => (role === undefined ? 1 : 0)
  const silent = (account: Account) => Number(isMuted(channel, account, now))
  let first: [Account, Membership] | undefined
  for (const [a, x] of channel.members) {
    if (a === leaving) continue
    const [b, y] = first ?? [a, x]
    const isBefore = silent(a) - silent(b) || rank(x.role) - rank(y.role) || x.since - y.since || a.id - b.id
    if (!first || isBefore < 0) first = [a, x]
  }
  return first
}
