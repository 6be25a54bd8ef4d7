import { useState } from 'preact/hooks'
import { Dialog, Does, Dot, Field } from './bits.tsx'
import { Icon } from './icon.tsx'
import { addressOf, goInstead } from './router.ts'
import { useChat, useKnown } from './using.ts'

/** Oneself at the head of the list: whether one is there, and the way to one's settings. */
export function MyStatus() {
  const me = useKnown((state) => state.me)
  const isThere = useKnown((state) => state.link.state === 'open')
  const [isOpen, setOpen] = useState(false)
  if (!me) return null
  return (
    <div class="my-status">
      <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Dot status={isThere ? me.status : 'offline'} />
        <bdi class="label">{me.name}</bdi>
        {me.note !== undefined && <span class="note">{me.note}</span>}
      </button>
      <a class="icon" href={addressOf({ name: 'settings' })} aria-label="Settings" title="Settings">
        <Icon name="settings" />
      </a>
      {isOpen && <Chosen onClose={() => setOpen(false)} />}
    </div>
  )
}

function Chosen({ onClose }: { readonly onClose: () => void }) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const [note, setNote] = useState(me?.note ?? '')
  const offline = () => {
    onClose()
    chat.goOffline()
  }
  const leave = async () => {
    onClose()
    if (me?.guest && !(await chat.confirm('A guest who leaves is not known any more.', 'Leave'))) return
    goInstead({ name: 'start' })
    await chat.logOut()
  }
  return (
    <Dialog title="How others see you" onClose={onClose}>
      <p>
        You are {me?.status === 'away' ? 'away' : 'online'}
        {me?.note === undefined ? '' : `: ${me.note}`}.
      </p>
      <Field
        label="Note (optional)"
        value={note}
        placeholder="Back at two"
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <div class="buttons">
        <Does line={`/away ${note}`.trim()} then={onClose}>
          Away
        </Does>
        <Does line="/back" class="main" then={onClose} disabled={me?.status !== 'away'}>
          Online
        </Does>
        <button type="button" onClick={offline}>
          Offline
        </button>
        <button type="button" onClick={leave}>
          {me?.guest ? 'Leave' : 'Log out'}
        </button>
      </div>
      <p class="hint">
        Offline closes the connection of this page, and the browser stays signed in. Others see you as offline
        unless you are here by another page or a terminal.
      </p>
    </Dialog>
  )
}
