import { useState } from 'preact/hooks'
import { isChannel } from '../state/state.ts'
import { goalsOf } from '../text/switching.ts'
import { Dialog, Dot, useStatus } from './bits.tsx'
import { Icon } from './icon.tsx'
import { go, type Screen } from './router.ts'
import { useKnown } from './using.ts'

/** To a place by a few letters of its name; what is no place is searched for. */
export function Switcher({ onClose }: { readonly onClose: () => void }) {
  const state = useKnown((known) => known)
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const goals = goalsOf(state, typed)
  const words = typed.trim()
  const ways: readonly { readonly key: string; readonly to: Screen }[] = [
    ...goals.map(({ name }) => ({ key: name, to: { name: 'talk', place: name } as const })),
    { key: 'search', to: { name: 'search', words } },
  ]
  const at = Math.min(chosen, ways.length - 1)
  const take = (to: Screen) => {
    onClose()
    go(to)
  }
  const keyed = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by !== undefined) setChosen((at + by + ways.length) % ways.length)
    else if (event.key === 'Enter' && ways[at]) take(ways[at].to)
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="Channel or person"
        aria-expanded="true"
        aria-controls="goals"
        aria-activedescendant={`goal-${at}`}
        placeholder="Channel or person"
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={keyed}
      />
      <div class="goals" id="goals" role="listbox" aria-label="Where to">
        {ways.map(({ key, to }, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the arrows and Enter choose in the field.
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field.
          <div
            key={key}
            id={`goal-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(to)}
          >
            {to.name === 'talk' ? (
              <GoalShown {...goals[index]} name={to.place} />
            ) : (
              <>
                <Icon name="search" />
                <span class="label">{words === '' ? 'Search in messages' : `Search for “${words}”`}</span>
              </>
            )}
          </div>
        ))}
      </div>
    </Dialog>
  )
}

interface ShownProps {
  readonly name: string
  readonly unread?: number
  readonly mentions?: number
}

function GoalShown({ name, unread = 0, mentions = 0 }: ShownProps) {
  const { status } = useStatus(name)
  return (
    <>
      {isChannel(name) ? <span class="sign">#</span> : <Dot status={status} />}
      <bdi class="label">{name.replace(/^#/, '')}</bdi>
      {unread > 0 && (
        <span class="quiet-text">
          {unread} unread{mentions > 0 ? `, ${mentions} name you` : ''}
        </span>
      )}
    </>
  )
}
