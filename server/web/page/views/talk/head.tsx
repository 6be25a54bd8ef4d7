import { useState } from 'preact/hooks'
import { myRole } from '../../state/places.ts'
import { isChannel, type Place } from '../../state/state.ts'
import { Dialog, Does, Dot, Failed, Field, useStatus } from '../bits.tsx'
import { Icon } from '../icon.tsx'
import { MenuButton } from '../menu-button.tsx'
import { PersonDialog } from '../person-dialog.tsx'
import { useChat, useKnown } from '../using.ts'
import { ChannelDialog } from './channel-dialog.tsx'

interface HeadProps {
  readonly place: Place
  readonly onMenu: () => void
  readonly onMembers: () => void
  readonly showsMembers: boolean
}

/** What the place is called, what it is about, and what one can do with it. */
export function Head({ place, onMenu, onMembers, showsMembers }: HeadProps) {
  const [open, setOpen] = useState<'about' | 'topic' | undefined>()
  const channel = isChannel(place.name)
  const operator = useKnown((state) => state.me?.operator === true)
  // Where one is out nothing can be done any more.
  const isOut = place.gone !== undefined
  const mayTopic = !isOut && (operator || !place.isDefault)
  const close = () => setOpen(undefined)
  return (
    <header class="head">
      <MenuButton onMenu={onMenu} />
      <h1>
        <button
          type="button"
          class="quiet"
          aria-haspopup="dialog"
          disabled={isOut}
          onClick={() => setOpen('about')}
        >
          {!channel && <PersonDot name={place.name} />}
          <bdi>{place.name}</bdi>
        </button>
      </h1>
      {channel && !mayTopic ? (
        <span class="topic" dir="auto" title={place.topic}>
          {place.topic}
        </span>
      ) : channel ? (
        <button type="button" class="quiet topic" title={place.topic} onClick={() => setOpen('topic')}>
          <span dir="auto">{place.topic === '' ? 'Set a topic' : place.topic}</span>
        </button>
      ) : (
        !isOut && <PersonNote name={place.name} />
      )}
      {channel && (
        <button
          type="button"
          class="members-button"
          aria-pressed={showsMembers}
          aria-label={`Members: ${place.size}`}
          onClick={onMembers}
        >
          <Icon name="people" /> {place.size}
        </button>
      )}
      {open === 'about' &&
        (channel ? (
          <ChannelDialog place={place} onClose={close} />
        ) : (
          <PersonDialog name={place.name} onClose={close} />
        ))}
      {open === 'topic' && <TopicDialog place={place} onClose={close} />}
    </header>
  )
}

function PersonDot({ name }: { readonly name: string }) {
  return <Dot status={useStatus(name).status} />
}

function PersonNote({ name }: { readonly name: string }) {
  const { status, note } = useStatus(name)
  return (
    <span class="topic" dir="auto">
      {note ?? (status === 'offline' ? 'offline: reads what you write at the next login' : status)}
    </span>
  )
}

function TopicDialog({ place, onClose }: { readonly place: Place; readonly onClose: () => void }) {
  const chat = useChat()
  const operator = useKnown((state) => state.me?.operator === true || myRole(state, place) !== undefined)
  const [topic, setTopic] = useState(place.topic)
  const [failed, setFailed] = useState<string>()
  const submit = async (event: Event) => {
    event.preventDefault()
    const text = topic.trim() === '' ? 'none' : topic
    const result = await chat.request({ line: `/topic ${place.name} ${text}` })
    if (result.ok) onClose()
    else setFailed(result.error.message)
  }
  return (
    <Dialog title={`Topic of ${place.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <Field
          label="Topic"
          value={topic}
          autofocus
          onInput={(event) => setTopic(event.currentTarget.value)}
          {...(operator ? {} : { hint: 'Any member who may speak can set it.' })}
        />
        <Failed why={failed} />
        <div class="buttons">
          {place.topic !== '' && (
            <Does line={`/topic ${place.name} none`} then={onClose}>
              Remove
            </Does>
          )}
          <button type="submit" class="main">
            Set
          </button>
        </div>
      </form>
    </Dialog>
  )
}
