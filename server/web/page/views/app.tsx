import { Asks } from './asks.tsx'
import { CodeShown } from './front/code-shown.tsx'
import { Front } from './front/front.tsx'
import { Shell } from './shell.tsx'
import { LinkLine, Toasts } from './told.tsx'
import { useKnown } from './using.ts'

/** Who one is decides what there is to see. */
export function App() {
  const known = useKnown((state) => state.known)
  const isSomebody = useKnown((state) => state.me !== undefined)
  const code = useKnown((state) => state.recoveryCode)
  return (
    <>
      <LinkLine />
      {!known ? (
        <main class="front" aria-busy="true">
          <p class="quiet-text">Connecting …</p>
        </main>
      ) : code !== undefined ? (
        <CodeShown code={code} />
      ) : isSomebody ? (
        <Shell />
      ) : (
        <Front />
      )}
      <Asks />
      <Toasts />
    </>
  )
}
