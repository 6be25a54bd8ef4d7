import type { Grant } from '../../chat/model/grant.ts'
import type { BrowserRow, TokenRow } from '../../chat/model/replies/accounts.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { grantText } from '../grant-text.ts'

/** A login token, or a browser that stays logged in, as a row of a table. */
export function tokenCells(row: TokenRow | BrowserRow, { times }: { readonly times: ZoneFormat }): string[] {
  const { address, lastUsed, name, since } = row
  const from = address === undefined ? '' : ` from ${address}`
  const used = lastUsed === undefined ? 'never used' : `last used ${times.dateTime(lastUsed)}${from}`
  if (row.scope === 'browser')
    return [
      name,
      `since ${times.date(since)}`,
      `${row.agent ?? 'a browser'}${row.here ? ', this one' : ''}; ${used}`,
    ]
  return [name, `since ${times.date(since)}`, `can ${grantText(row)}; ${used}`]
}

/** What a script may do, for its login; nothing if the token is not limited. */
export function grantLines(grant: Grant | undefined): string[] {
  if (!grant || (grant.scope === 'all' && !grant.channels)) return []
  return [`* This is the token ${grant.token}: it can ${grantText(grant)}.`]
}
