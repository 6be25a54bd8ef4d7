/**
 * What a person sees of a terminal that was sent `output`: its lines, with blanks where characters are
 * concealed (ECMA-48 SGR 8, ended by SGR 28 or 0). A line feed moves straight down, so a missing carriage return shows as
 * a staircase. What a terminal would do more than that is shown as `<1b>`, so that it can be found.
 */
export function screenOf(output: string): string[] {
  const rows: string[][] = [[]]
  let row = 0
  let column = 0
  let concealed = false
  for (const [part, style] of output.matchAll(/\u001b\[([\d;]*)m|./gsu)) {
    if (style !== undefined) {
      for (const code of style.split(';')) {
        if (code === '8') concealed = true
        else if (code === '28' || code === '0' || code === '') concealed = false
      }
    } else if (part === '\n') {
      row++
      rows[row] ??= []
    } else if (part === '\r') {
      column = 0
    } else if (part === '\b') {
      column = Math.max(0, column - 1)
    } else if (part !== '\u0007') {
      const line = rows[row] ?? []
      while (line.length < column) line.push(' ')
      line[column++] = concealed ? ' ' : shown(part)
    }
  }
  return rows.map((line) => line.join('').trimEnd())
}

function shown(character: string): string {
  return /\p{Cc}/u.test(character) ? `<${character.codePointAt(0)?.toString(16)}>` : character
}

/** The lines that do not begin at the left edge. */
export function staircase(screen: readonly string[]): string[] {
  return screen.filter((line) => /^\s+\S/.test(line))
}
