import type { UnreadIn } from '../model/events.ts'
import type { Account } from '../model/people.ts'
import type { UnreadRow } from '../model/replies/talk.ts'
import { readUpTo } from '../model/unread.ts'
import type { Counted, PlaceId, PlaceRead } from '../ports/read-store.ts'
import type { Unwanted } from '../ports/records.ts'
import type { ReadState } from '../presence/read-state.ts'
import { unwantedBy } from './listing.ts'

/** No place is counted any further. */
export const countLimit = 99
/** So many messages are looked at in one stretch, and so many stretches: behind them there may be more. */
export const stretch = 1_000
export const mostStretches = 10

/** What is unread under one name. */
export interface Found {
  readonly places: readonly PlaceRead[]
  readonly row: UnreadRow
}

/** A count as it is told. */
export function limited(count: number, more = false): Pick<UnreadIn, 'count' | 'more'> {
  return { count: Math.min(count, countLimit), more: more || count > countLimit }
}

/** The number below which nothing of one kind of place is unread. */
export function lowestOf(state: ReadState, kind: PlaceId['kind']): number {
  const ends = [...state.places].flatMap((place) => (place.kind === kind ? readUpTo(place.unread) : []))
  return Math.min(state.upTo, ...ends)
}

/** Whose words never are unread for somebody: their own, and those of people whom they have blocked. */
export function unwantedOf(account: Account): Unwanted {
  const { accounts = [], guests = [] } = unwantedBy(account) ?? {}
  return { accounts: [account.id, ...accounts], guests }
}

/** The same as a question about a message. */
export function wantedBy(account: Account): (one: Counted) => boolean {
  const { accounts, guests } = unwantedOf(account)
  return ({ from, fromGuest }) => !accounts.includes(from ?? 0) && !guests.includes(fromGuest ?? '')
}
