import type { Grant } from '../../chat/model/grant.ts'
import type { BrowserRow, ConnectionRow, TokenRow } from '../../chat/model/replies/accounts.ts'
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

/** A connection of one's own as a row of a table. */
export function connectionCells(
  { address, agent, browser, dialect, here, lastActive, number, secure, since, token }: ConnectionRow,
  now: number,
  { times }: { readonly times: ZoneFormat },
): string[] {
  const browsing = browser && `${agent ?? 'a browser'} (${browser})`
  const what = token === undefined ? (browsing ?? dialect) : `${dialect}, by the token ${token}`
  const minutes = Math.floor((now - lastActive) / 60_000)
  const idle = minutes < 1 ? 'active now' : `idle for ${spanText(minutes)}`
  return [
    String(number),
    `since ${times.dateTime(since)}`,
    `${what}${address === undefined ? '' : ` from ${address}`}${secure ? '' : ', not encrypted'}; ${here ? 'this one' : idle}`,
  ]
}

function spanText(minutes: number): string {
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

/** What a script may do, for its login; nothing if the token is not limited. */
export function grantLines(grant: Grant | undefined): string[] {
  if (!grant || (grant.scope === 'all' && !grant.channels)) return []
  return [`* This is the token ${grant.token}: it can ${grantText(grant)}.`]
}
