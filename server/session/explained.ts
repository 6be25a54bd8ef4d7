import { isIn } from '../chat/model/channel.ts'
import type { Problem } from '../chat/model/failures.ts'
import type { WaysIn } from '../chat/model/ways-in.ts'
import type { Services } from '../commands/services.ts'
import type { Terminal } from '../commands/terminal.ts'
import type { Aim } from './aim.ts'

/** Whom a problem is explained to. */
export interface Concerned {
  readonly aim: Pick<Aim, 'explained'>
  readonly services: Pick<Services, 'channels' | 'invitations'>
  readonly terminal: Pick<Terminal, 'grant' | 'person'>
}

/**
 * Adds to a failure what this person needs to know: that their private talk or channel has ended, rather than that they talk
 * nowhere; or that they are invited into a channel, where others read that there is no such channel.
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
  // The name of a channel without its # means that channel.
  if (problem.code === 'no-such-user' && person) {
    const channel = channels.find(`#${problem.name}`, person)
    return channel && isIn(channel, person) ? { ...problem, channel: channel.name } : problem
  }
  return command === 'say' || command === 'paste' ? aim.explained(problem) : problem
}

/** Adds the ways to get an account: what a visitor or guest can do depends on them. */
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
