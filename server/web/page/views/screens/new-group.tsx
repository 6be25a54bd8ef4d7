import { useState } from 'preact/hooks'
import { Failed, Field } from '../bits.tsx'
import { go } from '../router.ts'
import { useChat, useKnown } from '../using.ts'
import { ScreenHead } from './screen-head.tsx'

/** A channel of one's own, and who is asked into it. */
export function NewGroup({ onMenu }: { readonly onMenu: () => void }) {
  const chat = useChat()
  const contacts = useKnown((state) => state.contacts)
  const [name, setName] = useState('')
  const [people, setPeople] = useState('')
  const [isPrivate, setPrivate] = useState(true)
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const channel = name.trim().startsWith('#') ? name.trim() : `#${name.trim()}`
    if (/\s/.test(channel)) return setFailed('A name has no spaces.')
    const who = people.replace(/[,;]+/g, ' ').trim()
    const result = await chat.command(`/create ${channel}${isPrivate ? ' private' : ''} ${who}`.trim())
    if (!result.ok) return setFailed(result.error.message)
    const invited = (result.data['invited'] ?? []) as readonly string[]
    if (invited.length > 0) chat.toast(`Asked: ${invited.join(', ')}. They answer when they like.`)
    go({ name: 'talk', place: channel })
  }
  const known = [...contacts].filter((contact) => !people.split(/[\s,;]+/).includes(contact))
  return (
    <div class="screen">
      <ScreenHead title="New group" onMenu={onMenu} />
      <div class="screen-body narrow">
        <form onSubmit={submit}>
          <Field
            label="Name"
            placeholder="#tea"
            hint="2 to 24 letters, digits, _ - or ."
            required
            autofocus
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <fieldset>
            <legend>Who can find it</legend>
            <label class="check">
              <input type="radio" name="seen" checked={isPrivate} onChange={() => setPrivate(true)} />
              Private: only those whom you ask in
            </label>
            <label class="check">
              <input type="radio" name="seen" checked={!isPrivate} onChange={() => setPrivate(false)} />
              Public: everybody here
            </label>
          </fieldset>
          <Field
            label="People to ask in (optional)"
            placeholder="anna bob #7"
            hint="Names or numbers. They accept or decline; you are told."
            value={people}
            onInput={(event) => setPeople(event.currentTarget.value)}
          />
          {known.length > 0 && (
            <p class="chips">
              {known.slice(0, 12).map((contact) => (
                <button key={contact} type="button" onClick={() => setPeople(`${people} ${contact}`.trim())}>
                  + {contact}
                </button>
              ))}
            </p>
          )}
          <Failed why={failed} />
          <div class="buttons start">
            <button type="submit" class="main">
              Create
            </button>
          </div>
        </form>
      </div>
    </div>
  )
}
