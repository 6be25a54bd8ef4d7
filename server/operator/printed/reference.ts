import { areas, type Command } from '../../commands/command.ts'
import { commands } from '../../commands/index.ts'
import { failureSamples } from '../../dialects/failure-samples.ts'
import { failureText } from '../../dialects/failure-text.ts'

const made = '<!-- Printed from the code by `npm run docs`: do not edit. -->'

const states = {
  visitor: 'everybody',
  guest: 'guests and members',
  member: 'members',
  operator: 'operators',
} as const

/** Prints docs/commands.md: every command, by area. */
export function printCommands(): string {
  return [
    made,
    '# Commands',
    '',
    'A line that begins with `/` is a command; anything else is said where you are talking.',
    'Names ignore case. In brackets stands what may be left out; `TARGET` is a channel (`#dev`) or a person',
    '(`bob`, `@bob` or `#7`). *JSON* is the `data` of the answer in the JSON dialect (`/format json`), *cost* what',
    'the command takes from the allowance of `limits.messagesPerSecond`. What can go wrong is explained in',
    '[errors.md](errors.md); every command that needs to know who you are can also fail with `not-logged-in`,',
    '`not-allowed` and `unavailable`, and every command with `bad-arguments`. *Token* is what a login token has to be made',
    'for; if a token was made for some channels, it can do only what is marked with *there*, in these channels, and what',
    'any token can. What else it tries fails with `token-limited`.',
    ...areas.flatMap((area) => [
      '',
      `## ${area[0]?.toUpperCase()}${area.slice(1)}`,
      ...commands.filter((command) => command.area === area).flatMap(describe),
    ]),
    '',
  ].join('\n')
}

function describe(command: Command): string[] {
  const { aliases, cost, data, fails, help, summary, usage, who } = command
  return [
    '',
    `### \`${usage}\``,
    '',
    explained(help === '' ? summary : `${summary} ${help}`),
    '',
    `- For ${states[who]}${aliases.length > 0 ? `; also ${aliases.map((alias) => `\`/${alias}\``).join(', ')}` : ''}; cost ${cost}${tokenText(command)}`,
    `- JSON: \`${data}\``,
    ...(fails.length > 0 ? [`- Errors: ${fails.map((code) => `\`${code}\``).join(', ')}`] : []),
  ]
}

function tokenText({ local, token, who }: Command): string {
  if (who === 'operator') return ''
  return `; token ${token}${local ? ', there' : ''}`
}

/** Prints docs/errors.md: every error code with the sentence that a person reads. */
export function printErrors(): string {
  const rows = Object.values(failureSamples)
    .map((problem) => `| \`${problem.code}\` | ${failureText(problem).replaceAll('|', '\\|')} |`)
    .sort()
  return [
    made,
    '# Error codes',
    '',
    'In the JSON dialect a failure is `"ok":false,"error":{"code":"...","message":"..."}`; in the text dialect it is',
    'a line that begins with `!`. Codes do not change; messages may.',
    '',
    '| code | for example |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** Each row is a paragraph, and one that begins with two blanks a line to copy. */
function explained(text: string): string {
  return text.replace(/\n(?: {2})?/g, (start) => (start.length > 1 ? '\n\n    ' : '\n\n'))
}
