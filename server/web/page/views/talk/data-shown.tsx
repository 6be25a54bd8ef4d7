import { sizeText, spanText, wholeTime } from '../../text/times.ts'

const mostRows = 50

/** Of the page of a long list: said below it. */
const ofPages: ReadonlySet<string> = new Set(['page', 'total', 'more'])

/** The answer to a command that has no screen of its own: its fields, and its lists as tables. */
export function DataShown({ data }: { readonly data: Readonly<Record<string, unknown>> }) {
  const fields = Object.entries(data).filter(
    ([name, value]) => value !== undefined && !isRows(value) && !ofPages.has(name),
  )
  const lists = Object.entries(data).filter(([, value]) => isRows(value))
  return (
    <div class="data">
      {fields.length > 0 && (
        <dl class="facts">
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>{worded(name)}</dt>
              <dd dir="auto">{shown(value, name)}</dd>
            </div>
          ))}
        </dl>
      )}
      {data['more'] === true && <p class="hint">There is more than this.</p>}
      {lists.map(([name, value]) => (
        <Table key={name} name={worded(name)} rows={value as readonly Readonly<Record<string, unknown>>[]} />
      ))}
    </div>
  )
}

function Table({
  name,
  rows,
}: {
  readonly name: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return (
    <section
      class="table"
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is wider than the screen.
      tabIndex={0}
    >
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {worded(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map((row, index) => (
            <tr key={`${index}`}>
              {columns.map((column) => (
                <td key={column} dir="auto">
                  {shown(row[column], column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function isRows(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null)
  )
}

function shown(value: unknown, name = ''): string {
  if (typeof value === 'number' && /^(?:free|.*bytes)$/i.test(name)) return sizeText(value)
  if (typeof value === 'number' && /seconds$/i.test(name)) return spanText(value)
  if (value === undefined || value === null) return ''
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? wholeTime(value) : value
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => shown(one)).join(', ')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, part]) => `${worded(name)} ${shown(part, name)}`)
      .join(', ')
  return String(value)
}

/** `lastSeen` as people write it; the unit stands behind the number. */
function worded(name: string): string {
  const plain = name === 'bytes' ? 'size' : name.replace(/(?<=.)(?:Seconds|Bytes)$/, '')
  return plain.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)
}
