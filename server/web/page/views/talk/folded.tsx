import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { isLong, linesOf } from '../../text/plain.ts'

/** What would push everything else off the screen shows its beginning, until one wants all of it. */
export function Folded({ text, children }: { readonly text: string; readonly children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false)
  if (!isLong(text)) return <>{children}</>
  const lines = linesOf(text)
  return (
    <>
      <div class={isOpen ? '' : 'folded'}>{children}</div>
      <button type="button" class="unfold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Show less' : lines > 1 ? `Show all ${lines} lines` : 'Show all of it'}
      </button>
    </>
  )
}
