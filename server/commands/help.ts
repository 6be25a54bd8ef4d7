import { fail } from '../chat/model/failures.ts'
import type { CommandHelp } from '../chat/model/replies/connection.ts'
import { offering, optional, word } from './args.ts'
import { areas, type Command, command } from './command.ts'
import { mayUse, usableCommands } from './usable.ts'

export default command({
  name: 'help',
  aliases: ['?'],
  area: 'other',
  who: 'visitor',
  token: 'any',
  cost: 1,
  args: { name: optional(offering('commands', word('COMMAND|AREA|all'))) },
  summary: 'List the commands, or explain one command, an area or all commands.',
  help: 'The areas stand at the left of the list; /help talking explains one.',
  data: '{areas: [{title, commands: [{name, usage, summary}]}]}; {name, usage, summary, aliases, text, who}',
  fails: ['unknown-command'],
  run(context, person, { name }) {
    const { catalog, guests, terminal } = context
    const command = name === undefined ? undefined : catalog.find(name.replace(/^\//, ''))
    const wanted = areas.filter(
      (area) => name === undefined || /^all$/i.test(name) || area === name.toLowerCase(),
    )
    if (!command && wanted.length > 0) {
      // People see only the commands that they may use; a program gets all.
      const visible = terminal.manner.forPeople ? usableCommands(context, person) : catalog.all
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
      barred: !mayUse(command, person),
    }
  },
})

function brief({ name, usage, summary }: Command): CommandHelp {
  return { name, usage, summary }
}
