import { spaceText } from '../../chat/machine/free-space.ts'
import type { ChatEvent, Message, Status } from '../../chat/model/events.ts'
import { isOwnReason } from '../../chat/model/parting.ts'
import { quoted } from '../../lib/quoted.ts'
import type { ZoneFormat } from '../../lib/zones.ts'
import type { Place } from '../paste.ts'
import { fileLines, uploadLines } from './files.ts'
import { spanText } from './stats.ts'

/** The beginning of each row of a message after the first. */
const rowMark = '| '

/** A message, with LF between its rows; `when` is the time as it is shown. `own`: a direct message, shown to its sender. */
export function messageLine(message: Message, when: string, own: boolean): string {
  const { kind, from, channel, to } = message
  const text = rowsText(message.edited === undefined ? message.text : `${message.text} (edited)`)
  if (kind === 'notice') return `[${when}] NOTICE <${from}> ${text}`
  if (channel !== undefined)
    return kind === 'action'
      ? `[${when}] ${channel} * ${from} ${text}`
      : `[${when}] ${channel} <${from}> ${text}`
  const who = own ? `*${from} -> ${to}*` : `*${from}*`
  return kind === 'action' ? `[${when}] ${who} * ${from} ${text}` : `[${when}] ${who} ${text}`
}

/** The text of a message. Its further rows are marked, so that none of them looks like a line of the server. */
export function rowsText(text: string): string {
  return text.includes('\n') ? text.replaceAll('\n', `\n${rowMark}`) : text
}

/** All events except messages, as lines of information. */
export function eventLines(
  event: Exclude<ChatEvent, { type: 'message' | 'edited' }>,
  times: ZoneFormat,
  place: Place,
): string[] {
  // A person at a terminal sees the messages themselves.
  if (event.type === 'read' || event.type === 'typing') return []
  if (event.type === 'file') return fileLines(event, place)
  if (event.type === 'upload') return uploadLines(event, place)
  return [eventLine(event, times)]
}

function eventLine(
  event: Exclude<ChatEvent, { type: 'message' | 'edited' | 'file' | 'upload' | 'read' | 'typing' }>,
  times: ZoneFormat,
): string {
  switch (event.type) {
    case 'joined':
      return event.you
        ? `* You joined ${event.channel} on another connection`
        : `* ${event.user} joined ${event.channel}`
    case 'left':
      return event.you
        ? `* You left ${event.channel} on another connection. ${wordsText(event)}`
        : `* ${event.user} left ${event.channel}${event.reason ? ` (${partingText(event.reason)})` : ''}`
    case 'presence':
      return `* ${event.user} ${presenceText(event.status, event.note)}`
    case 'mention':
      return `* ${event.by} named you in ${event.channel}`
    case 'renamed':
      return event.you
        ? `* An operator has renamed you: you are now ${event.name}, and no longer ${event.user}. Log in as ${event.name} from now on.`
        : `* ${event.user} is now ${event.name}`
    case 'channel':
      if (event.name !== undefined) return `* ${event.by} renamed ${event.channel}: it is ${event.name} now`
      return event.private
        ? `* ${event.by} made ${event.channel} private: only its members see it now`
        : `* ${event.by} made ${event.channel} public: everybody who joins can read what was said there`
    case 'topic':
      return event.topic === ''
        ? `* ${event.by} removed the topic of ${event.channel}`
        : `* ${event.by} set the topic of ${event.channel}: ${quoted(event.topic)}`
    case 'admin':
      return `* ${event.you ? 'You are' : `${event.user} is`} now admin of ${event.channel}`
    case 'role':
      return event.role === 'moderator'
        ? `* ${event.by} made ${whom(event)} a moderator of ${event.channel}`
        : `* ${event.by} made ${whom(event)} a plain member of ${event.channel}`
    case 'operator': {
      const by = event.by ?? 'Somebody at the command line of this server'
      return event.on
        ? `* ${by} made you an operator of this server: /help operator`
        : `* ${by} made you a plain member of this server again`
    }
    case 'removed':
      return `* ${event.by} ${event.banned ? 'banned' : 'removed'} ${whom(event)} from ${event.channel}${untilText(event, times)}${event.reason ? ` (${quoted(event.reason)})` : ''}${event.you ? `. ${wordsText(event)}` : ''}`
    case 'muted':
      return `* ${event.by} muted ${whom(event)} in ${event.channel}${untilText(event, times)}${event.reason ? ` (${quoted(event.reason)})` : ''}${event.you ? ': you may read, but not speak there.' : ''}`
    case 'deleted':
      return `* ${event.by === event.from ? `${event.by} took back what they said` : `${event.by} deleted what ${event.from} said`} at ${times.dateTime(event.at)}${event.channel ? ` in ${event.channel}` : ''}`
    case 'unmuted':
      if (event.by === undefined)
        return `* ${event.you ? 'You' : event.user} may speak in ${event.channel} again`
      return `* ${event.by} lets ${whom(event)} speak in ${event.channel} again`
    case 'invited':
      return `* ${event.by} invites you into ${event.channel}: /accept ${event.request} or /reject ${event.request}`
    case 'answered':
      return `* ${event.user} ${event.answer} your invitation into ${event.channel}`
    case 'withdrawn':
      return `* The invitation into ${event.channel} (${event.request}) is withdrawn`
    case 'chosen':
      return `* ${event.by} would like a private talk with you: /chat ${event.by} begins it`
    case 'unchosen':
      return `* ${event.by} does not wait for a private talk with you any more`
    case 'paired':
      return `* ${event.with} accepted: you are allowed to chat now. After Enter, what you type goes only to ${event.with}. /end or @end ends it`
    case 'unpaired':
      return `* The private talk with ${event.with} has ended${event.reason ? `: ${event.reason}` : ''}. ${nowhereText(event.back)}`
    case 'login':
      return `* Your account logged in from a new address, ${event.address}, at ${times.time(event.at)}. ${notYou}`
    case 'clock':
      return event.jumped
        ? `* The server's clock seems to be ${spanText(event.aheadSeconds)} fast, so nothing is removed for its age. Correct it; if it is right: partyline prune --clock-is-right`
        : '* The clock is right again: old data is removed as usual.'
    case 'disk':
      return `* ${spaceText(event)}`
    case 'closing':
      return `* This connection is closed: ${event.reason}.`
    default:
      return event satisfies never
  }
}

/** What to do if somebody else has logged in. */
export const notYou = 'Not you? /passwd changes the password and ends your other connections.'

export function whereToText(target: string): string {
  return `What you type goes to ${target}.`
}

function nowhereText(back: string | undefined): string {
  return `What you type goes nowhere now: /switch ${back === undefined ? 'TARGET chooses where' : `${back} to go on there`}.`
}

/** Where words go now, for a person who is no longer in a channel. */
function wordsText({ target, back }: { target?: string; back?: string }): string {
  return target === undefined ? nowhereText(back) : whereToText(target)
}

function whom({ user, you }: { user: string; you?: true }): string {
  return you ? 'you' : user
}

/** Why somebody has left; their own words are in quotes. */
function partingText(reason: string): string {
  return isOwnReason(reason) ? reason : quoted(reason)
}

function presenceText(status: Status, note: string | undefined): string {
  switch (status) {
    case 'online':
      return 'is online'
    case 'away':
      return note ? `is away: ${quoted(note)}` : 'is away'
    case 'offline':
      return note ? `went offline: ${partingText(note)}` : 'went offline'
    default:
      return status satisfies never
  }
}

/** When a new ban or mute ends, if it has an end. */
function untilText({ at, until }: { at?: number; until?: number }, times: ZoneFormat): string {
  return until === undefined ? '' : ` until ${times.until(until, at ?? 0)}`
}
