import { gap, parting, withoutFront } from '../lib/blanks.ts'
import type { Invocation } from './dialect.ts'

/** Plain words that mean a command, alone on a line. `quit` in small letters is something that people say. */
const plainWords: readonly (readonly [RegExp, Invocation])[] = [
  [/^QUIT\s*$/, { command: 'quit', text: '' }],
  [/^members\s+online\s*$/i, { command: 'members', text: 'online' }],
  [/^[@＠]end\s*$/i, { command: 'end', text: '' }],
]
/** Longer lines are no such words; in characters. */
const longestPlain = 40
/** The syntax of an early chat server. */
const fileSend = /^FILESEND\s+(\S.*)$/s
const endOfName = new RegExp(parting)

/**
 * The grammar of a line, the same in every dialect: `/name args`, `//text`, or plain words. Invisible characters before the
 * slash are left out, and a full-width slash counts, so that a mistyped command with a password is not said aloud.
 */
export function readLine(text: string): Invocation {
  const line = withoutFront(text)
  if (/^[/／]{2}/.test(line)) return { command: undefined, text: line.slice(1) }
  if (/^[/／]/.test(line)) {
    const end = line.search(endOfName)
    const name = end < 0 ? line.slice(1) : line.slice(1, end)
    const usual = name.normalize('NFKC')
    // A text that begins on the next row keeps its rows.
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

/**
 * Whether a line is words and nothing else, as most are: clean, no command, and none of the words that mean one. It says by one
 * look what otherwise takes a dozen.
 */
export function isSentence(line: string): boolean {
  return /^(?![/@{]|QUIT|FILESEND|members)[!-~][ -~]*$/i.test(line)
}
