import { myRole } from '../../state/places.ts'
import { isChannel, keyOf } from '../../state/state.ts'
import { wholeTime } from '../../text/times.ts'
import type { Message } from '../../wire/protocol.ts'
import { Dialog, Does } from '../bits.tsx'
import { useChat, useKnown } from '../using.ts'

interface MenuProps {
  readonly message: Message
  readonly place: string
  readonly onEdit: (message: Message) => void
  readonly onClose: () => void
}

/** What one can do with a message. */
export function MessageMenu({ message, place, onEdit, onClose }: MenuProps) {
  const chat = useChat()
  const me = useKnown((state) => state.me)
  const there = useKnown((state) => state.places.get(keyOf(place)))
  const hours = useKnown((state) => state.server?.limits.editHours ?? 24)
  const mine = keyOf(message.from) === keyOf(me?.name ?? '')
  const isYoung = Date.now() - Date.parse(message.at) < hours * 3_600_000
  const leads = there !== undefined && isChannel(place) && myRole(chat.state, there) !== undefined
  const mayEdit = mine && isYoung && message.file === undefined
  const mayDelete = (mine && isYoung) || leads || (me?.operator === true && isChannel(place))
  const target = isChannel(place) ? place : `@${place}`
  const edit = () => {
    onClose()
    onEdit(message)
  }
  const remove = async () => {
    if (
      await chat.confirm(
        'The message is gone from here and from history. Who was there has read it.',
        'Delete',
      )
    )
      if (await chat.act(`/delete ${message.id}`)) onClose()
  }
  const copy = async () => {
    await navigator.clipboard?.writeText(message.text).catch(() => undefined)
    onClose()
  }
  return (
    <Dialog title={`${message.from}, ${wholeTime(message.at)}`} onClose={onClose}>
      <blockquote dir="auto">{message.text.slice(0, 300)}</blockquote>
      <div class="buttons column">
        {mayEdit && (
          <button type="button" onClick={edit}>
            Say it differently
          </button>
        )}
        {me?.guest === false && (
          <Does line={`/unread ${target} ${message.id}`} then={onClose}>
            Unread from here
          </Does>
        )}
        <button type="button" onClick={copy}>
          Copy the text
        </button>
        {mayDelete && (
          <button type="button" class="danger" onClick={remove}>
            Delete
          </button>
        )}
      </div>
      <p class="hint">Message {message.id}</p>
    </Dialog>
  )
}
