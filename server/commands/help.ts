import { fail } from '../chat/failures.ts'
import type { Person } from '../chat/people.ts'
import type { CommandHelp } from '../chat/replies.ts'
import { optional, word } from './args.ts'
import { areas, type Command, command } from './command.ts'

export default command({
  name: 'help',
  aliases: ['?'],
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 1,
  args: { name: optional(word('COMMAND|all')) },
  summary: 'List the commands, or explain one; /help all explains all.',
  help: '',
  data: '{areas: [{title, commands: [{name, usage, summary}]}]}; {name, usage, summary, aliases, text, who}',
  fails: ['unknown-command'],
  run({ catalog, terminal }, person, { name }) {
    const all = name?.toLowerCase() === 'all'
    if (name === undefined || all) {
      // What one may not do would only be in the way; a program gets all.
      const rank = terminal.format === 'json' ? states.length : rankOf(person)
      const visible = catalog.all.filter(
        ({ unlisted, who }) => states.indexOf(who) <= rank && (terminal.format === 'json' || !unlisted),
      )
      return {
        code: 'help',
        explained: all,
        areas: areas.map((title) => ({
          title,
          commands: visible.filter(({ area }) => area === title).map(brief),
        })),
      }
    }
    const command = catalog.find(name.replace(/^\//, ''))
    if (!command) throw fail({ code: 'unknown-command', command: name, nearest: catalog.nearest(name) })
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

/** What somebody is, as a place in `states`. */
function rankOf(person: Person | undefined): number {
  if (!person) return 0
  if (person.kind === 'guest') return 1
  return person.operator ? 3 : 2
}

function brief({ name, usage, summary }: Command): CommandHelp {
  return { name, usage, summary }
}
