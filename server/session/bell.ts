import type { ChatEvent } from '../chat/model/events.ts'

/** What rings the bell of a terminal: what is for the person alone, or every message. */
export type Bell = 'off' | 'mentions' | 'all'

/** The bell of a terminal (BEL, ECMA-48). */
export const ring = Buffer.from('\u0007')

/** It rings no more often than this, in ms, however much arrives. */
export const silentMs = 1_000

/** Whether this event rings it. A message that is not for a channel is for the person: a direct one, or a notice. */
export function rings(bell: Bell, event: ChatEvent): boolean {
  if (event.type === 'mention') return bell !== 'off'
  if (event.type !== 'message' || event.own) return false
  return bell === 'all' || (bell === 'mentions' && event.message.channel === undefined)
}
