/**
 * Colours for what people look for: the speaker's name, and whole lines of direct messages, mentions, notices and failures.
 * The first character of a line stays the first, so that programs can tell lines apart in colour, too. Nothing is told by
 * colour alone: each of these lines has a form of its own.
 */
const colors = { speaker: '36', direct: '35', mention: '1;35', notice: '1;33', failure: '31' } as const
export type Colored = keyof typeof colors

const esc = '\u001b['

/** The kind of a rendered line, by its form; the text of a message does not matter. */
export function coloredAs(line: string): Colored | undefined {
  if (line.startsWith('!')) return 'failure'
  if (!line.startsWith('[')) return undefined
  const behindTime = line.slice(line.indexOf('] ') + 2)
  if (behindTime.startsWith('#')) return 'speaker'
  if (behindTime.startsWith('*')) return 'direct'
  return behindTime.startsWith('NOTICE <') ? 'notice' : undefined
}

/** The rows of a line, in colour. */
export function painted(rows: readonly string[], kind: Colored | undefined): readonly string[] {
  if (kind === undefined) return rows
  if (kind !== 'speaker')
    return rows.map((row) => `${row.charAt(0)}${esc}${colors[kind]}m${row.slice(1)}${esc}0m`)
  // The speaker is in the first row that has a name in this place.
  const at = rows.findIndex((row) => speaker.test(row))
  return rows.map((row, index) =>
    index === at ? row.replace(speaker, `$1${esc}${colors.speaker}m$2${esc}0m`) : row,
  )
}

/** `<bob>`, or `* bob` of /me, after the time and the channel if they stand in the same row. */
const speaker = /^((?:\[[^\]]*\] | {2})?(?:#\S+ )?(?:<(?=[^>]+>)|\* ))((?<=<)[^>]+|\S+)/
