import type { Key } from '../../state/state.ts'
import { useKnown } from '../using.ts'

/** Who is typing here. It is for the eyes: a screen reader would never come to rest. */
export function TypingLine({ place }: { readonly place: Key }) {
  const typing = useKnown((state) => state.typing.get(place))
  const names = [...(typing?.keys() ?? [])]
  return (
    <p class="typing" aria-hidden="true">
      {names.length === 0
        ? ''
        : names.length > 3
          ? 'Several people are typing …'
          : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing …`}
    </p>
  )
}
