/** A table is not valid; `line` is the place. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** A row, and the line of the text where it begins. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Reads a table as RFC 4180 and spreadsheets write it: separated by commas, or by semicolons or tabs, which
 * spreadsheets use in some countries; the first line decides. Empty rows are left out. A library would need a
 * thousand lines for the same.
 * @throws {CsvError}
 */
export function readCsv(text: string): CsvRow[] {
  const [told, separator = separatorOf(text)] = /^sep=([,;\t])(?:\r\n?|\n)/i.exec(text) ?? []
  const rows: CsvRow[] = []
  const cell = new RegExp(`[ ]*"((?:[^"]|"")*)"[ ]*|[^"${separator}\\r\\n]*`, 'y')
  const end = /\r\n?|\n/y
  let at = told?.length ?? 0
  let line = told === undefined ? 1 : 2
  let begun = line
  let cells: string[] = []
  const finish = () => {
    if (cells.some((one) => one !== '')) rows.push({ line: begun, cells })
    cells = []
    line++
    begun = line
  }
  while (at < text.length) {
    cell.lastIndex = at
    const [whole = '', quoted] = cell.exec(text) ?? []
    cells.push(quoted === undefined ? whole.trim() : quoted.replaceAll('""', '"'))
    line += whole.split(/\r\n?|\n/).length - 1
    at += whole.length
    if (text[at] === separator) {
      at++
      continue
    }
    end.lastIndex = at
    const [newline] = end.exec(text) ?? []
    if (newline === undefined && at < text.length)
      throw new CsvError(line, 'a quote begins or ends in the middle of a field')
    at += newline?.length ?? 0
    finish()
  }
  // After the last separator there is an empty field.
  if (text[at - 1] === separator) cells.push('')
  finish()
  return rows
}

/** Writes a row; a field with a separator, a quote or a line end is quoted. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells
    .map(String)
    .map((cell) => (/[",;\r\n\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

function separatorOf(text: string): string {
  const [first = ''] = /^[^\r\n]*/.exec(text.replace(/^[\r\n;,\t ]+/, '')) ?? []
  const counts = [',', ';', '\t'].map((one) => [one, first.split(one).length] as const)
  return counts.reduce((most, one) => (one[1] > most[1] ? one : most))[0]
}
