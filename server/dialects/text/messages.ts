import type { Message } from '../../chat/events.ts'
import type { Reply } from '../../chat/replies.ts'
import { messageLine } from './events.ts'
import { plural } from './layout.ts'
import type { Screen } from './screen.ts'

/** Something said earlier: with its date, which marks it as history. */
export function historyLine(message: Message, { times }: Screen, reader?: string, numbers = false): string {
  const when = times.dateTime(message.at)
  return messageLine(
    message,
    numbers ? `${message.id} ${when}` : when,
    reader !== undefined && message.from === reader,
  )
}

export function messagesLines(reply: Reply & { code: 'messages' }, screen: Screen): string[] {
  const { list, of, messages, more, numbers, unreadFrom, reader } = reply
  const lines = messages.map((message) => historyLine(message, screen, reader, numbers))
  const found = plural(messages.length, 'message')
  switch (list) {
    case 'history': {
      const inChannel = of?.startsWith('#') ?? false
      if (messages.length === 0) return [`* Nothing was said ${inChannel ? 'in' : 'with'} ${of} yet.`]
      const older = more ? ` Older ones: /history ${of} ${messages.length} before ${messages[0]?.id}` : ''
      return [...lines, `* ${found} ${inChannel ? `of ${of}` : `between you and ${of}`}.${older}`]
    }
    case 'search':
      return [
        ...lines,
        `* ${found} found.${more ? ` Older ones: /search ${of} before ${messages[0]?.id}` : ''}`,
      ]
    case 'notices':
      return [
        ...lines,
        messages.length === 0 ? '* There are no notices.' : `* ${plural(messages.length, 'notice')}.`,
      ]
    case 'mentions':
      return [
        ...lines,
        messages.length === 0 ? '* Nobody has named you as @you.' : `* You were named in ${found}.`,
      ]
    case 'inbox':
      if (unreadFrom !== undefined)
        return [...lines, `* ${found} waited for you${more ? '; /inbox shows the next ones' : ''}.`]
      return [
        ...lines,
        messages.length === 0
          ? '* Your inbox is empty.'
          : `* No new messages; ${messages.length === 1 ? 'that is the last one' : `these are the last ${messages.length}`}.`,
      ]
    default:
      return list satisfies never
  }
}
