import { useEffect, useState } from 'preact/hooks'
import { Copy } from '../bits.tsx'
import { useChat, useKnown } from '../using.ts'

/** The recovery code, this once. */
export function CodeShown({ code }: { readonly code: string }) {
  const chat = useChat()
  const name = useKnown((state) => state.me?.name ?? '')
  const [kept, setKept] = useState(false)
  // It comes no second time: the browser asks before the page is loaded anew or closed.
  useEffect(() => {
    if (kept) return
    const ask = (event: Event) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [kept])
  return (
    <main class="front">
      <div class="card">
        <h1>Keep your recovery code</h1>
        <p>
          If you forget your password, <bdi>{name}</bdi>, this code sets a new one. It is shown only now.
        </p>
        <p class="code-line">
          <code class="code">{code}</code>
          <Copy text={code} />
        </p>
        <label class="check">
          <input type="checkbox" checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />I
          have written it down
        </label>
        <button type="button" class="main wide" disabled={!kept} onClick={() => chat.codeKept()}>
          Go on
        </button>
      </div>
    </main>
  )
}
