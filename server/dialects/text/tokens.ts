import type { Grant } from '../../chat/model/grant.ts'
import type { TokenRow } from '../../chat/model/replies/accounts.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { grantText } from '../grant-text.ts'

/** A login token as a row of a table. */
export function tokenCells(row: TokenRow, { times }: { readonly times: ZoneFormat }): string[] {
  const { address, lastUsed, name, since } = row
  const from = address === undefined ? '' : ` from ${address}`
  const used = lastUsed === undefined ? 'never used' : `last used ${times.dateTime(lastUsed)}${from}`
  return [name, `since ${times.date(since)}`, `can ${grantText(row)}; ${used}`]
}

/** What a script may do, for its login; nothing if the token is not limited. */
export function grantLines(grant: Grant | undefined): string[] {
  if (!grant || (grant.scope === 'all' && !grant.channels)) return []
  return [`* This is the token ${grant.token}: it can ${grantText(grant)}.`]
}
