import type { Message } from '../../chat/model/events.ts'
import type { Room } from '../../chat/model/replies/channels.ts'
import type { Reply } from '../../chat/model/replies.ts'
import { messageFields } from './fields.ts'
import { beginning, mostData, sizeOf } from './parts.ts'

/** A text of so many UTF-16 units fits into a line, whatever is in it: no unit has more than three bytes. */
export const sureToFit = 12_000

/**
 * A message, as programs read it: one whose text is too long for a line comes in pieces, which have all its fields and a part of
 * the text. All but the last are `cut`.
 */
export function piecesOf(message: Message): object[] {
  const { text } = message
  if (text.length <= sureToFit || sizeOf(text) <= 3 * sureToFit) return [messageFields(message)]
  const pieces: object[] = []
  for (let at = 0; at < text.length; ) {
    const piece = beginning(text.slice(at), sureToFit)
    at += piece.length
    pieces.push({ ...messageFields({ ...message, text: piece }), ...(at < text.length ? { cut: true } : {}) })
  }
  return pieces
}

/** A channel as one sees it on entering. */
export function roomFields({ channel, topic, members, unread, messages, quiet }: Room): object {
  return { channel, topic, members, unread, quiet, messages: messages.flatMap(piecesOf) }
}

type Messages = Reply & { code: 'messages' }

/** The messages that fit into a line, at least one, with the number to go on from: the list begins or ends there. */
export function fittingMessages(reply: Messages): Messages {
  const { messages, next, unreadFrom } = reply
  if (messages.length < 2) return reply
  const isOldestFirst = unreadFrom !== undefined || (next !== undefined && 'after' in next)
  let left = mostData - 1_000 - sizeOf(reply.changes ?? [])
  const order = isOldestFirst ? messages : messages.toReversed()
  // With room for the fields of each.
  const end = order.findIndex((message, index) => {
    left -= sizeOf(messageFields(message)) + 1
    return index > 0 && left < 0
  })
  if (end < 0) return reply
  const kept = order.slice(0, end)
  const last = kept.at(-1)?.id ?? 0
  return isOldestFirst
    ? { ...reply, messages: kept, more: true, next: { after: last } }
    : { ...reply, messages: kept.toReversed(), more: true, next: { before: last } }
}
