import { keyOf } from '../../state/state.ts'
import { partsOf } from '../../text/links.ts'
import { addressOf } from '../router.ts'

/** Something said, with its links. All of it becomes text: nothing in it is read as HTML. */
export function Said({ text, me }: { readonly text: string; readonly me: string }) {
  return (
    <>
      {partsOf(text).map((part, index) => {
        const key = `${index}`
        if (part.kind === 'link')
          return (
            <a key={key} href={part.url} target="_blank" rel="noopener noreferrer nofollow">
              {part.text}
            </a>
          )
        if (part.kind === 'channel')
          return (
            <a key={key} href={addressOf({ name: 'talk', place: part.text })}>
              {part.text}
            </a>
          )
        if (part.kind === 'mention')
          return (
            <span key={key} class={keyOf(part.text) === `@${keyOf(me)}` ? 'mention me' : 'mention'}>
              {part.text}
            </span>
          )
        return part.text
      })}
    </>
  )
}
