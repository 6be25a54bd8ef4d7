import { quoted } from '../../lib/quoted.ts'
import { messageLine, rowsText, whereToText } from './events.ts'
import { plural } from './layout.ts'
import { messagesLines } from './messages.ts'
import type { ReplyLines } from './reply-lines.ts'
import { readText, unreadLines } from './unread.ts'

/** Messages, new and earlier ones, and private talks. */
export const talkReplies = {
  said: (reply) => {
    // Most of what is said has no answer.
    if (!reply.to && !reply.lines && !reply.waits && !reply.absent && !reply.away) return []
    return [
      ...(reply.to === undefined ? [] : [`* That went to ${reply.to}.`]),
      ...(reply.lines === undefined ? [] : [`* Said, as one message of ${plural(reply.lines, 'line')}.`]),
      ...(reply.waits === undefined ? [] : [`* ${reply.waits} is offline; the message waits.`]),
      ...(reply.absent?.names ?? []).map(
        (name) =>
          `* ${name} is not in ${reply.absent?.channel}, and does not read that. /msg ${name} writes to them.`,
      ),
      ...(reply.away === undefined
        ? []
        : [`* ${reply.away.name} is away${reply.away.note ? `: ${quoted(reply.away.note)}` : ''}`]),
    ]
  },
  'typing-heard': () => ['* Only programs are told who types.'],
  typing: ({ of }) => [
    `* You are typing: programs that show it are told so, ${of.startsWith('#') ? 'in' : 'of'} ${of}.`,
  ],
  'message-deleted': (reply, screen) => [
    '* Deleted:',
    messageLine(reply.message, screen.times.dateTime(reply.message.at), false),
    '* It is gone from history and search; people who were here may have read it.',
  ],
  'message-edited': (reply, screen) => [
    messageLine(reply.message, screen.times.time(reply.message.at), false),
    `* It said before: "${rowsText(reply.was)}"`,
    `* ${reply.message.to ?? 'Everybody'} sees the new text now.`,
  ],
  messages: messagesLines,
  unread: unreadLines,
  read: (reply) => [`* ${readText(reply)}`],
  'chat-list': (reply) => [
    ...reply.names.map((name, index) => `- ${index + 1}  ${name}`),
    reply.names.length === 0
      ? '* Nobody else is online.'
      : '* /chat NUMBER or /chat NAME asks somebody; the talk begins when they accept.',
  ],
  'chat-waiting': (reply) => [
    `* ${reply.with} is asked. The talk begins when ${reply.with} accepts; /end stops waiting.${reply.target ? ` Until then, what you type goes to ${reply.target}.` : ''}`,
  ],
  paired: (reply) => [`* You are allowed to chat now with ${reply.with}. /end or @end ends it.`],
  unpaired: (reply) => [
    reply.begun
      ? `* The private talk with ${reply.with} has ended.${reply.target ? ` ${whereToText(reply.target)}` : ''}`
      : `* You do not wait for ${reply.with} any more.`,
  ],
} satisfies Partial<ReplyLines>
