import type { Room } from '../../chat/model/replies/channels.ts'
import type { News } from '../../chat/model/replies/welcome.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { quoted } from '../../lib/quoted.ts'
import { resumeText } from '../resume-text.ts'
import { notYou, whereToText } from './events.ts'
import { incidentLines } from './incidents.ts'
import { counted, plural } from './layout.ts'
import { fileHint, historyLine } from './messages.ts'
import type { ReplyLines } from './reply-lines.ts'
import type { Screen } from './screen.ts'
import { grantLines } from './tokens.ts'

/** What a person reads after coming in. */
export const welcomeReplies = {
  welcome: welcomeLines,
  'welcome-guest': (reply, screen) => [
    `* You are ${reply.name}, a guest. /signup makes an account of it.`,
    ...reply.rooms.flatMap((room) => roomLines(room, screen)),
    `${whereTo(reply.target)} /help lists the commands.`,
  ],
} satisfies Partial<ReplyLines>

function welcomeLines(reply: Reply & { code: 'welcome' }, screen: Screen): string[] {
  const { grant, profile, recoveryCode, lastSeen, rooms, talk, waiting, target } = reply
  const { count } = waiting.count
  return [
    recoveryCode === undefined
      ? `* Welcome back, ${profile.name} (#${profile.id}).${lastSeen === undefined || lastSeen === profile.since ? '' : ` You were last here ${screen.times.dateTime(lastSeen)}.`}`
      : `* Welcome, ${profile.name}. Your number is #${profile.id}; you can log in by either.`,
    ...(recoveryCode === undefined
      ? []
      : [
          `* Your recovery code is ${recoveryCode} - write it down:`,
          '* it is shown only now, and /recover needs it if you forget your password.',
        ]),
    ...(profile.operator
      ? ['* You are an operator of this server: /help operator lists what only you can do.']
      : []),
    ...rooms.flatMap((room) => roomLines(room, screen)),
    ...(count === 0
      ? waiting.count.more
        ? ['* Direct messages may be unread: /inbox shows them.']
        : []
      : waiting.messages.length === 0
        ? [
            `* ${counted(waiting.count, 'direct message')} ${count === 1 && !waiting.count.more ? 'is' : 'are'} unread: /inbox shows ${count === 1 && !waiting.count.more ? 'it' : 'them'}.`,
          ]
        : [
            `* ${plural(count, 'unread direct message')}:`,
            ...waiting.messages.map((message) => historyLine(message, screen, profile.name)),
            ...fileHint(waiting.messages),
          ]),
    ...newsLines(reply.news, screen),
    ...(reply.unread?.length ? ['* Older lines are still unread: /unread lists them.'] : []),
    ...(reply.incidents ? incidentLines(reply.incidents, screen) : []),
    ...(reply.hold ? ['* /hold is on: what arrives is kept until you press Enter. /hold off ends it.'] : []),
    ...grantLines(grant),
    ...(grant?.scope === 'read'
      ? []
      : [
          `${talk ? brokenOff(talk) : whereTo(target)}${recoveryCode === undefined ? '' : ' /help lists the commands.'}`,
        ]),
  ]
}

export function roomLines(
  { channel, topic, members, messages, quiet, unread }: Room,
  screen: Screen,
): string[] {
  const head = `* ${channel}: ${plural(members, 'member')}${quiet ? `, quiet (${quiet})` : ''}${topic ? `. Topic: ${quoted(topic)}` : ''}`
  const lines = [...messages.map((message) => historyLine(message, screen)), ...fileHint(messages)]
  if (!unread) return lines.length === 0 ? [head] : [head, '* What was said last:', ...lines]
  const shown = messages.length
  // Where only the newest thousand were looked at, and none of them counts, the lines that are shown are older than those.
  const missed = { ...unread, count: Math.max(unread.count, shown) }
  if (missed.count === 0)
    return unread.more ? [head, `* You may have missed lines of ${channel}: /unread lists them.`] : [head]
  const hidden = missed.more || missed.count > shown
  const most = Math.min(missed.count, 500)
  if (shown === 0)
    return [
      head,
      `* You missed ${counted(missed, 'line')}: /history ${channel} ${most} shows ${most === 1 ? 'it' : 'them'}.`,
    ]
  return [
    head,
    `* You missed ${counted(missed, 'line')}${hidden ? `, these are the last ${shown}; /history ${channel} ${most} shows more` : ''}:`,
    ...lines,
  ]
}

/** The other news since the last login, in few lines. */
function newsLines(
  { mentions, notices, moreNotices, requests, moreRequests, answers, logins }: News,
  screen: Screen,
): string[] {
  return [
    ...(mentions.count > 0
      ? [
          `* You were named in ${counted(mentions, 'message')}: /mentions shows ${mentions.count === 1 && !mentions.more ? 'it' : 'them'}.`,
        ]
      : []),
    ...(notices.length > 0
      ? [
          moreNotices
            ? `* These are the last of more new notices; /notices before ${notices[0]?.id} shows older ones:`
            : `* ${plural(notices.length, 'new notice')}:`,
          ...notices.map((notice) => historyLine(notice, screen)),
        ]
      : []),
    ...answers.map(({ user, answer, channel }) => `* ${user} ${answer} your invitation into ${channel}.`),
    ...requests.map(
      ({ by, channel, request }) =>
        `* ${by} invites you into ${channel}: /accept ${request} or /reject ${request}`,
    ),
    ...(moreRequests > 0 ? [`* ${plural(moreRequests, 'more invitation')} wait: /requests lists them.`] : []),
    ...(logins.length > 0
      ? [
          `* Your account logged in from ${logins.length === 1 ? 'a new address' : 'new addresses'}: ${logins.map(({ address, at }) => `${address} (${screen.times.dateTime(at)})`).join(', ')}. ${notYou}`,
        ]
      : []),
  ]
}

/** For a person whose connection was lost in a private talk: their words go nowhere, because they may still be for that talk. */
function brokenOff(talk: { with: string | undefined; back?: string | undefined }): string {
  if (talk.with === undefined)
    return `* You were in a private talk. What you type goes nowhere now: /switch ${talk.back ?? 'TARGET'} to go on there.`
  return `* You were in a private talk with ${talk.with}. What you type goes nowhere now: ${resumeText(talk.with, talk.back)}`
}

export function whereTo(target: string | undefined): string {
  return target === undefined
    ? '* /channels lists the channels, /join #NAME enters one.'
    : `* ${whereToText(target)}`
}
