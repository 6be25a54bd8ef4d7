import type { ChatEvent, Message } from '../../chat/events.ts'
import type { Status } from '../../chat/people.ts'

/** Something said; `when` is the time as it is shown. `own`: a direct message seen by its sender. */
export function messageLine(message: Message, when: string, own: boolean): string {
  const { kind, text, from, channel, to } = message
  if (kind === 'notice') return `[${when}] NOTICE <${from}> ${text}`
  if (channel !== undefined)
    return kind === 'action'
      ? `[${when}] ${channel} * ${from} ${text}`
      : `[${when}] ${channel} <${from}> ${text}`
  const who = own ? `*${from} -> ${to}*` : `*${from}*`
  return kind === 'action' ? `[${when}] ${who} * ${from} ${text}` : `[${when}] ${who} ${text}`
}

/** Everything that happens but messages, as a line of information. */
export function eventLine(event: Exclude<ChatEvent, { type: 'message' }>): string {
  switch (event.type) {
    case 'joined':
      return `* ${event.user} joined ${event.channel}`
    case 'left':
      return `* ${event.user} left ${event.channel}${event.reason ? ` (${event.reason})` : ''}`
    case 'presence':
      return `* ${event.user} ${presenceText(event.status, event.note)}`
    case 'renamed':
      return `* ${event.user} is now ${event.name}`
    case 'topic':
      return event.topic === ''
        ? `* ${event.by} removed the topic of ${event.channel}`
        : `* ${event.by} set the topic of ${event.channel}: ${event.topic}`
    case 'admin':
      return `* ${event.user} is now admin of ${event.channel}`
    case 'closing':
      return `* This connection is closed: ${event.reason}.`
    default:
      return event satisfies never
  }
}

function presenceText(status: Status, note: string | undefined): string {
  switch (status) {
    case 'online':
      return 'is online'
    case 'away':
      return note ? `is away: ${note}` : 'is away'
    case 'offline':
      return note ? `went offline: ${note}` : 'went offline'
    default:
      return status satisfies never
  }
}
