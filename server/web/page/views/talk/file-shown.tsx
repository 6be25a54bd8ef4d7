import { useState } from 'preact/hooks'
import { sizeText } from '../../text/times.ts'
import type { FileFields } from '../../wire/protocol.ts'
import { Icon } from '../icon.tsx'

/** A picture of at most so many bytes is shown as it is; the server looks whether it is one. */
const mostPictureBytes = 8_000_000

/** A file that somebody has sent. */
export function FileShown({ file }: { readonly file: FileFields }) {
  const [isPicture, setPicture] = useState(
    /\.(png|jpe?g|gif|webp)$/i.test(file.name) && file.size <= mostPictureBytes && file.size > 0,
  )
  const address = `/get/${encodeURIComponent(file.get)}`
  return (
    <div class="file">
      {isPicture && (
        <a href={address} download={file.name} class="picture" aria-label={`Get ${file.name}`}>
          <img
            src={`/picture/${encodeURIComponent(file.get)}`}
            alt={file.name}
            loading="lazy"
            onError={() => setPicture(false)}
          />
        </a>
      )}
      <p>
        <a href={address} download={file.name} title={`SHA-256 ${file.sha256}`}>
          <Icon name="get" />
          <bdi>{file.name}</bdi>
        </a>{' '}
        <span class="quiet-text">
          {sizeText(file.size)}, file {file.id}
        </span>
      </p>
    </div>
  )
}
