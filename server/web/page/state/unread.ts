import type { Message, UnreadRow } from '../wire/protocol.ts'
import { indexFrom } from './log.ts'
import { isMe } from './places.ts'
import { isChannel, type Place, type State, type Unread } from './state.ts'

/** So many messages are counted one by one; from there on it is "more". */
const mostCounted = 999

export function unreadOf({ read, count, more, mentions }: UnreadRow): Unread {
  return { read, count, more, mentions }
}

/** Somebody else said something there that is not read. */
export function withUnread(place: Place, id: number): Place {
  const { unread } = place
  if (id <= unread.read || (place.quiet === 'all' && isChannel(place.name))) return place
  const count = Math.min(mostCounted, unread.count + 1)
  return { ...place, unread: { ...unread, count, more: unread.more || unread.count === mostCounted } }
}

/** Something said there names one. Behind what is quiet it is the only thing that counts. */
export function withMention(place: Place, id: number): Place {
  const { unread } = place
  if (id <= unread.read) return place
  const count = place.quiet === 'all' ? unread.count + 1 : unread.count
  return { ...place, unread: { ...unread, count, mentions: unread.mentions + 1 } }
}

/** Read up to a number, as far as the page can know it: the server's answer says it better. */
export function readUpTo(state: State, place: Place, id: number): Place {
  const { unread, log } = place
  if (id <= unread.read) return place
  if (id >= Math.max(log.messages.at(-1)?.id ?? 0, log.late.at(-1)?.id ?? 0, place.last ?? 0))
    return { ...place, unread: { read: id, count: 0, more: false, mentions: 0 } }
  const between = log.messages
    .slice(indexFrom(log.messages, unread.read + 1), indexFrom(log.messages, id + 1))
    .filter(counts(state))
  return { ...place, unread: { ...unread, read: id, count: Math.max(0, unread.count - between.length) } }
}

/**
 * A terminal of one's own has shown everywhere what came after the number `after`, up to `read`. Where something older was
 * unread it stays so, and so does the marker.
 */
export function readElsewhere(state: State, after: number, read: number): State {
  const places = new Map(
    [...state.places].map(([key, place]) => {
      const { unread } = place
      if (unread.count === 0 || unread.read >= after) return [key, readUpTo(state, place, read)]
      return [key, place]
    }),
  )
  return { ...state, places }
}

function counts(state: State): (message: Message) => boolean {
  return ({ from, kind }) => kind !== 'notice' && !isMe(state, from)
}

/** For the title of the page: what is said to oneself, and names one, who asks something, and notices. */
export function waitingCount(state: State): number {
  let sum = state.requests.length + state.talks.askedBy.length + state.unseenNotices
  for (const { name, unread } of state.places.values())
    sum += isChannel(name) ? unread.mentions : unread.count
  return sum
}
