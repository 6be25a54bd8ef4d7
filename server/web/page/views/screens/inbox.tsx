import { useEffect } from 'preact/hooks'
import { isMe } from '../../state/places.ts'
import { isChannel } from '../../state/state.ts'
import { wholeTime } from '../../text/times.ts'
import type { Message, RequestRow } from '../../wire/protocol.ts'
import { Does } from '../bits.tsx'
import { addressOf, go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { useAsked } from './asked.ts'
import { MessageList } from './message-list.tsx'
import { ScreenHead } from './screen-head.tsx'

/** All that waits for one: invitations, who would like to talk, what is unread, who named one, and notices. */
export function Inbox({ onMenu }: { readonly onMenu: () => void }) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const requests = useKnown((state) => state.requests)
  const askedBy = useKnown((state) => state.talks.askedBy)
  const places = useKnown((state) => state.places)
  const news = useKnown((state) => state.news)
  const mentions = useAsked(me?.guest === false ? '/mentions' : undefined)
  const notices = useAsked('/notices')
  const unread = [...places.values()].filter((place) => place.unread.count > 0)
  const mine = requests.filter(({ user }) => isMe(chat.state, user))
  const others = requests.filter(({ user }) => !isMe(chat.state, user))
  useEffect(() => {
    chat.store.change((state) =>
      state.unseenNotices === 0
        ? state
        : {
            ...state,
            unseenNotices: 0,
            toasts: state.toasts.filter((toast) => toast.kind !== 'notice'),
          },
    )
  }, [chat])
  const isEmpty = mine.length + others.length + askedBy.length + unread.length + news.length === 0
  return (
    <div class="screen">
      <ScreenHead title="Inbox" onMenu={onMenu} />
      <div class="screen-body">
        {isEmpty && <p class="quiet-text">Nothing waits for you.</p>}
        {news.length > 0 && (
          <section>
            <h2>News</h2>
            <ul class="rows">
              {news.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </section>
        )}
        {mine.length > 0 && (
          <section>
            <h2>Invitations</h2>
            <ul class="rows">
              {mine.map((row) => (
                <Invitation key={row.request} {...row} />
              ))}
            </ul>
            <p class="hint">You can leave them here: they wait.</p>
          </section>
        )}
        {askedBy.length > 0 && (
          <section>
            <h2>Private talks</h2>
            <ul class="rows">
              {askedBy.map((name) => (
                <li key={name}>
                  <span class="grows">
                    <bdi>{name}</bdi> would like a private talk with you.
                  </span>
                  <Does line={`/chat ${name}`} class="main" then={() => go({ name: 'talk', place: name })}>
                    Talk
                  </Does>
                </li>
              ))}
            </ul>
          </section>
        )}
        {unread.length > 0 && (
          <section>
            <h2>Unread</h2>
            <ul class="rows">
              {unread.map(({ name, unread: { count, more, mentions: named } }) => (
                <li key={name}>
                  <a class="grows" href={addressOf({ name: 'talk', place: name })}>
                    <bdi>{name}</bdi>
                  </a>
                  <span class="quiet-text">
                    {count}
                    {more && '+'} {isChannel(name) ? 'unread' : 'waiting'}
                    {named > 0 && `, ${named} name you`}
                  </span>
                </li>
              ))}
            </ul>
            {me?.guest === false && <Does line="/read all">Mark all as read</Does>}
          </section>
        )}
        {others.length > 0 && (
          <section>
            <h2>You have asked</h2>
            <ul class="rows">
              {others.map(({ request, user, channel, at }) => (
                <li key={request}>
                  <span class="grows">
                    <bdi>{user}</bdi> into <bdi>{channel}</bdi>, {wholeTime(at)}
                  </span>
                  <Does line={`/reject ${request}`}>Take back</Does>
                </li>
              ))}
            </ul>
          </section>
        )}
        <MessageList title="Who named you" messages={messagesOf(mentions.data)} />
        <MessageList title="Notices" messages={messagesOf(notices.data)} />
      </div>
    </div>
  )
}

function Invitation({ request, channel, by, at }: RequestRow) {
  return (
    <li>
      <span class="grows">
        <bdi>{by}</bdi> asks you into <bdi>{channel}</bdi>
        <span class="sub">{wholeTime(at)}</span>
      </span>
      <span class="buttons">
        <Does line={`/accept ${request}`} class="main" then={() => go({ name: 'talk', place: channel })}>
          Accept
        </Does>
        <Does line={`/reject ${request}`}>Decline</Does>
      </span>
    </li>
  )
}

function messagesOf(data: Readonly<Record<string, unknown>> | undefined): readonly Message[] {
  return [...((data?.['messages'] ?? []) as readonly Message[])].reverse()
}
