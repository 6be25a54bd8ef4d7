import type { Person } from '../chat/model/people.ts'
import type { Command, Context, Who } from './command.ts'

const levels: readonly Who[] = ['visitor', 'guest', 'member', 'operator']

/** Whether a person is high enough for a command. */
export function mayUse({ who }: Pick<Command, 'who'>, person: Person | undefined): boolean {
  return levels.indexOf(who) <= levels.indexOf(levelOf(person))
}

/** The commands that a person may use on this server, without those that nobody types. */
export function usableCommands(
  { accounts, catalog, guests }: Pick<Context, 'accounts' | 'catalog' | 'guests'>,
  person: Person | undefined,
): Command[] {
  const closed = new Set([...(accounts.signupClosed ? ['signup'] : []), ...(guests.allowed ? [] : ['nick'])])
  return catalog.all.filter(
    (command) => !command.unlisted && !closed.has(command.name) && mayUse(command, person),
  )
}

function levelOf(person: Person | undefined): Who {
  if (!person) return 'visitor'
  if (person.kind === 'guest') return 'guest'
  return person.operator ? 'operator' : 'member'
}
