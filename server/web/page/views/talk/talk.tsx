import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { isChannel, keyOf } from '../../state/state.ts'
import type { Message } from '../../wire/protocol.ts'
import { keepLastPlace } from '../kept.ts'
import { useChat, useKnown, useWindowEvent } from '../using.ts'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { Head } from './head.tsx'
import { LogView } from './log-view.tsx'
import { Members } from './members.tsx'
import { NotIn } from './not-in.tsx'
import { TalkBanner } from './talk-banner.tsx'
import { UploadList } from './upload-list.tsx'

interface TalkProps {
  readonly name: string
  /** The number of a message to go to. */
  readonly at: number | undefined
  readonly onMenu: () => void
}

const wideScreen = '(min-width: 1100px)'

/** A channel or a talk with a person: what was said, who is there, and where one writes. */
export function Talk({ name, at, onMenu }: TalkProps) {
  const chat = useChat()
  const place = useKnown((state) => state.places.get(keyOf(name)))
  const isOpen = useKnown((state) => state.link.state === 'open')
  const [showsMembers, setShowsMembers] = useState(() => matchMedia(wideScreen).matches)
  // What stands beside the talk on a wide screen would cover it on a narrow one.
  useEffect(() => {
    const wide = matchMedia(wideScreen)
    const changed = () => setShowsMembers(wide.matches)
    wide.addEventListener('change', changed)
    return () => wide.removeEventListener('change', changed)
  }, [])
  const [editing, setEditing] = useState<Message>()
  const me = useKnown((state) => state.me?.name ?? '')
  const all = useKnown((state) => state.pending)
  const pending = useMemo(() => all.filter((one) => one.place === keyOf(name)), [all, name])
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  const there = place !== undefined || !isChannel(name)
  useEffect(() => {
    if (!there) return
    chat.loading.show(name)
    keepLastPlace(name)
    return () => chat.loading.hide(name)
  }, [chat, name, there])
  useEffect(() => {
    if (at !== undefined && there && isOpen) void chat.loading.around(name, at)
  }, [chat, name, at, there, isOpen])
  useWindowEvent('paste', (event) => {
    const files = [...((event as ClipboardEvent).clipboardData?.files ?? [])]
    if (files.length === 0 || document.querySelector('dialog[open]')) return
    event.preventDefault()
    for (const file of files) chat.uploads.send(name, file)
  })
  if (!there) return <NotIn name={name} onMenu={onMenu} />
  if (!place) return null
  const drop = (event: DragEvent) => {
    event.preventDefault()
    depth.current = 0
    setOver(false)
    for (const file of event.dataTransfer?.files ?? []) chat.uploads.send(name, file)
  }
  const enter = (by: number) => (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    depth.current += by
    setOver(depth.current > 0)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is one way more; the button is for everybody.
    <div
      class={isOver ? 'talk over' : 'talk'}
      onDragEnter={enter(1)}
      onDragLeave={enter(-1)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <Head
        place={place}
        onMenu={onMenu}
        onMembers={() => setShowsMembers(!showsMembers)}
        showsMembers={showsMembers}
      />
      <div class="talk-body">
        <div class="talk-main">
          <TalkBanner place={place} />
          <LogView
            key={place.key}
            chat={chat}
            place={place}
            pending={pending}
            me={me}
            at={at}
            onEdit={setEditing}
          />
          <Announcer place={place} />
          <UploadList place={place} />
          <Composer place={place} editing={editing} onEdited={() => setEditing(undefined)} />
        </div>
        {isChannel(name) && showsMembers && <Members place={place} onClose={() => setShowsMembers(false)} />}
      </div>
      {isOver && <div class="drop-here">Drop files to send them to {place.name}</div>}
    </div>
  )
}
