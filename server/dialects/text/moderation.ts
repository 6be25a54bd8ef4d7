import type { RestraintRow } from '../../chat/model/replies/moderation.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import { plural, table } from './layout.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'

/** Bans, mutes and ranks in a channel. */
export const moderationReplies = {
  moderated: (reply, screen) => [`* ${moderatedText(reply, screen)}`],
  mutes: (reply, screen) => [
    ...table(
      reply.mutes.map((row) => restraintRow(row, 'until /unmute', screen)),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.mutes.length, 'mute', 'mutes')} in ${reply.channel}.`,
  ],
  bans: (reply, screen) => [
    ...table(
      reply.bans.map((row) => restraintRow(row, 'until /unban', screen)),
      screen.width,
    ),
    `* ${plural(reply.paged?.total ?? reply.bans.length, 'ban', 'bans')} in ${reply.channel}.`,
  ],
} satisfies Partial<ReplyLines>

/** A row of the list of bans or mutes. */
function restraintRow({ name, until, why }: RestraintRow, without: string, { times }: Screen): string[] {
  const who = name === 'guests' ? 'guests (all of them)' : name
  return [
    who,
    until === undefined ? without : `until ${times.moment(until)}`,
    why === undefined ? '' : quoted(why),
  ]
}

/** The ban of a guest also concerns other guests: the text says so. */
function bannedText(
  { channel, guests, name, now, until, why }: Reply & { code: 'moderated' },
  times: ZoneFormat,
) {
  const end = until === undefined ? '' : ` until ${times.until(until, now ?? 0)}`
  const reason = why === undefined ? '' : ` (${quoted(why)})`
  if (guests === 'all')
    return `${channel} is for members only${end}${reason}. /unban ${channel} guests lets guests in again.`
  if (guests === 'address')
    return `${name} is banned from ${channel}${end}${reason}. So are all guests from the same address, and for an hour new accounts that are made there. Other accounts can come in. /unban ${channel} ${name} ends it, and /ban ${channel} guests keeps all guests out.`
  return `${name} is banned from ${channel}${end}${reason}. /unban ${channel} ${name} ends it.`
}

function mutedText(
  { channel, guests, name, now, until, why }: Reply & { code: 'moderated' },
  times: ZoneFormat,
) {
  const end = until === undefined ? '' : ` until ${times.until(until, now ?? 0)}`
  const reason = why === undefined ? '' : ` (${quoted(why)})`
  if (guests === 'all')
    return `Guests cannot speak in ${channel}${end}${reason}. /unmute ${channel} guests ends it.`
  const others = guests === 'address' ? ', nor can other guests from the same address' : ''
  return `${name} cannot speak in ${channel}${end}${reason}${others}. /unmute ${channel} ${name} ends it.`
}

function moderatedText(reply: Reply & { code: 'moderated' }, { times }: Screen): string {
  const { action, channel, former, name } = reply
  switch (action) {
    case 'removed':
      return `${name} is removed from ${channel}.`
    case 'banned':
      return bannedText(reply, times)
    case 'unbanned':
      return name === 'guests'
        ? `Guests may come into ${channel} again.`
        : `${name} may come into ${channel} again.`
    case 'muted':
      return mutedText(reply, times)
    case 'unmuted':
      return `${name === 'guests' ? 'Guests' : name} may speak in ${channel} again.`
    case 'promoted':
      return `${name} is now a moderator of ${channel}.`
    case 'demoted':
      return `${name} is now a plain member of ${channel}.`
    case 'transferred':
      if (former === null) return `${name} is now the admin of ${channel}, which had none.`
      return `${name} is now the admin of ${channel}; ${former === undefined ? 'you are' : `${former} is`} a plain member now.`
    default:
      return action satisfies never
  }
}
