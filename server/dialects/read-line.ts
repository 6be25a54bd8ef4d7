import type { Invocation } from './dialect.ts'

/** Plain words that mean a command, alone on a line. `quit` in small letters is something that people say. */
const plainWords: readonly (readonly [RegExp, Invocation])[] = [
  [/^QUIT *$/, { command: 'quit', text: '' }],
  [/^members online *$/i, { command: 'members', text: 'online' }],
  [/^@end *$/i, { command: 'end', text: '' }],
]
/** No line of plain words is longer. */
const longestPlain = 40

/** The grammar of a line, the same in every dialect: `/name args`, `//text`, or something said. */
export function readLine(text: string): Invocation {
  // A space that slipped in before /login must not make a password something said.
  const line = /^ +\//.test(text) ? text.trimStart() : text
  if (line.startsWith('//')) return { command: undefined, text: line.slice(1) }
  if (line.startsWith('/')) {
    const space = line.search(/[ \n]/)
    return space < 0
      ? { command: line.slice(1), text: '' }
      : { command: line.slice(1, space), text: line.slice(space + 1) }
  }
  // As one of the first servers of this kind had it.
  if (line.startsWith('FILESEND ')) return { command: 'filesend', text: line.slice('FILESEND '.length) }
  const plain =
    line.length <= longestPlain ? plainWords.find(([pattern]) => pattern.test(line))?.[1] : undefined
  return plain ?? { command: undefined, text: line }
}
