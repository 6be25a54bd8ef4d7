import { isIn } from '../model/channel.ts'
import { type Failure, fail } from '../model/failures.ts'
import type { Channel, Person } from '../model/people.ts'

/** The target of somebody's words: a channel or a person. */
export type Target = Channel | Person

export function isChannel(target: Target): target is Channel {
  return 'members' in target
}

/** Whether somebody's target is gone: a guest who left, or a channel that they are not in any more. */
export function isGone(from: Person, target: Target): boolean {
  if (isChannel(target)) return target.removed || !isIn(target, from)
  return target.kind === 'guest' ? target.listeners.size === 0 : target.deleted
}

/** Refuses to say something to somebody who is gone, or, for a guest, who is offline. */
export function checkPerson(from: Person, to: Person): void {
  if (isGone(from, to)) throw nobody(to)
  if (from.kind === 'guest' && to.listeners.size === 0)
    throw fail({ code: 'not-allowed', why: 'offline-for-guests' })
}

/** The failure of saying something to somebody who is not there any more. */
export function nobody(to: Person): Failure {
  const { name } = to
  return fail({ code: 'no-such-user', name, ...(to.kind === 'account' ? { gone: to.id } : {}) })
}
