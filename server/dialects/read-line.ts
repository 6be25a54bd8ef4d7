import type { Invocation } from './dialect.ts'

/** Plain words that mean a command, alone on a line and in exactly this form. */
const plainWords: Readonly<Record<string, string>> = { QUIT: 'quit', 'MEMBERS ONLINE': 'members' }

/** The grammar of a line, the same in every dialect: `/name args`, `//text`, or something said. */
export function readLine(line: string): Invocation {
  if (line.startsWith('//')) return { command: undefined, text: line.slice(1) }
  if (line.startsWith('/')) {
    const space = line.indexOf(' ')
    return space < 0
      ? { command: line.slice(1), text: '' }
      : { command: line.slice(1, space), text: line.slice(space + 1) }
  }
  const word = Object.hasOwn(plainWords, line) ? plainWords[line] : undefined
  return word === undefined ? { command: undefined, text: line } : { command: word, text: '' }
}
