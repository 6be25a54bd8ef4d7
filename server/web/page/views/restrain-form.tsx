import { useState } from 'preact/hooks'
import { Failed, Field } from './bits.tsx'
import { useChat } from './using.ts'

const says = {
  mute: { title: 'Mute', text: 'can read, but not speak', timed: true },
  ban: { title: 'Ban', text: 'is out, and may not come back', timed: true },
  remove: { title: 'Remove', text: 'is out, and may come back into a public channel', timed: false },
} as const

const times = [
  { value: '', label: 'until you end it' },
  { value: '10m', label: '10 minutes' },
  { value: '1h', label: '1 hour' },
  { value: '1d', label: '1 day' },
  { value: '7d', label: '7 days' },
] as const

/** For how long, and why, somebody may not speak in a channel, or not be there. */
export function RestrainForm({
  what,
  name,
  channel,
  onClose,
}: {
  readonly what: keyof typeof says
  readonly name: string
  readonly channel: string
  readonly onClose: () => void
}) {
  const chat = useChat()
  const { title, text, timed } = says[what]
  const [time, setTime] = useState('')
  const [why, setWhy] = useState('')
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const line = [`/${what} ${channel} ${name}`, timed ? time : '', why]
      .filter((part) => part !== '')
      .join(' ')
    const result = await chat.command(line)
    if (result.ok) onClose()
    else setFailed(result.error.message)
  }
  return (
    <form onSubmit={submit}>
      <h3>
        {title} {name} in {channel}
      </h3>
      <p class="hint">
        {name} {text}.
      </p>
      {timed && (
        <div class="field">
          <label for="restrain-time">For how long</label>
          <select id="restrain-time" value={time} onChange={(event) => setTime(event.currentTarget.value)}>
            {times.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      )}
      <Field
        label="Why (optional; they read it)"
        value={why}
        onInput={(event) => setWhy(event.currentTarget.value)}
      />
      <Failed why={failed} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="danger">
          {title}
        </button>
      </div>
    </form>
  )
}
