import type { Reply } from '../../chat/model/replies.ts'
import { table, wrap } from './layout.ts'
import type { Screen } from './screen.ts'

const forWhom = {
  visitor: 'Everybody can do that.',
  guest: 'Guests and members can do that.',
  member: 'Members can do that.',
  operator: 'Operators can do that.',
} as const

/** Below usage lines longer than this, the summary stands on a line of its own. */
const usageWidth = 30

export function helpLines(
  { areas, explained, mayNick, visitor }: Reply & { code: 'help' },
  { width }: Screen,
): string[] {
  const talk = !visitor
    ? '* Anything else you type is said where you are talking.'
    : `* To talk, ${mayNick ? 'type /nick NAME' : '/login'} first.`
  const used = areas.filter(({ commands }) => commands.length > 0)
  if (!explained)
    return [
      ...table(
        used.map(({ title, commands }) => [title, commands.map(({ name }) => `/${name}`).join(' ')]),
        width,
      ),
      talk,
      '* More: /help join explains a command, /help talking a group at the left, /help all everything.',
    ]
  return [
    ...used.flatMap(({ title, commands }) => [
      `* ${title}`,
      ...commands.flatMap(({ usage, summary }) => helpRow(usage, summary, width)),
    ]),
    talk,
  ]
}

/** One command, explained. */
export function commandLines(
  { aliases, barred, command, text, who }: Reply & { code: 'help-command' },
  { width }: Screen,
): string[] {
  return [
    ...wrap('- ', command.usage, width),
    ...wrap('-   ', command.summary, width),
    ...(text === '' ? [] : text.split('\n').flatMap((row) => helpText(row, width))),
    ...(aliases.length === 0 ? [] : [`-   Also: ${aliases.map((alias) => `/${alias}`).join(', ')}`]),
    `* ${forWhom[who]}${who === 'member' && barred ? ' /signup or /login comes first.' : ''}`,
  ]
}

/** A row of an explanation; one that begins with two blanks is to be copied, and stays one. */
function helpText(row: string, width: number): string[] {
  return row.startsWith('  ') ? [`-   ${row}`] : wrap('-   ', row, width)
}

function helpRow(usage: string, summary: string, width: number): string[] {
  return usage.length > usageWidth
    ? [...wrap('-   ', usage, width), ...wrap(`-   ${' '.repeat(usageWidth)}  `, summary, width)]
    : wrap(`-   ${usage.padEnd(usageWidth)}  `, summary, width)
}
