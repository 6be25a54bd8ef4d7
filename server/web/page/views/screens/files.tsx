import { useState } from 'preact/hooks'
import { keyOf } from '../../state/state.ts'
import { sizeText, wholeTime } from '../../text/times.ts'
import type { FileFields } from '../../wire/protocol.ts'
import { Does, Failed } from '../bits.tsx'
import { useKnown } from '../using.ts'
import { useAsked } from './asked.ts'
import { Pages } from './pages.tsx'
import { ScreenHead } from './screen-head.tsx'

interface FileRow extends FileFields {
  readonly from: string
  readonly channel?: string
  readonly to?: string
  readonly at: string
}

/** The files that one can get. */
export function Files({ onMenu }: { readonly onMenu: () => void }) {
  const me = useKnown((state) => state.me)
  const [page, setPage] = useState(1)
  const asked = useAsked(`/files ${page}`)
  const files = (asked.data?.['files'] ?? []) as readonly FileRow[]
  return (
    <div class="screen">
      <ScreenHead title="Files" onMenu={onMenu} />
      <div class="screen-body">
        <Failed why={asked.failed} />
        {asked.data && files.length === 0 && (
          <p class="quiet-text">
            There is no file for you. Send one from a channel or a talk, by the paper clip.
          </p>
        )}
        <ul class="rows">
          {files.map((file) => (
            <li key={file.id}>
              <span class="grows">
                <a
                  href={`/get/${encodeURIComponent(file.get)}`}
                  download={file.name}
                  title={`SHA-256 ${file.sha256}`}
                >
                  <bdi>{file.name}</bdi>
                </a>{' '}
                <span class="quiet-text">{sizeText(file.size)}</span>
                <span class="sub">
                  <bdi>{file.from}</bdi> to <bdi>{file.channel ?? file.to}</bdi>, {wholeTime(file.at)}
                  {file.expires !== undefined && `; here until ${wholeTime(file.expires)}`}
                </span>
              </span>
              {(keyOf(file.from) === keyOf(me?.name ?? '') || me?.operator) && (
                <Does line={`/filedelete ${file.id}`} then={asked.again}>
                  Delete
                </Does>
              )}
            </li>
          ))}
        </ul>
        <Pages page={page} more={asked.data?.['more'] === true} onPage={setPage} />
      </div>
    </div>
  )
}
