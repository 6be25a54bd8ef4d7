import { announcedIn } from '../../chat/files/file.ts'
import type { Cursor } from '../../chat/model/cursor.ts'
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

export function messagesLines(reply: Messages, screen: Screen): string[] {
  const { messages, numbers, reader } = reply
  return [
    ...messages.map((message) => historyLine(message, screen, reader, numbers)),
    ...fileHint(messages),
    `* ${summary(reply)}`,
  ]
}

type Messages = Reply & { code: 'messages' }

/** What was shown, and how to go on. */
function summary(reply: Messages): string {
  const { asked = {}, list, messages, more, next, numbers } = reply
  if (list === 'inbox' && reply.unreadFrom !== undefined) return unreadText(reply)
  const side = sideText(asked)
  const where = placeText(reply)
  const cursor = next === undefined ? '' : 'after' in next ? `after ${next.after}` : `before ${next.before}`
  if (asked.after !== undefined) {
    const before = asked.before === undefined ? '' : ` before ${asked.before}`
    const goOn = `Newer ones: ${askAgain(reply)} ${cursor}${before}${numbers ? ' numbers' : ''}`
    if (messages.length === 0)
      return more
        ? `The next messages are from people whom you have blocked. ${goOn}`
        : nothingBesideText(reply, side, before === '')
    const end =
      before === '' ? 'There are no newer ones.' : `That is all between ${asked.after} and ${asked.before}.`
    return `${foundText(reply)} ${side}. ${more ? goOn : end}`
  }
  const older =
    more && cursor !== '' ? ` Older ones: ${askAgain(reply)} ${cursor}${numbers ? ' numbers' : ''}` : ''
  if (messages.length === 0 && list !== 'search')
    return more
      ? `The last messages${where} are from people whom you have blocked.${older}`
      : side === ''
        ? `${nothingText(reply)}.`
        : nothingBesideText(reply, side)
  if (list === 'inbox' && side === '')
    return `Nothing is unread; ${messages.length === 1 ? 'that is the last one' : `these are the last ${messages.length}`}.${older}`
  return `${[foundText(reply), ...(side === '' ? [] : [side])].join(' ')}.${older}`
}

/** Of an inbox where something was unread. */
function unreadText({ messages, more, next, numbers }: Messages): string {
  const { length } = messages
  const found = `${plural(length, 'direct message')} ${length === 1 ? 'was' : 'were'} unread`
  if (!more) return `${found}.`
  const cursor = next && 'after' in next ? ` after ${next.after}` : ''
  return `${found}; /inbox${cursor}${numbers ? ' numbers' : ''} shows the next ones.`
}

/** What to type to go on in the same list. */
function askAgain({ list, messages: { length }, of }: Messages): string {
  const lines = list === 'history' && length > 0 ? ` ${length}` : ''
  return `/${list}${of === undefined ? '' : ` ${of}`}${lines}`
}

/** Which numbers were asked for, as words in a sentence. */
function sideText({ after, before }: Cursor): string {
  return [
    ...(after === undefined ? [] : [`after ${after}`]),
    ...(before === undefined ? [] : [`before ${before}`]),
  ].join(' and ')
}

function foundText({ list, messages, of = '' }: Messages): string {
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
      return plural(messages.length, 'direct message')
    default:
      return list satisfies never
  }
}

/** A list that has nothing in it, without a full stop. */
function nothingText({ list, of = '' }: Messages): string {
  switch (list) {
    case 'history':
      return `Nothing was said ${of.startsWith('#') ? `in ${of}` : `with ${of}`} yet`
    case 'search':
      return 'Nothing is found'
    case 'notices':
      return 'There are no notices'
    case 'mentions':
      return 'Nobody has named you as @you'
    case 'inbox':
      return 'Your inbox is empty'
    default:
      return list satisfies never
  }
}

/** A list that has nothing after or before a number; `soFar`: later there may be something. */
function nothingBesideText({ list }: Messages, side: string, soFar = false): string {
  const yet = soFar ? ' yet' : ''
  switch (list) {
    case 'history':
      return `There is nothing ${side}${yet}.`
    case 'search':
      return `0 messages found ${side}.`
    case 'notices':
      return `There is no notice ${side}${yet}.`
    case 'mentions':
      return `Nobody has named you as @you ${side}${yet}.`
    case 'inbox':
      return `No direct message to you is ${side}${yet}.`
    default:
      return list satisfies never
  }
}

/** Which messages a list has, behind "messages". */
function placeText({ list, of = '' }: Messages): string {
  switch (list) {
    case 'history':
      return of.startsWith('#') ? ` of ${of}` : ` between you and ${of}`
    case 'mentions':
      return ' that name you'
    case 'inbox':
      return ' to you'
    case 'notices':
    case 'search':
      return ''
    default:
      return list satisfies never
  }
}
