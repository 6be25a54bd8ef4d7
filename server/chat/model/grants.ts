import { fail } from './failures.ts'
import type { Grant, TokenNeed } from './grant.ts'
import { foldName } from './names.ts'
import type { Account, Listener } from './people.ts'

/** Whether a connection with this grant hears a channel; without a grant it hears all of its person's. */
export function hears(grant: Grant | undefined, channel: string): boolean {
  return grant?.scope !== 'write' && isFor(grant, channel)
}

/**
 * Whether a connection with this grant hears less than its person would. Such a connection makes nobody online: direct
 * messages wait, and nothing counts as shown.
 */
export function isQuiet(grant: Grant | undefined): boolean {
  return grant !== undefined && (grant.scope === 'write' || grant.channels !== undefined)
}

/**
 * The grant of a connection that comes to say one thing: it may write where the token may, and hears nothing. So nobody is told
 * that it comes and goes. Throws `token-limited` if the token is for reading only.
 */
export function forPosting(grant: Grant): Grant {
  if (grant.scope === 'read') throw fail({ code: 'token-limited', grant, why: 'scope' })
  return { ...grant, scope: 'write' }
}

/** All connections of a person, also those that do not make them online. */
export function connectionsOf(person: {
  readonly listeners: ReadonlySet<Listener>
  readonly quiet?: ReadonlySet<Listener>
}): Listener[] {
  return [...person.listeners, ...(person.quiet ?? [])]
}

/**
 * Throws `token-limited` if the grant does not allow something. `places` are the channels and people that it concerns;
 * undefined if it concerns more than those: then a token for some channels does not allow it.
 */
export function checkGrant(
  grant: Grant,
  account: Account,
  need: TokenNeed,
  places: readonly string[] | undefined,
): void {
  if (need === 'none') throw fail({ code: 'token-limited', grant, why: 'password' })
  // Many commands do more for operators, which is not for scripts: so an operator's token only reads and writes.
  if (need === 'all' && account.operator) throw fail({ code: 'token-limited', grant, why: 'operator' })
  const enough = need === 'any' || grant.scope === 'all' || grant.scope === need
  const everywhere = grant.channels === undefined || need === 'any'
  const there = places === undefined ? everywhere : places.every((place) => isFor(grant, place))
  if (!enough || !there) throw fail({ code: 'token-limited', grant, why: 'scope' })
}

/** A channel was renamed: the grant still includes it. */
export function renameIn(grant: Grant, from: string, to: string): void {
  if (grant.channels === undefined || !isFor(grant, from)) return
  const named = grant.channels.map((name) => (foldName(name) === foldName(from) ? to : name))
  Object.assign(grant, { channels: named })
}

/** Whether a connection with this grant, or with none, may know that a channel exists. */
export function isFor(grant: Grant | undefined, channel: string): boolean {
  const key = foldName(channel)
  return grant?.channels === undefined || grant.channels.some((name) => foldName(name) === key)
}
