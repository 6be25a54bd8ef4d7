import { isChannel, keyOf, type Place } from '../../state/state.ts'
import { Does } from '../bits.tsx'
import { goInstead } from '../router.ts'
import { useChat, useKnown } from '../using.ts'

/** What stands between the two of a private talk, and whether one may still talk in a channel. */
export function TalkBanner({ place }: { readonly place: Place }) {
  const talks = useKnown((state) => state.talks)
  const chat = useChat()
  const { name, key, gone } = place
  const forget = () => {
    goInstead({ name: 'start' })
    chat.forgetPlace(name)
  }
  if (gone !== undefined)
    return (
      <div class="banner warn" role="status">
        <span dir="auto">{gone}.</span>
        {/* Into a private one one is asked. */}
        {isChannel(name) && !place.isPrivate && <Does line={`/join ${name}`}>Come back</Does>}
        <button type="button" onClick={forget}>
          Take it off the list
        </button>
      </div>
    )
  if (isChannel(name)) return null
  if (talks.paired !== undefined && keyOf(talks.paired) === key)
    return (
      <div class="banner" role="status">
        <span>
          You are in a private talk with <bdi>{name}</bdi>: both of you have chosen it.
        </span>
        <Does line="/end">End it</Does>
      </div>
    )
  if (talks.askedBy.some((other) => keyOf(other) === key))
    return (
      <div class="banner" role="status">
        <span>
          <bdi>{name}</bdi> would like a private talk with you.
        </span>
        <Does line={`/chat ${name}`} class="main">
          Talk
        </Does>
      </div>
    )
  if (talks.asked !== undefined && keyOf(talks.asked) === key)
    return (
      <div class="banner" role="status">
        <span>
          You have asked <bdi>{name}</bdi> for a private talk. It begins when they choose you, too.
        </span>
        <Does line="/end">Take it back</Does>
      </div>
    )
  return null
}
