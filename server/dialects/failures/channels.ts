import type { Problem, RestraintTerms } from '../../chat/model/failures.ts'
import type { WaysIn } from '../../chat/model/ways-in.ts'
import { quoted } from '../../lib/quoted.ts'
import { isoTime } from '../../lib/times.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import type { FailureTexts } from './failure-texts.ts'
import { accountText, allWays, invitedText } from './ways-in.ts'

/** Channels: coming in, speaking there, and who is kept out. */
export const channelFailures = {
  'no-such-channel'(problem) {
    if (problem.request !== undefined) return invitedText(problem.channel, problem.request)
    return problem.mayCreate
      ? `There is no channel ${problem.channel}. Make it with /create ${problem.channel}.`
      : `There is no channel ${problem.channel}. /channels lists them.`
  },
  'not-a-member'(problem, times) {
    if (problem.ban) return bannedText(problem.channel, problem.ban, problem.ways, times)
    return problem.name === undefined
      ? `You are not in ${problem.channel}. /join ${problem.channel} first.`
      : `${problem.name} is not in ${problem.channel}.`
  },
  'already-a-member': (problem) => `${problem.name} is in ${problem.channel} already.`,
  'invite-only': (problem) => `${problem.channel} is private: somebody in it has to invite you.`,
  banned: (problem, times) =>
    problem.name === undefined
      ? bannedText(problem.channel, problem.ban, problem.ways, times)
      : `${problem.name} is banned from ${problem.channel}. /unban ${problem.channel} ${problem.name} first.`,
  muted: mutedText,
  'ends-channel': (problem) =>
    `Nobody else is in ${problem.channel}: all that was said there, and its files, would be gone for good. Repeat the line within a minute to do it anyway.`,
  'no-such-request': (problem) => `You have no request ${problem.request} to answer. /requests lists them.`,
  'no-such-ban': (problem) => `There is no such ban or mute of ${problem.name}.`,
} satisfies Partial<FailureTexts>

function bannedText(
  channel: string,
  ban: RestraintTerms | undefined,
  ways: WaysIn | undefined,
  times: ZoneFormat | undefined,
): string {
  const why = whyText(ban, times)
  if (ban?.guests) return `${channel} is closed to guests${why}. ${accountText(ways ?? allWays)}`
  return `You are banned from ${channel}${why}. Only those who lead it can let you in ${ban?.until === undefined ? 'again' : 'before'}.`
}

function mutedText(
  { channel, mute, nick, reason, ways }: Extract<Problem, { code: 'muted' }>,
  times: ZoneFormat | undefined,
): string {
  const why = whyText(mute, times)
  if (mute?.guests)
    return `Guests may read ${channel}, but not speak there${why}. ${accountText(ways ?? allWays)}`
  if (reason)
    return `You may not speak in ${channel}${why}, and people there would read your reason. Do it without a reason.`
  if (nick)
    return `You cannot change your nick while you may not speak in ${channel}${why}. Ask its admin, or /leave ${channel}.`
  return `You may read ${channel}, but not speak there${why}.${mute?.until === undefined ? ' Ask its admin.' : ''}`
}

/** The end and the reason of a ban or mute, if there are any. */
function whyText(told: RestraintTerms | undefined, times: ZoneFormat | undefined): string {
  if (!told) return ''
  const { now, until, why } = told
  const end = until === undefined ? '' : ` until ${times ? times.until(until, now) : isoTime(until)}`
  return `${end}${why === undefined ? '' : ` (${quoted(why)})`}`
}
