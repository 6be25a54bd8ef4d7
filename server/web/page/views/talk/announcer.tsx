import { useEffect, useRef, useState } from 'preact/hooks'
import { isMe } from '../../state/places.ts'
import type { Place } from '../../state/state.ts'
import type { Message } from '../../wire/protocol.ts'
import { useChat } from '../using.ts'

const mostSaid = 10
const mostSigns = 400

/** Says new lines to a screen reader, and only new ones: what is loaded above is there to be read, and is not called out. */
export function Announcer({ place }: { readonly place: Place }) {
  const chat = useChat()
  const last = useRef<number | undefined>(undefined)
  const [lines, setLines] = useState<readonly Message[]>([])
  const { messages, atEnd } = place.log
  useEffect(() => {
    if (!atEnd) return
    const newest = messages.at(-1)?.id ?? 0
    const before = last.current
    last.current = newest
    if (before === undefined || newest <= before) return
    const fresh = messages.slice(-mostSaid).filter(({ id, from }) => id > before && !isMe(chat.state, from))
    if (fresh.length > 0) setLines((old) => [...old, ...fresh].slice(-mostSaid))
  }, [chat, messages, atEnd])
  return (
    <div class="for-ears" role="status" aria-live="polite" aria-relevant="additions">
      {lines.map(({ id, from, text, kind }) => (
        <p key={id}>
          {from}
          {kind === 'action' ? ' ' : ': '}
          {text.length > mostSigns ? `${text.slice(0, mostSigns)} …` : text}
        </p>
      ))}
    </div>
  )
}
