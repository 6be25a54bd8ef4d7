import { isIn } from '../chat/model/channel.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Services, Terminal } from '../commands/command.ts'
import type { Aim } from './aim.ts'

/** Whom a problem is explained to. */
export interface Concerned {
  readonly aim: Pick<Aim, 'explained'>
  readonly services: Pick<Services, 'channels' | 'invitations'>
  readonly terminal: Pick<Terminal, 'grant' | 'person'>
}

/**
 * Who talked in private a moment ago, or in a channel, reads that this is over, and not that they talk nowhere; who is
 * invited into a channel reads of that, where others read that there is none.
 */
export function explained(
  problem: Problem,
  command: string,
  { aim, services: { channels, invitations }, terminal: { grant, person } }: Concerned,
): Problem {
  if (person?.kind === 'account' && !grant) {
    const channel =
      problem.code === 'no-such-channel'
        ? problem.channel
        : problem.code === 'name-taken'
          ? problem.name
          : undefined
    const request = channel === undefined ? undefined : invitations.pendingInto(person, channel)
    if (request !== undefined) return { ...problem, request } as Problem
  }
  // Who leaves the # out means the channel, and nobody of that name.
  if (problem.code === 'no-such-user' && person) {
    const channel = channels.find(`#${problem.name}`, person)
    return channel && isIn(channel, person) ? { ...problem, channel: channel.name } : problem
  }
  return command === 'say' || command === 'paste' ? aim.explained(problem) : problem
}

/** What somebody can do who is nobody, or a guest, depends on the ways in that there are. */
export function withWaysIn(problem: Problem, ways: WaysIn): Problem {
  switch (problem.code) {
    case 'not-logged-in':
    case 'not-allowed':
    case 'not-a-member':
    case 'banned':
    case 'muted':
      return { ...problem, ways }
    default:
      return problem
  }
}
