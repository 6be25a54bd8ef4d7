import type { Invocation } from './dialect.ts'

/** Plain words that mean a command, alone on a line and in exactly this form. */
const plainWords: ReadonlyMap<string, Invocation> = new Map([
  ['QUIT', { command: 'quit', text: '' }],
  ['MEMBERS ONLINE', { command: 'members', text: 'online' }],
  ['@end', { command: 'end', text: '' }],
])

/** The grammar of a line, the same in every dialect: `/name args`, `//text`, or something said. */
export function readLine(text: string): Invocation {
  // A space that slipped in before /login must not make a password something said.
  const line = /^ +\//.test(text) ? text.trimStart() : text
  if (line.startsWith('//')) return { command: undefined, text: line.slice(1) }
  if (line.startsWith('/')) {
    const space = line.indexOf(' ')
    return space < 0
      ? { command: line.slice(1), text: '' }
      : { command: line.slice(1, space), text: line.slice(space + 1) }
  }
  // As one of the first servers of this kind had it.
  if (line.startsWith('FILESEND ')) return { command: 'filesend', text: line.slice('FILESEND '.length) }
  return plainWords.get(line) ?? { command: undefined, text: line }
}
