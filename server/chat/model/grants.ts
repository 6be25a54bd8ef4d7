import { fail } from './failures.ts'
import type { Grant, TokenNeed } from './grant.ts'
import { foldName } from './names.ts'
import type { Account, Listener } from './people.ts'

/** Whether somebody with that grant hears what happens in a channel; who has none hears it all. */
export function hears(grant: Grant | undefined, channel: string): boolean {
  return grant?.scope !== 'write' && isFor(grant, channel)
}

/**
 * Whether a connection with that grant hears less than the person would. It does not make anybody online: what is
 * said to them waits, and nothing counts as shown.
 */
export function isQuiet(grant: Grant | undefined): boolean {
  return grant !== undefined && (grant.scope === 'write' || grant.channels !== undefined)
}

/** All connections of a person, also those that do not make them online. */
export function connectionsOf(person: {
  readonly listeners: ReadonlySet<Listener>
  readonly quiet?: ReadonlySet<Listener>
}): Listener[] {
  return [...person.listeners, ...(person.quiet ?? [])]
}

/**
 * Refuses what a token is not made for. `places` are the channels and people that it is about, undefined if it is
 * about more than those: then a token for some channels will not do.
 */
export function checkGrant(
  grant: Grant,
  account: Account,
  need: TokenNeed,
  places: readonly string[] | undefined,
): void {
  if (need === 'none') throw fail({ code: 'token-limited', grant, why: 'password' })
  // Operators may more than others in much that needs a token for everything: that is nothing for scripts.
  if (need === 'all' && account.operator) throw fail({ code: 'token-limited', grant, why: 'operator' })
  const enough = need === 'any' || grant.scope === 'all' || grant.scope === need
  const everywhere = grant.channels === undefined || need === 'any'
  const there = places === undefined ? everywhere : places.every((place) => isFor(grant, place))
  if (!enough || !there) throw fail({ code: 'token-limited', grant, why: 'scope' })
}

/** A channel has another name: what the grant is for is the same. */
export function renameIn(grant: Grant, from: string, to: string): void {
  if (grant.channels === undefined || !isFor(grant, from)) return
  const named = grant.channels.map((name) => (foldName(name) === foldName(from) ? to : name))
  Object.assign(grant, { channels: named })
}

/** Whether somebody with that grant, or with none, may know of a channel at all. */
export function isFor(grant: Grant | undefined, channel: string): boolean {
  const key = foldName(channel)
  return grant?.channels === undefined || grant.channels.some((name) => foldName(name) === key)
}
