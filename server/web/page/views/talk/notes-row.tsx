import { passageText, type Row } from '../../text/rows.ts'
import { clockTime, wholeTime } from '../../text/times.ts'
import { DataShown } from './data-shown.tsx'

/** What happened beside what was said; and what a command was answered with. */
export function NotesRow({ row }: { readonly row: Row & { readonly kind: 'notes' } }) {
  const [first] = row.notes
  if (!first) return null
  const { at, text, kind, data } = first
  const passes = kind === 'came' || kind === 'went'
  return (
    <div class={`note ${kind}`} data-key={row.key}>
      <time class="gutter" dateTime={at} title={wholeTime(at)}>
        {clockTime(at)}
      </time>
      <div class="body">
        <span dir="auto">{passes ? passageText(row.notes) : text}</span>
        {data !== undefined && <DataShown data={data} />}
      </div>
    </div>
  )
}
