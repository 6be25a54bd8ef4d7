import { useState } from 'preact/hooks'
import { myRole } from '../../state/places.ts'
import type { Place } from '../../state/state.ts'
import { Dialog, Does, Failed, Field } from '../bits.tsx'
import { go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { Restrained } from './restrained.tsx'

/** What one can do with a channel: ask people in, be spared of it, leave it; and lead it. */
export function ChannelDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const role = useKnown((state) => myRole(state, place))
  const leads = role !== undefined || me?.operator === true
  const isAdmin = role === 'admin' || me?.operator === true
  const { name } = place
  const leave = async () => {
    if (await chat.act(`/leave ${name}`)) {
      onClose()
      go({ name: 'start' })
    }
  }
  return (
    <Dialog title={name} onClose={onClose}>
      <p>
        {place.isPrivate ? 'A private channel' : 'A public channel'} with {place.size}{' '}
        {place.size === 1 ? 'member' : 'members'}.{role === undefined ? '' : ` You are its ${role}.`}
      </p>
      {leads && <Invite name={name} />}
      <QuietChoice place={place} />
      {isAdmin && <Rename name={name} onClose={onClose} />}
      {isAdmin && (
        <div class="buttons start">
          <Does line={`/private ${name} ${place.isPrivate ? 'off' : 'on'}`}>
            {place.isPrivate ? 'Make it public' : 'Make it private'}
          </Does>
        </div>
      )}
      {leads && <Restrained channel={name} />}
      <div class="buttons start">
        <button type="button" class="danger" onClick={leave}>
          Leave {name}
        </button>
      </div>
    </Dialog>
  )
}

function Invite({ name }: { readonly name: string }) {
  const chat = useChat()
  const [who, setWho] = useState('')
  const [told, setTold] = useState<{ readonly text: string; readonly ok: boolean }>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const result = await chat.command(`/invite ${name} ${who.replace(/[,;]+/g, ' ')}`)
    if (result.ok) setWho('')
    setTold(
      result.ok
        ? { ok: true, text: `Asked: ${(result.data['invited'] as readonly string[]).join(', ')}` }
        : { ok: false, text: result.error.message },
    )
  }
  return (
    <form onSubmit={submit}>
      <h3>Ask people in</h3>
      <div class="in-line">
        <Field
          label="Names or numbers"
          placeholder="anna bob #7"
          required
          value={who}
          onInput={(event) => setWho(event.currentTarget.value)}
        />
        <button type="submit">Ask</button>
      </div>
      {told?.ok ? <p role="status">{told.text}</p> : <Failed why={told?.text} />}
    </form>
  )
}

function QuietChoice({ place }: { readonly place: Place }) {
  const chat = useChat()
  return (
    <div class="field">
      <label for="quiet">What you hear of it</label>
      <select
        id="quiet"
        value={place.quiet ?? 'off'}
        onChange={(event) => void chat.act(`/quiet ${place.name} ${event.currentTarget.value}`)}
      >
        <option value="off">Everything</option>
        <option value="joins">Not who comes and goes</option>
        <option value="all">Only what names you</option>
      </select>
    </div>
  )
}

function Rename({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const chat = useChat()
  const [to, setTo] = useState(name)
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const wanted = to.trim().startsWith('#') ? to.trim() : `#${to.trim()}`
    const result = await chat.command(`/rename ${name} ${wanted}`)
    if (!result.ok) return setFailed(result.error.message)
    onClose()
    go({ name: 'talk', place: String(result.data['name']) })
  }
  return (
    <form onSubmit={submit}>
      <div class="in-line">
        <Field label="Name" value={to} required onInput={(event) => setTo(event.currentTarget.value)} />
        <button type="submit" disabled={to.trim() === name}>
          Rename
        </button>
      </div>
      <Failed why={failed} />
    </form>
  )
}
