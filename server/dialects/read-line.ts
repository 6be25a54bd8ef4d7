import { gap, parting, withoutFront } from '../lib/blanks.ts'
import type { Invocation } from './dialect.ts'

/** Plain words that mean a command, alone on a line. `quit` in small letters is something that people say. */
const plainWords: readonly (readonly [RegExp, Invocation])[] = [
  [/^QUIT\s*$/, { command: 'quit', text: '' }],
  [/^members\s+online\s*$/i, { command: 'members', text: 'online' }],
  [/^[@＠]end\s*$/i, { command: 'end', text: '' }],
]
/** No line of plain words is longer. */
const longestPlain = 40
/** As one of the first servers of this kind had it. */
const fileSend = /^FILESEND\s+(\S.*)$/s
const endOfName = new RegExp(parting)

/**
 * The grammar of a line, the same in every dialect: `/name args`, `//text`, or something said. What shows nothing does not
 * count in front of it: it must not make a password something said. Nor does it matter how wide the slash is.
 */
export function readLine(text: string): Invocation {
  const line = withoutFront(text)
  if (/^[/／]{2}/.test(line)) return { command: undefined, text: line.slice(1) }
  if (/^[/／]/.test(line)) {
    const end = line.search(endOfName)
    const name = end < 0 ? line.slice(1) : line.slice(1, end)
    const usual = name.normalize('NFKC')
    // A row that begins behind the name stays one.
    return {
      command: /^[a-z]+$/i.test(usual) ? usual : name,
      text: end < 0 ? '' : line.slice(line[end] === gap ? end : end + 1),
    }
  }
  const [, file] = fileSend.exec(line) ?? []
  if (file !== undefined) return { command: 'filesend', text: file }
  const plain =
    line.length <= longestPlain ? plainWords.find(([pattern]) => pattern.test(line))?.[1] : undefined
  return plain ?? { command: undefined, text }
}
