import { placeOf } from '../../state/places.ts'
import { wholeTime } from '../../text/times.ts'
import type { Message } from '../../wire/protocol.ts'
import { Name } from '../bits.tsx'
import { addressOf } from '../router.ts'
import { Folded } from '../talk/folded.tsx'
import { Said } from '../talk/said.tsx'
import { useChat } from '../using.ts'

/** Messages from several places, the newest first; each leads to where it was said. */
export function MessageList({
  title,
  messages,
}: {
  readonly title: string
  readonly messages: readonly Message[]
}) {
  const chat = useChat()
  const me = chat.state.me?.name ?? ''
  return messages.length === 0 ? null : (
    <section>
      <h2>{title}</h2>
      <ul class="rows found">
        {messages.map((message) => {
          const place = placeOf(chat.state, message)
          return (
            <li key={message.id}>
              <span class="grows">
                <span class="sub">
                  <Name name={message.from} />
                  {place !== undefined && (
                    <>
                      {' in '}
                      <a href={addressOf({ name: 'talk', place, at: message.id })}>
                        <bdi>{place}</bdi>
                      </a>
                    </>
                  )}
                  , {wholeTime(message.at)}
                </span>
                <Folded text={message.text}>
                  <span class="text" dir="auto">
                    <Said text={message.text} me={me} />
                  </span>
                </Folded>
              </span>
              {place !== undefined && (
                <a class="button" href={addressOf({ name: 'talk', place, at: message.id })}>
                  Show
                </a>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
