import type { Place, Upload } from '../../state/state.ts'
import { sizeText } from '../../text/times.ts'
import { useChat, useKnown } from '../using.ts'

/** Files on their way into a place. */
export function UploadList({ place }: { readonly place: Place }) {
  const uploads = useKnown((state) => state.uploads)
  const here = uploads.filter((upload) => upload.place === place.key)
  return here.length === 0 ? null : (
    <ul class="uploads" aria-label="Files on their way">
      {here.map((upload) => (
        <OneUpload key={upload.number} {...upload} />
      ))}
    </ul>
  )
}

function OneUpload({ number, name, size, sent, state, why }: Upload) {
  const chat = useChat()
  const says = {
    asking: 'begins',
    running: `${sizeText(sent)} of ${sizeText(size)}`,
    waiting: `broke off at ${sizeText(sent)}; goes on as soon as it can`,
    done: 'sent',
    failed: why ?? 'It did not work.',
  }[state]
  return (
    <li class={state === 'failed' ? 'failed' : ''}>
      <span>
        <bdi>{name}</bdi>: {says}
      </span>
      {state !== 'failed' && state !== 'done' && (
        <progress value={sent} max={Math.max(1, size)} aria-label={`How much of ${name} is sent`} />
      )}
      {state !== 'done' && (
        <button type="button" class="quiet" onClick={() => chat.uploads.cancel(number)}>
          {state === 'failed' ? 'Dismiss' : 'Cancel'}
        </button>
      )}
    </li>
  )
}
