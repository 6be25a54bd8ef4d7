import { announcedIn } from '../../chat/files/file.ts'
import type { Message } from '../../chat/model/events.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { messageLine } from './events.ts'
import { plural } from './layout.ts'
import type { Screen } from './screen.ts'

/** An earlier message: its date marks it as history. */
export function historyLine(message: Message, { times }: Screen, reader?: string, numbers = false): string {
  const when = times.dateTime(message.at)
  return messageLine(
    message,
    numbers ? `${message.id} ${when}` : when,
    reader !== undefined && message.from === reader,
  )
}

/** How to get files that messages announce. The commands stand here because people could forge them in a message. */
export function fileHint(messages: readonly Message[]): string[] {
  return messages.some((message) => announcedIn(message) !== undefined)
    ? ['* /fileget NUMBER gets a file, /files lists them.']
    : []
}

export function messagesLines(reply: Reply & { code: 'messages' }, screen: Screen): string[] {
  const { messages, numbers, reader } = reply
  return [
    ...messages.map((message) => historyLine(message, screen, reader, numbers)),
    ...fileHint(messages),
    `* ${summary(reply)}`,
  ]
}

/** The last line of a list: what was shown, and how to see more. */
function summary(reply: Reply & { code: 'messages' }): string {
  const { asked, list, messages, more, next, numbers, of, unreadFrom } = reply
  const { length } = messages
  if (reply.after !== undefined) return summaryAfter(reply, reply.after)
  const found = plural(length, 'message')
  const how = numbers ? ' numbers' : ''
  const cursor = next === undefined ? '' : 'after' in next ? `after ${next.after}` : `before ${next.before}`
  const older = (command: string) => (cursor === '' ? '' : ` Older ones: ${command} ${cursor}${how}`)
  switch (list) {
    case 'history': {
      const [where, whom] = of?.startsWith('#')
        ? [`in ${of}`, `of ${of}`]
        : [`with ${of}`, `between you and ${of}`]
      if (length > 0) return `${found} ${whom}.${older(`/history ${of} ${length}`)}`
      return more ? `${blockedOnly(whom)}.${older(`/history ${of}`)}` : `Nothing was said ${where} yet.`
    }
    case 'search':
      return `${found} found.${older(`/search ${of}`)}`
    case 'notices':
      return `${length === 0 && !more ? 'There are no notices' : plural(length, 'notice')}.${older('/notices')}`
    case 'mentions':
      if (length === 0)
        return more
          ? `${blockedOnly('that name you')}.${older('/mentions')}`
          : `Nobody has named you as @you${asked === undefined ? '' : ` ${asked}`}.`
      return `You were named in ${found}.${older('/mentions')}`
    case 'inbox':
      if (unreadFrom !== undefined && !(next && 'before' in next))
        return `${found} waited for you${more ? `; /inbox${cursor && ` ${cursor}`}${how} shows the next ones` : ''}.`
      if (next && 'after' in next) return `${found}. Newer ones: /inbox ${cursor}${how}`
      if (asked !== undefined && !more && length === 0) return `There is nothing ${asked}.`
      if (asked !== undefined && length > 0)
        return `${found} ${asked}.${older('/inbox') || (asked.startsWith('after') ? ' There are no newer ones.' : '')}`
      if (length === 0) return more ? `${blockedOnly('to you')}.${older('/inbox')}` : 'Your inbox is empty.'
      return `No new messages; ${length === 1 ? 'that is the last one' : `these are the last ${length}`}.${older('/inbox')}`
    default:
      return list satisfies never
  }
}

/** The same for the messages after a number, which are listed in their order. */
function summaryAfter(reply: Reply & { code: 'messages' }, after: number): string {
  const { list, messages, more, next, numbers, of } = reply
  const { length } = messages
  const asked = of === undefined ? '' : ` ${of}`
  const lines = list === 'history' && length > 0 ? ` ${length}` : ''
  const on = next && 'after' in next ? next.after : after
  const newer = more
    ? `Newer ones: /${list}${asked}${lines} after ${on}${numbers ? ' numbers' : ''}`
    : 'There are no newer ones.'
  if (length === 0)
    return more
      ? `The next messages are from people whom you have blocked. ${newer}`
      : `There is nothing after ${after} yet.`
  return `${foundText(reply)} after ${after}. ${newer}`
}

function foundText({ list, messages, of = '' }: Reply & { code: 'messages' }): string {
  const found = plural(messages.length, 'message')
  switch (list) {
    case 'history':
      return `${found} ${of.startsWith('#') ? `of ${of}` : `between you and ${of}`}`
    case 'search':
      return `${found} found`
    case 'notices':
      return plural(messages.length, 'notice')
    case 'mentions':
      return `You were named in ${found}`
    case 'inbox':
      return found
    default:
      return list satisfies never
  }
}

/** For an empty list: one answer looks at a limited number of messages only. */
function blockedOnly(which: string): string {
  return `The last messages ${which} are from people whom you have blocked`
}
