import { fail } from '../chat/model/failures.ts'
import type { Person } from '../chat/model/people.ts'
import type { CommandHelp } from '../chat/model/replies/connection.ts'
import { optional, word } from './args.ts'
import { areas, type Command, command } from './command.ts'

export default command({
  name: 'help',
  aliases: ['?'],
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 1,
  args: { name: optional(word('COMMAND|AREA|all')) },
  summary: 'List the commands, or explain one command, an area or all commands.',
  help: 'The areas stand at the left of the list; /help talking explains one.',
  data: '{areas: [{title, commands: [{name, usage, summary}]}]}; {name, usage, summary, aliases, text, who}',
  fails: ['unknown-command'],
  run({ accounts, catalog, guests, terminal }, person, { name }) {
    const command = name === undefined ? undefined : catalog.find(name.replace(/^\//, ''))
    const wanted = areas.filter(
      (area) => name === undefined || /^all$/i.test(name) || area === name.toLowerCase(),
    )
    if (!command && wanted.length > 0) {
      const closed = new Set([
        ...(accounts.signupClosed ? ['signup'] : []),
        ...(guests.allowed ? [] : ['nick']),
      ])
      // People see only the commands that they may use; a program gets all.
      const rank = terminal.manner.forPeople ? rankOf(person) : states.length
      const visible = catalog.all.filter(
        ({ name: one, unlisted, who }) =>
          states.indexOf(who) <= rank && (!terminal.manner.forPeople || !(unlisted || closed.has(one))),
      )
      return {
        code: 'help',
        explained: name !== undefined,
        visitor: person === undefined,
        mayNick: guests.allowed,
        areas: wanted.map((title) => ({
          title,
          commands: visible.filter(({ area }) => area === title).map(brief),
        })),
      }
    }
    if (!command)
      throw fail({ code: 'unknown-command', command: name ?? '', nearest: catalog.nearest(name ?? '') })
    return {
      code: 'help-command',
      command: brief(command),
      aliases: command.aliases,
      text: command.help,
      who: command.who,
      barred: states.indexOf(command.who) > rankOf(person),
    }
  },
})

const states = ['visitor', 'guest', 'member', 'operator'] as const

/** The index of a person's state in `states`. */
function rankOf(person: Person | undefined): number {
  if (!person) return 0
  if (person.kind === 'guest') return 1
  return person.operator ? 3 : 2
}

function brief({ name, usage, summary }: Command): CommandHelp {
  return { name, usage, summary }
}
