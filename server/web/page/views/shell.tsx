import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { channels, nowCalled, talks } from '../state/places.ts'
import { keyOf, type State } from '../state/state.ts'
import { waitingCount } from '../state/unread.ts'
import { lastPlace, moveDraft } from './kept.ts'
import { go, goInstead, type Screen, useScreen } from './router.ts'
import { Channels } from './screens/channels.tsx'
import { Files } from './screens/files.tsx'
import { Inbox } from './screens/inbox.tsx'
import { NewGroup } from './screens/new-group.tsx'
import { Operator } from './screens/operator.tsx'
import { People } from './screens/people.tsx'
import { Search } from './screens/search.tsx'
import { Settings } from './screens/settings.tsx'
import { Sidebar } from './sidebar.tsx'
import { Switcher } from './switcher.tsx'
import { Talk } from './talk/talk.tsx'
import { useChat, useKnown, useWindowEvent } from './using.ts'

/** What somebody sees who is in: the places at the left, and one screen. */
export function Shell() {
  const chat = useChat()
  const screen = useScreen()
  const [isOpen, setOpen] = useState(false)
  const [isSwitching, setSwitching] = useState(false)
  const waiting = useKnown(waitingCount)
  const address = JSON.stringify(screen)
  const place = screen.name === 'talk' ? screen.place : undefined
  const renamed = useKnown((state) => (place === undefined ? undefined : nowCalled(state, place)))
  useLayoutEffect(() => {
    if (place === undefined || renamed === undefined) return
    moveDraft(chat.state.me?.name ?? '', keyOf(place), keyOf(renamed))
    goInstead({ name: 'talk', place: renamed })
  }, [chat, place, renamed])
  useEffect(() => setOpen(false), [address])
  useEffect(() => {
    const { server } = chat.state.server ?? {}
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${titleOf(screen)}${server?.name ?? 'Partyline'}`
  })
  useEffect(() => {
    if (screen.name !== 'start' && screen.name !== 'front') return
    // What was open last, or the channel that everybody is in.
    const last = lastPlace()
    const known = last !== undefined && chat.state.places.has(keyOf(last)) ? last : undefined
    const [first] = [...channels(chat.state), ...talks(chat.state)]
    const place = known ?? first?.name
    goInstead(place === undefined ? { name: 'channels' } : { name: 'talk', place })
  }, [chat, screen.name])
  useWindowEvent('keydown', (event) => {
    const { key, altKey, shiftKey, ctrlKey, metaKey } = event as KeyboardEvent
    if (altKey && (key === 'ArrowUp' || key === 'ArrowDown')) {
      event.preventDefault()
      step(chat.state, key === 'ArrowUp' ? -1 : 1, shiftKey)
    } else if ((ctrlKey || metaKey) && key.toLowerCase() === 'k') {
      event.preventDefault()
      setSwitching(document.querySelector('dialog[open]') === null)
    } else if (key === 'Escape') setOpen(false)
  })
  return (
    <div class={isOpen ? 'shell open' : 'shell'}>
      <button type="button" class="skip" onClick={focusMain}>
        Skip to the talk
      </button>
      <Sidebar screen={screen} />
      <button
        type="button"
        class="veil"
        aria-label="Close the list"
        tabIndex={-1}
        onClick={() => setOpen(false)}
      />
      <main id="main" tabIndex={-1}>
        {renamed === undefined && <Shown screen={screen} onMenu={() => setOpen(!isOpen)} />}
      </main>
      {isSwitching && <Switcher onClose={() => setSwitching(false)} />}
    </div>
  )
}

function Shown({ screen, onMenu }: { readonly screen: Screen; readonly onMenu: () => void }) {
  switch (screen.name) {
    case 'talk':
      return <Talk key={keyOf(screen.place)} name={screen.place} at={screen.at} onMenu={onMenu} />
    case 'inbox':
      return <Inbox onMenu={onMenu} />
    case 'search':
      return <Search words={screen.words} onMenu={onMenu} />
    case 'channels':
      return <Channels onMenu={onMenu} />
    case 'new':
      return <NewGroup onMenu={onMenu} />
    case 'people':
      return <People onMenu={onMenu} />
    case 'files':
      return <Files onMenu={onMenu} />
    case 'settings':
      return <Settings onMenu={onMenu} />
    case 'operator':
      return <Operator onMenu={onMenu} />
    default:
      return null
  }
}

function titleOf(screen: Screen): string {
  return screen.name === 'talk' ? `${screen.place} – ` : ''
}

function focusMain(): void {
  const field =
    document.querySelector<HTMLElement>('.composer textarea') ?? document.querySelector<HTMLElement>('#main')
  field?.focus()
}

/** To the next place in the list, or the one before; `toUnread`: to the next one where something is unread. */
function step(state: State, by: number, toUnread: boolean): void {
  const all = [...channels(state), ...talks(state)]
  const at = all.findIndex(({ key }) => key === state.shown)
  const from = at < 0 && by < 0 ? 0 : at
  for (let steps = 1; steps <= all.length; steps++) {
    const next = all[(from + by * steps + all.length * 2) % all.length]
    if (!next || (toUnread && next.unread.count === 0)) continue
    go({ name: 'talk', place: next.name })
    return
  }
}
