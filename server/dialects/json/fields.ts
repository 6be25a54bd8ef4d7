import type { FileData, Message } from '../../chat/model/events.ts'
import type { IncidentReport } from '../../chat/model/incidents.ts'
import type { BrowserRow, TokenRow } from '../../chat/model/replies/accounts.ts'
import type { RequestRow } from '../../chat/model/replies/channels.ts'
import type { ServerStats } from '../../chat/model/stats.ts'
import { isoTime as iso } from '../../lib/times.ts'

/** A time that need not be there: ISO 8601, or nothing. */
export function isoIf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : iso(at)
}

/** A file, as programs read it; one that is kept for ever has no `expires`. */
export function fileFields(file: FileData): object {
  const { at, expires } = file
  return { ...file, at: iso(at), expires: expires === 0 ? undefined : iso(expires) }
}

/** A message, as programs read it everywhere. */
export function messageFields({ id, at, edited, from, bot, kind, text, channel, to, file }: Message): object {
  return {
    ...{ id, at: iso(at), edited: isoIf(edited), from, bot, kind, text, channel, to },
    file: file && { ...file, expires: file.expires === 0 ? undefined : iso(file.expires) },
  }
}

/** An invitation into a channel. */
export function requestFields(row: RequestRow): object {
  return { ...row, at: iso(row.at) }
}

/** How the server does. */
export function statsFields({ startedAt, ...stats }: ServerStats): object {
  return { ...stats, startedAt: iso(startedAt) }
}

/** A login token or a browser that stays logged in, without the secret. */
export function tokenFields(row: TokenRow | BrowserRow): object {
  return { ...row, since: iso(row.since), lastUsed: isoIf(row.lastUsed) }
}

/** What an operator should know of since the last time. */
export function incidentFields({
  since,
  failedLogins,
  bans,
  errors,
  warnings,
  disk,
  certificates,
}: IncidentReport): object {
  return {
    since: iso(since),
    failedLogins: failedLogins && {
      count: failedLogins.names.count,
      more: failedLogins.names.more,
      names: failedLogins.names.most,
      addresses: failedLogins.addresses.most,
    },
    bans: bans.map((ban) => ({ ...ban, at: iso(ban.at) })),
    errors,
    warnings,
    disk,
    certificates: certificates.map(({ file, until }) => ({ file, until: iso(until) })),
  }
}
