import type { Chat } from '../../chat/chat.ts'
import type { Row } from '../../text/rows.ts'
import { clockTime } from '../../text/times.ts'
import { hueOf, Name } from '../bits.tsx'
import { Folded } from './folded.tsx'
import { Said } from './said.tsx'

interface PendingProps {
  readonly row: Row & { readonly kind: 'pending' }
  readonly chat: Chat
  readonly me: string
}

/** Something that one has said and that the server does not have yet, or does not want. */
export function PendingRow({ row, chat, me }: PendingProps) {
  const { number, text, at, failed } = row.pending
  return (
    <article
      class={`message mine pending${row.goesOn ? ' goes-on' : ''}`}
      data-key={row.key}
      data-row
      tabIndex={-1}
    >
      {row.goesOn ? (
        <time class="gutter">{clockTime(at)}</time>
      ) : (
        <span class={`gutter tile ${hueOf(me)}`} aria-hidden="true">
          {me.replace(/^~/, '').slice(0, 1).toUpperCase()}
        </span>
      )}
      <div class="body">
        {!row.goesOn && (
          <div class="who">
            <Name name={me} />
            <time>{clockTime(at)}</time>
          </div>
        )}
        <Folded text={text}>
          <p class="text" dir="auto">
            <Said text={text} me={me} />
          </p>
        </Folded>
        {failed === undefined ? (
          <span class="quiet-text waits">on its way …</span>
        ) : (
          <div class="failed" role="alert">
            Not said: {failed}{' '}
            <button type="button" onClick={() => chat.saying.again(number)}>
              Try again
            </button>{' '}
            <button type="button" onClick={() => chat.saying.discard(number)}>
              Discard
            </button>
          </div>
        )}
      </div>
    </article>
  )
}
