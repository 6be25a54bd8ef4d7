import type { Problem } from '../../chat/model/failures.ts'
import type { CharsetName } from '../../lib/charset-names.ts'
import { longestTyped } from '../../lib/line.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { FailureTexts } from './failure-texts.ts'

/** A longer word is not repeated (characters). */
const longestShown = 60

/** A line that cannot be read or done, and a question that ended. */
export const lineFailures = {
  'unknown-command': unknownCommandText,
  'bad-arguments': (problem) =>
    problem.usage === undefined ? problem.detail : `${problem.detail} Usage: ${problem.usage}`,
  'bad-encoding': ({ charset, row, telnet }) =>
    `${lineText(row)} is not valid ${charset === undefined || charset === 'utf-8' ? 'UTF-8' : charset}, so nothing was done with it.${charsetText(charset)}${telnet ? telnetText : ''}`,
  'line-too-long': (problem) =>
    `${tooLongText(problem)}, so nothing was done with it. /paste takes a long text in several lines, and /filesend a file.`,
  'text-too-long': (problem) =>
    problem.what === 'rows'
      ? `A text has at most ${problem.limit} lines, so nothing was said. /filesend sends longer ones as a file.`
      : `A text has at most ${sizeText(problem.limit)}, so nothing was said. /filesend sends longer ones as a file.`,
  cancelled: cancelledText,
  'half-done': (problem) => problem.detail,
} satisfies Partial<FailureTexts>

const telnetText =
  ' A Unix telnet takes some letters for keys, but not with a minus before the port: telnet -- HOST -PORT'

/** What somebody can do whose terminal has another character set. */
function charsetText(charset: CharsetName | 'utf-8' | undefined): string {
  if (charset === undefined) return ''
  if (charset !== 'utf-8') return ' /charset lists the others.'
  return ' If your terminal has another character set, type its name: /charset latin1 (/charset lists them). Or set it to UTF-8: in PuTTY by Window > Translation > Remote character set, in Windows by chcp 65001, elsewhere by luit -encoding ISO-8859-1 telnet HOST PORT.'
}

/** A terminal cuts a long line silently, so the person who pasted the line has to read that it was cut. */
function tooLongText({ cut, limit, row }: Extract<Problem, { code: 'line-too-long' }>): string {
  if (cut) return `${lineText(row)} came cut off: a terminal passes on ${longestTyped} bytes of a line`
  return `${lineText(row)} is longer than ${limit} bytes`
}

function lineText(row: number | undefined): string {
  return row === undefined ? 'That line' : `Line ${row} of the text`
}

/** After a question that ended because of mistakes, the person has to know where the next words go. */
function cancelledText({
  again,
  dropped,
  mistakes,
  target,
}: Extract<Problem, { code: 'cancelled' }>): string {
  const cancelled = `Cancelled. Nothing was ${again === 'paste' ? 'said' : 'changed'}.`
  if (mistakes === undefined && !dropped) return cancelled
  return [
    mistakes === undefined
      ? cancelled
      : `${mistakes === 3 ? 'Three' : mistakes} tries did not work, so nothing was changed.`,
    ...(dropped
      ? [`${dropped === 1 ? 'One line' : `${dropped} lines`} that had come already went nowhere.`]
      : []),
    ...(again === undefined || mistakes === undefined ? [] : [`/${again} begins again.`]),
    ...(target === undefined ? [] : [`What you type now goes to ${target}.`]),
  ].join(' ')
}

/** A name with a further slash or a sign of a pattern is no mistyped command but a path, which somebody wants to talk about. */
function unknownCommandText({ command, nearest }: Extract<Problem, { code: 'unknown-command' }>): string {
  const none = `There is no command /${command}.`
  const literally = `To say a line that begins with a slash, type two: //${command.length > longestShown ? '' : command}`
  if (/\w\/|\/\w|[\\*^$|]/.test(command)) return `${none} ${literally}`
  if (nearest !== undefined) return `${none} Did you mean /${nearest}?`
  return `${none} /help lists them. ${literally}`
}
