/**
 * What is coloured is what people look for: who speaks, and the whole of direct messages, mentions, notices and failures.
 * The first character of a line stays the first, so that a program can tell lines apart in colour too; and nothing is told
 * by colour alone, since each of these lines has a form of its own.
 */
const colors = { speaker: '36', direct: '35', mention: '1;35', notice: '1;33', failure: '31' } as const
export type Colored = keyof typeof colors

const esc = '\u001b['

/** What a line that was rendered is, by its form; the text that somebody said has no part in it. */
export function coloredAs(line: string): Colored | undefined {
  if (line.startsWith('!')) return 'failure'
  if (!line.startsWith('[')) return undefined
  const behindTime = line.slice(line.indexOf('] ') + 2)
  if (behindTime.startsWith('#')) return 'speaker'
  if (behindTime.startsWith('*')) return 'direct'
  return behindTime.startsWith('NOTICE <') ? 'notice' : undefined
}

/** The rows of a line in colour. */
export function painted(rows: readonly string[], kind: Colored | undefined): readonly string[] {
  if (kind === undefined) return rows
  if (kind !== 'speaker')
    return rows.map((row) => `${row.charAt(0)}${esc}${colors[kind]}m${row.slice(1)}${esc}0m`)
  // The first row that has somebody where the speaker stands has the speaker.
  const at = rows.findIndex((row) => speaker.test(row))
  return rows.map((row, index) =>
    index === at ? row.replace(speaker, `$1${esc}${colors.speaker}m$2${esc}0m`) : row,
  )
}

/** `<bob>`, or `* bob` of what somebody does, behind the time and the channel as far as they stand in the same row. */
const speaker = /^((?:\[[^\]]*\] | {2})?(?:#\S+ )?(?:<(?=[^>]+>)|\* ))((?<=<)[^>]+|\S+)/
