import { Does } from '../bits.tsx'
import { ScreenHead } from '../screens/screen-head.tsx'

/** A channel that one is not in. */
export function NotIn({ name, onMenu }: { readonly name: string; readonly onMenu: () => void }) {
  return (
    <div class="screen">
      <ScreenHead title={name} onMenu={onMenu} />
      <div class="screen-body">
        <p>
          You are not in <bdi>{name}</bdi>.
        </p>
        <div class="buttons start">
          <Does line={`/join ${name}`} class="main">
            Join {name}
          </Does>
        </div>
        <p class="hint">If there is no such channel, it is made, and you are its admin.</p>
      </div>
    </div>
  )
}
