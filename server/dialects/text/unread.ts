import { deletedUser, numberInDeletedName } from '../../chat/model/people.ts'
import type { UnreadRow } from '../../chat/model/replies/talk.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { plural, table } from './layout.ts'
import type { Screen } from './screen.ts'

/** The places with unread messages: how many, and what to type to see them. */
export function unreadLines({ of, paged, unread }: Reply & { code: 'unread' }, screen: Screen): string[] {
  const rows = unread.map((row) => [
    nameOf(row),
    `${amount(row)} unread`,
    row.mentions === 0 ? '' : plural(row.mentions, 'mention'),
    shownBy(row),
  ])
  const places = paged?.total ?? unread.length
  return [
    ...table(rows, screen.width),
    places === 0
      ? `* Nothing is unread${of === undefined ? '' : ` ${of.startsWith('#') ? `in ${of}` : `from ${of}`}`}.`
      : `* Unread in ${plural(places, 'place')}. /read TARGET marks it as read.`,
  ]
}

/** Up to which message the person has read a place now. */
export function readText({ from, place }: Reply & { code: 'read' }): string {
  const { channel, count, more, read } = place
  const where = channel === undefined ? `from ${nameOf(place)}` : `of ${channel}`
  const left = `${amount(place)} ${count === 1 ? 'message' : 'messages'} ${where} ${count === 1 ? 'is' : 'are'} unread: ${shownBy(place)}`
  if (from !== undefined && (count > 0 || more)) return left
  if (count > 0 || more) return `You have read up to message ${read}. ${left}`
  if (channel !== undefined) return `You have read all of ${channel}.`
  const who = place.with === deletedUser ? 'deleted accounts' : nameOf(place)
  return `You have read everything that ${who} said to you.`
}

function nameOf({ channel, with: other = '' }: UnreadRow): string {
  return channel ?? other
}

function amount({ count, more }: UnreadRow): string {
  // Counting stopped before it found one: it passed too many messages that do not count.
  if (count === 0 && more) return 'some'
  return `${count}${more ? '+' : ''}`
}

/** The command that shows the messages. Those of guests, who may be gone, are only in the inbox. */
function shownBy({ channel, read, with: other = '' }: UnreadRow): string {
  const gone = numberInDeletedName(other)
  const name = channel ?? (gone === undefined ? other : `#${gone}`)
  return `${/^[^~]\S*$/.test(name) ? `/history ${name}` : '/inbox'} after ${read}`
}
